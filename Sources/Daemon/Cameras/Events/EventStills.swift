import Concurrency
import Files
import Pipeline

/// A picture of each event as it begins: the next one that is encoded for people to look at.
struct EventStills: EventSink {
    let name = "still"
    let capacity = 20
    /// Of the event's camera.
    let preview: LivePreview
    let clock: any Clock<Duration>

    /// Without a picture for so long there is none.
    static let patience = Duration.seconds(5)

    private struct NoPicture: Error, CustomStringConvertible {
        let description = "no picture came in time for its still"
    }

    func take(_ event: CameraEvent) async throws {
        guard event.state == .began, let path = event.still else { return }
        guard let picture = await preview.next(within: Self.patience, clock: clock) else { throw NoPicture() }
        try await DedicatedThread.run(name: "still", onCancel: {}) {
            try SourceKeeper.makeFolder(String(StagedName.split(path).folder.dropLast()))
            let file = try AtomicFile(path)
            try file.write(picture.jpeg)
            try file.commit()
        }
    }
}
