import Cameras
import Concurrency
import Files
import JobService
import Jobs
import Pipeline
import ServiceLifecycle

/// Checks cameras and jobs every few seconds and publishes changed states.
struct MQTTStates: Sendable {
    let topicStore: MQTTTopicStore
    let cameras: CameraRegistry
    let store: JobStore
    let wakeSignal: WakeSignal
    let clock: any Clock<Duration>

    /// The time between two checks.
    private static let interval = Duration.seconds(5)

    /// A camera's numbers at the last check.
    private struct LastCheck {
        var report: LiveReport
        var images: UInt64
        /// The time of the check in seconds.
        var time: Double
    }

    /// Runs until the task is cancelled or the daemon stops.
    func run() async {
        let stopwatch = Stopwatch(clock)
        var lastChecks: [String: LastCheck] = [:]
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            await publishChanges(since: &lastChecks, at: stopwatch.seconds)
            await wakeSignal.wait(atMost: Self.interval, clock: clock)
        }
    }

    private func publishChanges(since lastChecks: inout [String: LastCheck], at time: Double) async {
        let entries = cameras.all
        topicStore.replace(
            entries.map { MQTTTopicStore.Camera(name: $0.settings.name, hasEvents: $0.settings.events.hasCondition) })
        var now: [String: LastCheck] = [:]
        for entry in entries {
            let status = CameraStatus(entry)
            let last = lastChecks[status.name].flatMap { $0.report === entry.report ? $0 : nil }
            let current = LastCheck(report: entry.report, images: status.statistics.framesIn, time: time)
            let fps = last.flatMap { last -> Double? in
                guard time > last.time, current.images >= last.images else { return nil }
                return Double(current.images - last.images) / (time - last.time)
            }
            now[status.name] = current
            topicStore.show(status.name, state: Array(JSONLine.text(MQTTCameraState(status, fps: fps)).utf8))
        }
        lastChecks = now
        // The job runner reports a ledger that cannot be read.
        if let counts = try? await store({ ledger throws(LedgerError) in try ledger.counts() }) {
            topicStore.show(counts)
        }
    }
}

/// A camera's published state, with the keys of the HTTP response and `fps`.
struct MQTTCameraState: Encodable, Equatable {
    var name: String
    /// The health as one word, and the reason as text.
    var state: String
    var reason: String
    var connected: Bool
    var connection: Int
    /// Frames per second that arrived since the last check; nil before the second check.
    var fps: Double?
    /// Frames per second as announced by the source.
    var frameRate: Double?
    /// Seconds; nil while the camera is disconnected, like all following values.
    var lag: Double?
    var stride: Int?
    /// The newest answer's label and its probability, 0…1.
    var label: String?
    var probability: Double?

    init(_ camera: CameraStatus, fps: Double?) {
        let statistics = camera.statistics
        let isUp = [CameraHealth.State.up, .degraded].map(\.rawValue).contains(camera.state)
        name = camera.name
        state = camera.state
        reason = camera.reason
        connected = statistics.isConnected
        connection = statistics.connection
        self.fps = fps.map { Self.rounded($0, 10) }
        frameRate = statistics.frameRate
        // An outdated number would be taken for the current one.
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

/// Publishes an image of every camera at regular intervals: the next one that is encoded for viewers.
struct MQTTSnapshots: Sendable {
    let topicStore: MQTTTopicStore
    let cameras: CameraRegistry
    /// The time between two images.
    let interval: Duration
    let clock: any Clock<Duration>

    /// The time within which an image must arrive; a disconnected camera has none.
    private static let timeout = Duration.seconds(5)

    /// Runs until the task is cancelled.
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
