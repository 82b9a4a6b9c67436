import Decode
import Engine

/// Explains windows with one engine session, which is created for the first window's size and kept.
final class Explainer {
    private let model: LoadedModel
    let method: any SaliencyMethod
    /// The number of forward passes per clip; nil for methods whose settings limit them.
    private let passes: ((ClipShape) -> Int)?
    private let target: SaliencyTarget
    let pool: ThreadPool
    private let memoryLimit: Int
    private let keepsOverlap: Bool
    private var session: EngineSession?
    /// The window whose frames the session holds.
    private var loaded: Window?

    /// - Parameter keepsOverlap: whether windows will overlap, so that the session should keep the results that they
    ///   share.
    /// - Throws: `invalidRequest` or `labels` if the target does not exist or the request is inconsistent.
    init(
        model: LoadedModel, request: SaliencyRequest, threads: Int?, memoryLimit: Int, keepsOverlap: Bool = false
    ) throws(ModelError) {
        if let problem = request.problem {
            throw ModelError(.invalidRequest, "\(problem.setting) \(problem.reason)")
        }
        // For methods that change few frames per pass, the session computes the unaffected results only once.
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

    /// The maximum number of forward passes per window: a hundred times those of the standard boxes at the published
    /// size.
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

    /// The logits of one window.
    func logits(_ window: Window, control: RunControl) throws(ModelError) -> [Float] {
        try load(window).forward(control: control)
    }

    /// Loads the window into the session.
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

    /// Releases the session's memory; the next window creates a new session.
    func close() {
        session = nil
        loaded = nil
    }

    private func session(for shape: ClipShape) throws(ModelError) -> EngineSession {
        if let session, session.shape == shape { return session }
        // The old session's memory is released before the new one's is allocated.
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
    /// The number of frames at the start of this window that are identical objects to the last ones of `earlier`.
    fileprivate func framesShared(with earlier: Window) -> Int {
        let stride = firstSample - earlier.firstSample
        guard stride > 0, stride < frames.count, earlier.frames.count == frames.count else { return 0 }
        let isSame = zip(frames, earlier.frames.dropFirst(stride)).allSatisfy { $0 === $1 }
        return isSame ? frames.count - stride : 0
    }
}
