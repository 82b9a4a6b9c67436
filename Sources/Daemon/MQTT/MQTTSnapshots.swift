import Pipeline

/// Publishes a picture of every camera every so often: the next one that is encoded for people to look at.
struct MQTTSnapshots: Sendable {
    let board: MQTTBoard
    let cameras: CameraRegistry
    /// From one to the next.
    let interval: Duration
    let clock: any Clock<Duration>

    /// A camera that is away has no picture.
    private static let patience = Duration.seconds(5)

    /// Until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            await withDiscardingTaskGroup { group in
                for entry in cameras.all {
                    group.addTask {
                        guard let picture = await entry.preview.next(within: Self.patience, clock: clock) else {
                            return
                        }
                        board.show(entry.settings.name, snapshot: Array(picture.jpeg))
                    }
                }
            }
            guard (try? await clock.sleep(for: interval)) != nil else { return }
        }
    }
}
