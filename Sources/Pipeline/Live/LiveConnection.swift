import Concurrency
import Decode
import Encode
import Engine
import FoundationEssentials
import Media

/// One connection to a live stream, from its first frame to its end: frames in, frames with heat out.
///
/// Four threads, joined by lines that drop what is too late, so that nothing holds the camera up:
/// reading, explaining, drawing, and writing files. Everything of a connection is its own; what outlives it, its camera holds.
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

    /// The part of the bound that a frame waits for its heat; the rest is for drawing it.
    private static let waitFraction = 0.8
    /// Bytes of frames that may wait to be drawn.
    private static let frameMemory = 512 << 20
    /// Packets that may wait for the disk: about half a minute.
    private static let waitingPackets = 2048

    /// - Parameters:
    ///   - number: of the connection, from 1.
    ///   - report: the camera's numbers, over all its connections.
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

    /// Runs until the sender ends the stream or `stop` says so; then what waits is drawn, and files are finished.
    ///
    /// - Throws: `MediaError` that the connection failed or stalled with, after what came was drawn; `ModelError` if the
    ///   network cannot explain the source.
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
                    // Without it nobody would ever take the packets.
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
                // One thread cannot go on: the camera is read no more, and the others end with what there is.
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
        // A live stream's stride may be longer than its window.
        var wanted = request.sampling
        wanted.stride = nil
        let sampling = try ResolvedSampling(wanted, manifest: engine.manifest)
        // Single samples: the lines make windows of them.
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
            onDrop: { [report] drop in report.update { $0.note(drop) } })
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

/// What a connection's threads are made of.
// Unchecked: made by the thread that opens the source; from then on each part is used by its own thread only.
private struct LiveParts: @unchecked Sendable {
    let reader: LiveReader
    let explainer: LiveExplainer
    let planner: StridePlanner
    let writer: LiveWriter
    let packets: PacketQueue?
    let files: LiveFiles?
}
