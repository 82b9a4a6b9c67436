import CClock
import Concurrency
import DaemonConfiguration
import Decode
import Encode
import Engine
import Events
import Files
import FoundationEssentials
import Logging
import Media
import Pipeline
import Synchronization
import Telemetry

/// What a camera works with from connection to connection: its share of the engine, its outputs, and its sinks.
///
/// Made with the first connection and kept, so that memory does not grow with their number.
package final class CameraResources: CameraTask {
    /// What cameras and jobs of one daemon share.
    package struct Shared: Sendable {
        let engines: LiveEngines
        package var secrets = CameraSecrets()
        package let log: Logger
        package let warnings: RepeatedWarnings
        package let clock: any Clock<Duration>
        /// One for all cameras: it takes a while to be certain.
        var removalClock = RemovalClock.system()
        /// Receive the events of every camera that has any, beside the sinks of its own settings.
        package var sinks: [any EventSink<CameraEvent>] = []

        package init(
            engines: LiveEngines, secrets: CameraSecrets = CameraSecrets(), log: Logger, warnings: RepeatedWarnings,
            clock: any Clock<Duration>, removalClock: RemovalClock = RemovalClock.system(),
            sinks: [any EventSink<CameraEvent>] = []
        ) {
            self.engines = engines
            self.secrets = secrets
            self.log = log
            self.warnings = warnings
            self.clock = clock
            self.removalClock = removalClock
            self.sinks = sinks
        }
    }

    private struct Kept {
        var engine: LiveEngine?
        var publisher: StreamPublisher?
        /// Whether what a killed daemon left in its folders was removed.
        var hasCleaned = false
    }

    private let entry: CameraHandle
    private let shared: Shared
    private let clips: LiveClips?
    private let events: CameraEventService?
    private let journal: CameraRecordWriter?
    private let kept = Mutex(Kept())

    private var settings: CameraSettings { entry.settings }

    package init(_ entry: CameraHandle, shared: Shared) {
        self.entry = entry
        self.shared = shared
        let settings = entry.settings
        let clips = settings.events.clips.map { _ in
            LiveClips(preRoll: settings.events.preRoll + settings.eventDelay(of: shared.engines.manifest))
        }
        self.clips = clips
        events = CameraEventService(entry, clips: clips, labels: shared.engines.manifest.labels, shared: shared)
        journal = settings.logFile.map {
            CameraRecordWriter(camera: settings.name, path: $0, warnings: shared.warnings)
        }
    }

    /// Runs one connection: see `ConnectionRunner`.
    package func connect(connection: Int, stop: StopRequest) async throws {
        let result: Result<Void, any Error>
        do {
            result = .success(try await live(connection, stop))
        } catch {
            result = .failure(error)
        }
        // Its threads are gone, and the heaps that they used would keep what was freed in them.
        try? await DedicatedThread.run(name: "memory", onCancel: {}) { ProcessMemory.trim() }
        try result.get()
    }

    private func live(_ connection: Int, _ stop: StopRequest) async throws {
        let passwords = try await shared.secrets.read(for: settings)
        // Once is enough: they are read again with every connection.
        if connection == 1 {
            for warning in passwords.warnings { warn("password", warning) }
            for warning in settings.trustWarnings { warn("tls", warning) }
        }
        let address = try StreamAddress(
            settings.url.text, user: settings.user, password: passwords.source?.text)
        let engine = try engine()
        try await DedicatedThread.run(name: "folders", onCancel: {}) { try self.prepareFolders() }
        let outputs = LiveOutputs(
            segments: settings.segmentSettings, removalClock: shared.removalClock,
            publisher: try publisher(passwords.publish), clips: clips, preview: entry.preview,
            onWindow: { [events, journal] window in
                events?.add(window)
                journal?.add(window)
            },
            onDiscontinuity: { [journal] interruption in journal?.add(interruption) },
            onRemoval: { [self] removal in tell(removal) },
            onWarning: { [self] warning in warn("recording", warning) })
        try await LiveConnection(
            number: connection, address: address, options: settings.liveOptions, request: settings.liveRequest,
            engine: engine, outputs: outputs, report: entry.report
        ).run(stop: stop)
    }

    /// Tells of events and keeps the record for as long as the camera lives: returns after `finish`.
    package func run() async {
        await withDiscardingTaskGroup { group in
            if let events { group.addTask { await events.run() } }
            if let journal { group.addTask { await journal.run() } }
        }
    }

    /// The camera is over.
    package func finish() {
        events?.finish()
        journal?.finish()
        kept.withLock { $0.publisher.take() }?.stop()
    }

    private func prepareFolders() throws {
        for folder in settings.folders { try OutputFolders.create(folder.path) }
        guard let segments = settings.segmentSettings, !kept.withLock({ $0.hasCleaned }) else { return }
        _ = try SegmentRetention(segments).removeStaged()
        kept.withLock { $0.hasCleaned = true }
    }

    /// The one that all connections share.
    package func engine() throws(ModelError) -> LiveEngine {
        if let engine = kept.withLock({ $0.engine }) { return engine }
        let engine = try shared.engines.engine(for: settings.liveRequest)
        kept.withLock { $0.engine = engine }
        return engine
    }

    private func publisher(_ password: Secret?) throws(MediaError) -> StreamPublisher? {
        guard let place = settings.publish else { return nil }
        if let publisher = kept.withLock({ $0.publisher }) { return publisher }
        let address = try PublishAddress(
            place.text, user: settings.publishUser, password: password?.text, trust: settings.publishTrust)
        let publisher = StreamPublisher(address) { [self] state in
            switch state {
            case .connecting, .stopped: break
            case .connected(let warnings):
                shared.log.notice("\(settings.name): the stream goes on to \(address)")
                for warning in warnings { warn("publish", warning) }
            case .waiting(let error, _): warn("publish", "\(error)")
            }
        }
        kept.withLock { $0.publisher = publisher }
        return publisher
    }

    private func tell(_ removal: SegmentRetention.Removal) {
        let reason =
            removal.tooOld == removal.paths.count
            ? "older than keep-age"
            : removal.tooOld == 0 ? "more than keep-bytes" : "older than keep-age or more than keep-bytes"
        shared.log.info(
            "\(settings.name): removed \(removal.paths.count.counted("segment")), \(reason)",
            metadata: [
                "camera": "\(settings.name)", "bytes": "\(removal.bytes)", "first": "\(removal.paths.first ?? "")",
            ])
    }

    private func warn(_ kind: String, _ warning: String) {
        shared.warnings.warn(
            "\(kind) \(settings.name)", "\(settings.name): \(warning)", metadata: ["camera": "\(settings.name)"])
    }
}

extension CameraSettings {
    /// Seconds from an event's begin until it is known: a window has to be full, and its condition to last.
    fileprivate func eventDelay(of manifest: ModelManifest) -> Double {
        let window = annotation.sampling.window ?? manifest.clipLength
        let rate =
            if case .framesPerSecond(let value) = annotation.sampling.rate { value } else { manifest.framesPerSecond }
        return Double(window) / max(rate, 1) + events.duration
    }

    /// What the administrator has asked for, and should know of.
    fileprivate var trustWarnings: [String] {
        let servers: [(key: String, address: SecretAddress?, trust: TLSTrust)] = [
            ("tls", url, trust), ("publish-tls", publish, publishTrust), ("events.tls", events.webhook, events.trust),
        ]
        return servers.compactMap { key, address, trust in
            guard trust == .any, let address, let scheme = address.scheme, scheme.hasSuffix("s") else { return nil }
            return """
                \(address.redacted) is not authenticated (\(key): any): anyone who can redirect the connection can impersonate it
                """
        }
    }

    var liveOptions: LiveOptions {
        var options = LiveOptions()
        options.transport = transport
        options.stamps = stamps
        options.snapshotInterval = snapshotInterval
        options.trust = trust
        options.openTimeout = openTimeout
        options.stallTimeout = stall
        options.input.videoStream = annotation.sampling.stream
        options.input.background = annotation.sampling.background
        return options
    }

    var liveRequest: LiveRequest {
        LiveRequest(
            sampling: annotation.sampling, saliency: annotation.saliency, drawing: annotation.drawing,
            video: annotation.video,
            regions: FrameRegions(masks: masks, zones: zones.map(\.region), outlinesZones: outlinesZones),
            latency: latency, bound: lag)
    }

    var segmentSettings: SegmentSettings? {
        segments.map { folder in
            SegmentSettings(
                folder: folder, length: segmentLength, name: name, maximumAge: keepAge.map { $0 * 86_400 },
                maximumBytes: keepBytes, includesSound: sound)
        }
    }
}

extension RemovalClock {
    /// Seconds by which two looks at one clock may differ.
    private static let sameClock = 1.0

    /// By this machine's clocks.
    package static func system() -> RemovalClock {
        let start = ContinuousClock.now
        return RemovalClock {
            var kernel = 0.0
            let isSynchronised = saliency_kernel_clock_is_synchronised(&kernel)
            let wall = Date().timeIntervalSince1970
            return Reading(
                wall: wall, monotonic: (.now - start) / .seconds(1),
                // What the kernel says holds for its own clock; a process can be given another one.
                isSynchronised: isSynchronised && abs(wall - kernel) < RemovalClock.sameClock)
        }
    }
}
