import Concurrency
import Decode
import Encode
import Engine
import FoundationEssentials
import Media

/// One connection to a live stream, from its first frame to its end: it reads frames and outputs frames with heat.
///
/// Four threads read, explain, draw, and write files. The queues between them drop items that are too late, so that
/// nothing blocks the camera. A connection owns all its state; the camera holds what outlives it.
public struct LiveConnection: Sendable {
    let number: Int
    let request: LiveRequest
    let engine: LiveEngine
    let outputs: LiveOutputs
    let report: LiveReport
    /// Connects; called on a thread that may block.
    let open: @Sendable (Cancellation) throws(MediaError) -> any LiveFrameSource
    /// Seconds since 1970.
    let now: @Sendable () -> Double

    /// The fraction of the bound for which a frame waits for its heat; the rest is for drawing it.
    private static let waitFraction = 0.8
    /// The maximum size of the frames that wait to be drawn, in bytes.
    private static let frameMemory = 512 << 20
    /// The maximum number of packets that wait for the disk, about half a minute.
    private static let waitingPackets = 2048

    /// - Parameters:
    ///   - number: the number of the connection, from 1.
    ///   - report: the camera's statistics over all its connections.
    public init(
        number: Int, address: StreamAddress, options: LiveOptions, request: LiveRequest, engine: LiveEngine,
        outputs: LiveOutputs, report: LiveReport
    ) {
        self.init(
            number: number, request: request, engine: engine, outputs: outputs, report: report,
            open: { (cancellation) throws(MediaError) in
                try LiveSource(address, options: options, cancellation: cancellation)
            }, now: { Date().timeIntervalSince1970 })
    }

    init(
        number: Int, request: LiveRequest, engine: LiveEngine, outputs: LiveOutputs, report: LiveReport,
        open: @escaping @Sendable (Cancellation) throws(MediaError) -> any LiveFrameSource,
        now: @escaping @Sendable () -> Double
    ) {
        self.number = number
        self.request = request
        self.engine = engine
        self.outputs = outputs
        self.report = report
        self.open = open
        self.now = now
    }

    /// Runs until the sender ends the stream or a stop is requested; then the queued frames are drawn and the files are
    /// completed.
    ///
    /// - Throws: `MediaError` if the connection failed or stalled, after the received frames were drawn; `ModelError`
    ///   if the network cannot explain the source.
    public func run(stop: StopRequest = StopRequest()) async throws {
        report.update { statistics in
            statistics.connection = number
            statistics.isConnected = false
            statistics.lag = nil
        }
        let parts: LiveParts
        do {
            parts = try await DedicatedThread.run(name: "open", onCancel: { stop.abort.cancel() }) {
                try makeParts(stop)
            }
        } catch let error as MediaError where error.code == .cancelled {
            return
        }
        report.update { $0.isConnected = true }
        defer { report.update { $0.isConnected = false } }
        outputs.onDiscontinuity(StreamDiscontinuity(.began, connection: number, time: now()))
        var reason: String?
        defer { outputs.onDiscontinuity(StreamDiscontinuity(.ended, connection: number, time: now(), reason: reason)) }
        do {
            if let failure = try await runThreads(parts, stop) { throw failure }
        } catch {
            reason = "\(error)"
            throw error
        }
    }

    private func runThreads(_ parts: LiveParts, _ stop: StopRequest) async throws -> MediaError? {
        let cancel: @Sendable () -> Void = { stop.abort.cancel() }
        return try await withThrowingTaskGroup(of: MediaError?.self) { group in
            group.addTask {
                try await DedicatedThread.run(name: "read", onCancel: cancel) { parts.reader.run() }
            }
            group.addTask {
                try await DedicatedThread.run(name: "explain", onCancel: cancel) {
                    try parts.explainer.run(planner: parts.planner)
                    return nil
                }
            }
            group.addTask {
                try await DedicatedThread.run(name: "draw", onCancel: cancel) {
                    // Ends the thread that writes files, also if drawing fails.
                    defer { parts.packets?.close() }
                    try parts.writer.run()
                    return nil
                }
            }
            if let files = parts.files {
                group.addTask {
                    try await DedicatedThread.run(name: "files", onCancel: cancel) {
                        files.run()
                        return nil
                    }
                }
            }
            var failure: MediaError?
            do {
                for try await ended in group { failure = failure ?? ended }
            } catch {
                // If one thread fails, reading stops, and the other threads end with the queued items.
                stop.abort.cancel()
                parts.reader.samples.close()
                parts.reader.frames.close()
                throw error
            }
            return failure
        }
    }

    private func makeParts(_ stop: StopRequest) throws -> LiveParts {
        let source = try open(stop.abort)
        let properties = source.properties
        // A live stream's stride may be longer than its window, which `ResolvedSampling` would refuse.
        var wanted = request.sampling
        wanted.stride = nil
        let sampling = try ResolvedSampling(wanted, manifest: engine.manifest)
        // Makes single samples, from which `SampleBuffer` makes windows.
        let makeSampler = { (start: Double) throws(MediaError) in
            try ClipWindow(
                source: properties, preparation: sampling.preparation, length: 1, stride: 1, rate: sampling.rate,
                start: start)
        }
        let frameRate = properties.averageFrameRate.isPositive ? properties.averageFrameRate.value : 25
        let rate = sampling.framesPerSecond ?? frameRate
        let wait = request.latency == .smooth ? Double(sampling.window) / rate : 0
        let bytes = max(properties.width * properties.height * 3 / 2, 1)
        let frames = FrameQueue(
            timeout: wait + Self.waitFraction * request.bound, limit: wait + request.bound,
            capacity: min(Int(((wait + request.bound) * frameRate * 2).rounded(.up)) + 8, Self.frameMemory / bytes),
            onDrop: { [report] drop in report.update { $0.count(drop) } })
        let (samples, heat) = (
            SampleBuffer(length: sampling.window), LiveHeat(latency: request.latency, sign: request.saliency.sign)
        )
        report.update { statistics in
            statistics.frameRate = properties.averageFrameRate.isPositive ? frameRate : nil
            statistics.lagLimit = wait + request.bound
        }

        let encoder =
            outputs.needsEncoder
            ? try LiveEncoder(source: properties, settings: request.video, name: properties.name) : nil
        let packets =
            encoder != nil && (outputs.segments != nil || outputs.clips != nil)
            ? PacketQueue(capacity: Self.waitingPackets) : nil
        let wallClock = LiveWallClock()
        let mapping = try makeSampler(0).mapping
        let regions = RegionWeights(
            request.regions, mapping: mapping, sourceWidth: properties.width, sourceHeight: properties.height)
        for zone in regions.unseenZones {
            outputs.onWarning(
                "the network sees nothing of zone \(zone): it is beside the crop or under a mask; "
                    + "move it, or set fit to letterbox or full")
        }
        return LiveParts(
            reader: LiveReader(
                connection: number, source: source, makeSampler: makeSampler, samples: samples, frames: frames,
                heat: heat, report: report, outputs: outputs, stop: stop, bound: request.bound, wallClock: wallClock,
                now: now),
            explainer: LiveExplainer(
                connection: number, engine: engine, samples: samples, frames: frames, heat: heat, regions: regions,
                report: report, outputs: outputs, stop: stop, wallClock: wallClock),
            planner: StridePlanner(stride: request.sampling.stride, length: sampling.window, rate: rate),
            writer: LiveWriter(
                source: properties, mapping: mapping, drawing: request.drawing,
                outlined: request.regions.outlinesZones ? request.regions.zones : [],
                method: request.saliency.label, frames: frames, heat: heat, report: report, outputs: outputs,
                recorder: encoder.map { LiveRecorder(encoder: $0, files: packets, outputs: outputs) },
                wallClock: wallClock),
            packets: packets,
            files: encoder.flatMap { encoder in
                packets.map {
                    LiveFiles(
                        connection: number, stream: encoder.stream, packets: $0, report: report, outputs: outputs)
                }
            })
    }
}

/// The parts of a connection's threads.
// Unchecked: created by the thread that opens the source; after that each part is used only by its own thread.
private struct LiveParts: @unchecked Sendable {
    let reader: LiveReader
    let explainer: LiveExplainer
    let planner: StridePlanner
    let writer: LiveWriter
    let packets: PacketQueue?
    let files: LiveFiles?
}
