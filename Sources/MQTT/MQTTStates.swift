import Cameras
import Concurrency
import Files
import JobService
import Jobs
import Pipeline
import ServiceLifecycle

/// Looks at cameras and jobs every few seconds, and publishes what has changed.
struct MQTTStates: Sendable {
    let topicStore: MQTTTopicStore
    let cameras: CameraRegistry
    let store: JobStore
    let wakeSignal: WakeSignal
    let clock: any Clock<Duration>

    /// From one look to the next.
    private static let interval = Duration.seconds(5)

    /// What was seen of a camera at the last look.
    private struct Seen {
        var report: LiveReport
        var images: UInt64
        /// Seconds.
        var time: Double
    }

    /// Until the task is cancelled or the daemon stops.
    func run() async {
        let stopwatch = Stopwatch(clock)
        var seen: [String: Seen] = [:]
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            await look(&seen, at: stopwatch.seconds)
            await wakeSignal.wait(atMost: Self.interval, clock: clock)
        }
    }

    private func look(_ seen: inout [String: Seen], at time: Double) async {
        let entries = cameras.all
        topicStore.replace(
            entries.map { MQTTTopicStore.Camera(name: $0.settings.name, hasEvents: $0.settings.events.hasCondition) })
        var now: [String: Seen] = [:]
        for entry in entries {
            let view = CameraView(entry)
            let last = seen[view.name].flatMap { $0.report === entry.report ? $0 : nil }
            let current = Seen(report: entry.report, images: view.statistics.framesIn, time: time)
            let fps = last.flatMap { last -> Double? in
                guard time > last.time, current.images >= last.images else { return nil }
                return Double(current.images - last.images) / (time - last.time)
            }
            now[view.name] = current
            topicStore.show(view.name, state: Array(JSONLine.text(MQTTCameraState(view, fps: fps)).utf8))
        }
        seen = now
        // A ledger that cannot be read is the runner's to report.
        if let counts = try? await store({ ledger throws(LedgerError) in try ledger.counts() }) {
            topicStore.show(counts)
        }
    }
}

/// A camera's state as it is published. Its keys are those of the HTTP answer, and `fps`.
struct MQTTCameraState: Encodable, Equatable {
    var name: String
    /// In one word, and in words with the reason.
    var state: String
    var reason: String
    var connected: Bool
    var connection: Int
    /// Frames a second that have come since the last look; nil before the second look.
    var fps: Double?
    /// Frames a second as the source says.
    var frameRate: Double?
    /// Seconds; nil while the camera is disconnected, as the rest.
    var lag: Double?
    var stride: Int?
    /// The newest answer and its probability, 0…1.
    var label: String?
    var probability: Double?

    init(_ camera: CameraView, fps: Double?) {
        let statistics = camera.statistics
        let isUp = [CameraHealth.State.up, .degraded].map(\.rawValue).contains(camera.state)
        name = camera.name
        state = camera.state
        reason = camera.reason
        connected = statistics.isConnected
        connection = statistics.connection
        self.fps = fps.map { Self.rounded($0, 10) }
        frameRate = statistics.frameRate
        // A number that nothing stands behind any more would be taken for the present one.
        guard isUp else { return }
        lag = statistics.lag.map { Self.rounded($0, 100) }
        stride = statistics.stride
        label = statistics.label
        probability = statistics.probability.map { Self.rounded($0, 1000) }
    }

    private static func rounded(_ value: Double, _ parts: Double) -> Double {
        (value * parts).rounded() / parts
    }
}

/// Publishes an image of every camera every so often: the next one that is encoded for viewers.
struct MQTTSnapshots: Sendable {
    let topicStore: MQTTTopicStore
    let cameras: CameraRegistry
    /// From one to the next.
    let interval: Duration
    let clock: any Clock<Duration>

    /// A camera that is disconnected has no image.
    private static let timeout = Duration.seconds(5)

    /// Until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            await withDiscardingTaskGroup { group in
                for entry in cameras.all {
                    group.addTask {
                        guard let image = await entry.preview.next(within: Self.timeout, clock: clock) else {
                            return
                        }
                        topicStore.show(entry.settings.name, snapshot: Array(image.jpeg))
                    }
                }
            }
            guard (try? await clock.sleep(for: interval)) != nil else { return }
        }
    }
}
