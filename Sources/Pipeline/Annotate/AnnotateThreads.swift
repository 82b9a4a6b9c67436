import Concurrency
import Decode
import Encode
import Engine
import Files
import Media

/// The three threads of a job that rewrites a video: reading, explaining and writing overlap, and the queues between
/// them are bounded, so that memory does not grow with the video's length.
struct AnnotateThreads<Windows: WindowExplaining>: Sendable {
    let input: String
    /// The input's file, if it is already open.
    var held: HeldFile?
    let sampling: ResolvedSampling
    /// The maximum duration of the video in seconds; nil for no limit.
    var longest: Double?
    let output: String
    let options: WriterOptions
    /// Whether the painter draws the answer into the frames.
    let hasCaptions: Bool
    /// The maximum size in bytes of the frames in the job's queues.
    var frameLimit = MemoryBudget.standard
    let scheduler: EngineScheduler
    /// Called on the explaining thread.
    let windows: @Sendable (OpenedSource) throws -> Windows
    /// Called on the writing thread.
    let painter: @Sendable (OpenedSource) throws -> any FramePainter

    /// The maximum number of decoded frames that wait for the explaining thread.
    private static var readAhead: Int { 32 }
    /// The maximum number of explained frames that wait for the writing thread.
    private static var writeBehind: Int { 16 }

    /// Runs to the end. A failure of one thread cancels the others; the first error is thrown.
    func run(stop: StopRequest, tally: ProgressTally) async throws -> StageReports<Windows.Record> {
        let decoded = BoundedQueue<DecodedItem>(
            capacity: Self.readAhead, bytes: FrameBudget.readAheadBytes, size: \.frameBytes)
        let explained = BoundedQueue<ExplainedItem>(
            capacity: Self.writeBehind, bytes: FrameBudget.writeBehindBytes, size: \.frameBytes)
        let reader = AnnotateReader(
            input: input, held: held, sampling: sampling, longest: longest, stop: stop, output: decoded)
        let explainer = AnnotateExplainer(
            windows: windows, hasCaptions: hasCaptions, frameLimit: frameLimit, scheduler: scheduler, stop: stop,
            input: decoded, output: explained,
            tally: tally)
        let writer = AnnotateWriter(
            output: output, options: options, painter: painter, stop: stop, input: explained, tally: tally)

        let cancel: @Sendable () -> Void = {
            stop.abort.cancel()
            decoded.cancel()
            explained.cancel()
        }
        return try await withThrowingTaskGroup(of: StageReport<Windows.Record>.self) { group in
            group.addTask {
                .reader(try await DedicatedThread.run(name: "read", onCancel: cancel) { try reader.run() })
            }
            group.addTask {
                .explainer(try await DedicatedThread.run(name: "explain", onCancel: cancel) { try explainer.run() })
            }
            group.addTask {
                .writer(try await DedicatedThread.run(name: "write", onCancel: cancel) { try writer.run() })
            }
            // Throws the first failure; the group then cancels the other stages and waits for them.
            return try await group.reduce(into: StageReports()) { $0.add($1) }
        }
    }
}

/// A message from a job's reading thread to its explaining thread. The order is: `opened` once, then items, and each
/// window directly after the frame that completed it.
enum DecodedItem: Sendable {
    case opened(OpenedSource)
    case item(SourceItem)
    case window(Window)
}

/// A message from a job's explaining thread to its writing thread; frames and packets are in the source's order.
enum ExplainedItem: Sendable {
    case opened(OpenedSource)
    /// A frame with its heats (none if no window explains it) and the answer to be drawn into it, if requested.
    case frame(VideoFrame, heats: [HeatPlane], answer: LabelSchedule.Label?)
    case packet(MediaPacket)
    case label(LabelSchedule.Label)
}

extension DecodedItem {
    /// The size of its frame in bytes; 0 for other items.
    var frameBytes: Int {
        if case .item(.frame(let frame)) = self { frame.buffer.byteCount } else { 0 }
    }
}

extension ExplainedItem {
    /// The size of its frame in bytes; 0 for other items.
    var frameBytes: Int {
        if case .frame(let frame, _, _) = self { frame.buffer.byteCount } else { 0 }
    }
}

/// An open source and its division into windows.
struct OpenedSource: Sendable {
    var properties: SourceProperties
    var sampling: ResolvedSampling
    /// The position of the network's frame in the source's.
    var mapping: FrameMapping
}

/// The final report of one of a job's threads.
enum StageReport<Record: Sendable>: Sendable {
    case reader(AnnotateReader.Report)
    case explainer(ExplainerReport<Record>)
    case writer(AnnotateWriter.Report)
}

/// The reports of all three threads.
struct StageReports<Record: Sendable>: Sendable {
    private(set) var reader = AnnotateReader.Report()
    private(set) var explainer = ExplainerReport<Record>()
    private(set) var writer = AnnotateWriter.Report()

    mutating func add(_ report: StageReport<Record>) {
        switch report {
        case .reader(let report): reader = report
        case .explainer(let report): explainer = report
        case .writer(let report): writer = report
        }
    }

    /// - Throws: `MediaError.noVideo` if nothing was read.
    func source(of input: String) throws(MediaError) -> Sidecar.Source {
        guard let properties = reader.properties else {
            throw MediaError(.noVideo, "no frame could be decoded", file: input)
        }
        return Sidecar.Source(
            name: properties.name, container: properties.container, codec: properties.codec,
            width: properties.width, height: properties.height, rotation: properties.rotation,
            frames: writer.frames, duration: writer.duration,
            firstFrameTime: writer.firstFrameTime > 0 ? writer.firstFrameTime : nil)
    }

    /// The labels as a WebVTT file.
    var captions: String {
        let first = writer.firstFrameTime
        return WebVTT(
            writer.labels.map { WebVTT.Cue(text: $0.text, start: first + $0.start, end: first + $0.end) }
        ).document
    }

    var warnings: [String] { reader.warnings.map(\.message) + explainer.warnings + writer.warnings }
}

extension StageReports<Sidecar.WindowRecord> {
    /// The record of the whole job.
    func sidecar(request: AnnotateRequest, model: LoadedModel, sampling: ResolvedSampling) throws -> Sidecar {
        Sidecar(
            saliencyd: saliencydVersion,
            source: try source(of: request.input),
            model: model.description,
            method: Sidecar.Method(
                settings: MethodRecord(request.saliency),
                sampling: Sidecar.Sampling(
                    window: sampling.window, stride: sampling.stride, framesPerSecond: sampling.framesPerSecond,
                    fit: sampling.preparation.fit.rawValue, clipWidth: explainer.clipWidth,
                    clipHeight: explainer.clipHeight)),
            windows: explainer.records, unexplained: explainer.unexplained,
            warnings: model.warnings + warnings
                + MotionDoubt.warnings(model: model.description, answers: explainer.records.compactMap(\.top.first)),
            interrupted: reader.isInterrupted)
    }
}
