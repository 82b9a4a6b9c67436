import Concurrency
import Decode
import Engine
import Files
import Media

/// Classifies one video's windows by one network, or by two whose logits are added (arXiv 1705.07750, section 2.4).
public struct ClassifyJob: Sendable {
    private let request: ClassifyRequest
    private let model: LoadedModel
    private let flowModel: LoadedModel?
    private let threads: Int?
    private let memoryLimit: Int

    /// - Parameters:
    ///   - flowModel: used if the request contains flow.
    ///   - threads: the engine's threads; nil for one per usable core.
    ///   - memoryLimit: the maximum memory of a network besides its weights, in bytes.
    public init(
        request: ClassifyRequest, model: LoadedModel, flowModel: LoadedModel? = nil, threads: Int? = nil,
        memoryLimit: Int = MemoryBudget.standard
    ) {
        self.request = request
        self.model = model
        self.flowModel = flowModel
        self.threads = threads
        self.memoryLimit = memoryLimit
    }

    /// - Throws: `MediaError`, `ModelError`, `CancellationError`.
    public func run(stop: StopRequest = StopRequest()) async throws -> ClassifyResult {
        try await DedicatedThread.run(name: "classify", onCancel: { stop.abort.cancel() }) {
            try classify(stop: stop)
        }
    }

    private func classify(stop: StopRequest) throws -> ClassifyResult {
        // If only one of two streams is an array, it is divided into windows like the other one.
        func longestWindow(_ input: String, beside other: String?, _ model: LoadedModel) -> Int? {
            guard let other, SourceOpener.isArray(input), !SourceOpener.isArray(other) else { return nil }
            return model.manifest.clipLength
        }
        func stream(_ input: String, beside other: String?, _ model: LoadedModel) throws -> ScoredWindows {
            // `stream` selects a stream of the video, so it does not apply to the flow network's input.
            var sampling = request.sampling
            if other != nil, model.manifest.inputChannels == 2 { sampling.stream = nil }
            return try ScoredWindows(
                input, sampling, longestWindow: longestWindow(input, beside: other, model), model, threads,
                memoryLimit, stop)
        }
        var streams = [try stream(request.input, beside: request.flow, model)]
        if let flow = request.flow, let flowModel {
            guard flowModel.manifest.classCount == model.manifest.classCount else {
                throw ModelError(
                    .invalidRequest,
                    "the two networks have \(model.manifest.classCount) and \(flowModel.manifest.classCount.counted("class", "classes")); "
                        + "their logits cannot be added")
            }
            streams.append(try stream(flow, beside: request.input, flowModel))
        }
        let labels = model.manifest.labels.isEmpty ? flowModel?.manifest.labels ?? [] : model.manifest.labels

        var windows: [ClassifyResult.Window] = []
        var sum = [Double](repeating: 0, count: model.manifest.classCount)
        while let (window, logits) = try nextSum(streams) {
            for index in logits.indices { sum[index] += Double(logits[index]) }
            windows.append(
                ClassifyResult.Window(
                    index: window.index, start: window.times.first ?? 0, end: window.end,
                    paddedFrames: window.paddedCount,
                    top: Explanation.topK(request.top, logits: logits, labels: labels)))
        }
        guard !windows.isEmpty else { throw MediaError(.noVideo, "has no frames", file: request.input) }
        let mean = sum.map { Float($0 / Double(windows.count)) }
        return ClassifyResult(
            input: request.input, windows: windows, top: Explanation.topK(request.top, logits: mean, labels: labels),
            logits: mean,
            warnings: model.warnings + streams.flatMap(\.warnings)
                + MotionDoubt.warnings(model: model.description, answers: windows.compactMap(\.top.first)))
    }

    /// The next window of all streams and the sum of their logits. Flow has one field fewer than there are frames, so
    /// its last window may be missing.
    private func nextSum(_ streams: [ScoredWindows]) throws -> (Window, [Float])? {
        var sum: (window: Window, logits: [Float])?
        for stream in streams {
            guard let next = try stream.next() else { return nil }
            if let first = sum {
                sum = (first.window, zip(first.logits, next.logits).map(+))
            } else {
                sum = next
            }
        }
        return sum
    }
}

/// One source's windows with its network's logits.
private final class ScoredWindows {
    private let reader: WindowReader
    private let explainer: Explainer
    private let control: RunControl

    init(
        _ input: String, _ sampling: SamplingRequest, longestWindow: Int?, _ model: LoadedModel, _ threads: Int?,
        _ memoryLimit: Int, _ stop: StopRequest
    ) throws {
        let abort = stop.abort
        reader = try WindowReader(
            input: input, request: sampling, manifest: model.manifest, longestWindow: longestWindow,
            cancellation: abort)
        explainer = try Explainer(model: model, request: SaliencyRequest(), threads: threads, memoryLimit: memoryLimit)
        control = RunControl(isCancelled: { abort.isCancelled })
    }

    var warnings: [String] { reader.warnings.map(\.message) }

    func next() throws -> (window: Window, logits: [Float])? {
        guard let window = try reader.next() else { return nil }
        return (window, try explainer.logits(window, control: control))
    }
}

/// The settings of `classify` for one video.
public struct ClassifyRequest: Sendable {
    public var input: String
    /// The optical flow of the same video, for a second network.
    public var flow: String?
    public var sampling: SamplingRequest
    /// The number of classes in the result.
    public var top: Int

    public init(input: String, flow: String? = nil, sampling: SamplingRequest = SamplingRequest(), top: Int = 5) {
        self.input = input
        self.flow = flow
        self.sampling = sampling
        self.top = top
    }
}

/// The network's answers for one video.
public struct ClassifyResult: Sendable, Codable {
    public struct Window: Sendable, Codable {
        public var index: Int
        /// Seconds in the source.
        public var start: Double
        public var end: Double
        public var paddedFrames: Int
        /// The classes with the largest logits, in descending order.
        public var top: [Explanation.Prediction]
    }

    public var input: String
    public var windows: [Window]
    /// The answer for the whole video, whose logits are the mean of its windows'.
    public var top: [Explanation.Prediction]
    /// The whole video's logits, in class order.
    public var logits: [Float]
    public var warnings: [String]
}
