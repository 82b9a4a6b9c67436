import Decode
import Engine

/// Windows in, explanations out: one engine session, made for the first window's size and kept.
final class Explainer {
    private let model: LoadedModel
    let method: any SaliencyMethod
    /// The forward passes that a clip takes; nil for methods whose settings bound them.
    private let passes: ((ClipShape) -> Int)?
    private let target: SaliencyTarget
    let pool: ThreadPool
    private let memoryLimit: Int
    private let keepsOverlap: Bool
    private var session: EngineSession?
    /// The window whose frames the session holds.
    private var loaded: Window?

    /// - Parameter keepsOverlap: whether windows will overlap, so that the session is to keep what they share.
    /// - Throws: `invalidRequest` or `labels` if the target does not exist, or the request contradicts itself.
    init(
        model: LoadedModel, request: SaliencyRequest, threads: Int?, memoryLimit: Int, keepsOverlap: Bool = false
    ) throws(ModelError) {
        if let problem = request.problem {
            throw ModelError(.invalidRequest, "\(problem.setting) \(problem.reason)")
        }
        // What the frames that a pass changes do not reach is computed once.
        let changesFewFrames = request.attributed.changesFewFrames
        self.keepsOverlap = keepsOverlap || changesFewFrames
        passes = changesFewFrames ? { request.method.cost(with: request.settings, shape: $0).forward } : nil
        self.model = model
        self.memoryLimit = memoryLimit
        method = request.engineMethod
        target = SaliencyTarget(request.target)
        try target.resolve(manifest: model.manifest)
        pool = ThreadPool(threadCount: threads)
    }

    /// Forward passes that one window may take: a hundred times as many as the standard boxes at the published size.
    static let maximumPasses = 20_000

    /// Explains one window.
    func explain(_ window: Window, control: RunControl) throws(ModelError) -> Explanation {
        try explain(window, targets: [target], control: control)[0]
    }

    /// Explains several targets of one window, in their order.
    func explain(
        _ window: Window, targets: [SaliencyTarget], control: RunControl
    ) throws(ModelError) -> [Explanation] {
        let session = try load(window)
        if let passes = passes?(session.shape), passes > Self.maximumPasses {
            throw ModelError(
                .invalidRequest,
                "these boxes take \(passes) forward passes a window, and \(Self.maximumPasses) are the most; a larger --box-stride needs fewer"
            )
        }
        return try method.explain(session, targets: targets, control: control)
    }

    /// The logits alone.
    func logits(_ window: Window, control: RunControl) throws(ModelError) -> [Float] {
        try load(window).forward(control: control)
    }

    /// The session, holding the window.
    func load(_ window: Window) throws(ModelError) -> EngineSession {
        guard let first = window.frames.first else { throw ModelError(.invalidRequest, "the window has no frames") }
        let shape = ClipShape(
            frames: window.frames.count, height: first.height, width: first.width, channels: first.channels)
        let session = try session(for: shape)
        let shared = loaded.map { window.framesShared(with: $0) } ?? 0
        loaded = nil
        if shared > 0 { try session.slide(by: window.frames.count - shared) }
        for (index, frame) in window.frames.enumerated().dropFirst(shared) {
            switch frame.pixels {
            case .bytes(let bytes): try session.setFrame(index, bytes: bytes.span)
            case .floats(let values): try session.setFrame(index, values: values.span)
            }
        }
        loaded = window
        return session
    }

    /// Gives the session's memory back; the next window makes a new one.
    func close() {
        session = nil
        loaded = nil
    }

    private func session(for shape: ClipShape) throws(ModelError) -> EngineSession {
        if let session, session.shape == shape { return session }
        // The old one's memory goes before the new one's comes.
        session = nil
        loaded = nil
        do throws(ModelError) {
            let made = try EngineSession(
                model: model.network, shape: shape, pool: pool, memoryLimit: memoryLimit, keepsOverlap: keepsOverlap)
            session = made
            return made
        } catch  where error.code == .tooLarge {
            throw ModelError(.tooLarge, error.reason + "; a smaller --short-side or --window needs less")
        }
    }
}

extension Window {
    /// How many frames at the start of this window are the last ones of `earlier`: the very same frames.
    fileprivate func framesShared(with earlier: Window) -> Int {
        let stride = firstSample - earlier.firstSample
        guard stride > 0, stride < frames.count, earlier.frames.count == frames.count else { return 0 }
        let isSame = zip(frames, earlier.frames.dropFirst(stride)).allSatisfy { $0 === $1 }
        return isSame ? frames.count - stride : 0
    }
}
