import Decode
import Engine

/// Windows in, explanations out: one engine session, made for the first window's size and kept.
final class Explainer {
    private let model: LoadedModel
    private let method: any SaliencyMethod
    private let target: SaliencyTarget
    private let pool: ThreadPool
    private let memoryLimit: Int
    private var session: EngineSession?

    /// - Throws: `invalidRequest` or `labels` if the target does not exist.
    init(model: LoadedModel, request: SaliencyRequest, threads: Int?, memoryLimit: Int) throws(ModelError) {
        self.model = model
        self.memoryLimit = memoryLimit
        method = request.engineMethod
        target = SaliencyTarget(request.target)
        try target.resolve(manifest: model.manifest)
        pool = ThreadPool(threadCount: threads)
    }

    /// Explains one window.
    func explain(_ window: Window, control: RunControl) throws(ModelError) -> Explanation {
        try method.explain(try load(window), target: target, control: control)
    }

    /// The logits alone.
    func logits(_ window: Window, control: RunControl) throws(ModelError) -> [Float] {
        try load(window).forward(control: control)
    }

    private func load(_ window: Window) throws(ModelError) -> EngineSession {
        guard let first = window.frames.first else { throw ModelError(.invalidRequest, "the window has no frames") }
        let shape = ClipShape(
            frames: window.frames.count, height: first.height, width: first.width, channels: first.channels)
        let session = try session(for: shape)
        for (index, frame) in window.frames.enumerated() {
            switch frame.pixels {
            case .bytes(let bytes): try session.setFrame(index, bytes: bytes.span)
            case .floats(let values): try session.setFrame(index, values: values.span)
            }
        }
        return session
    }

    private func session(for shape: ClipShape) throws(ModelError) -> EngineSession {
        if let session, session.shape == shape { return session }
        // The old one's memory goes before the new one's comes.
        session = nil
        do throws(ModelError) {
            let made = try EngineSession(model: model.network, shape: shape, pool: pool, memoryLimit: memoryLimit)
            session = made
            return made
        } catch  where error.code == .tooLarge {
            throw ModelError(.tooLarge, error.reason + "; a smaller --short-side or --window needs less")
        }
    }
}

extension SaliencyRequest {
    /// The engine's method for this request.
    var engineMethod: any SaliencyMethod {
        let base: any GradientMethod =
            switch method {
            case .guidedBackprop: GuidedBackpropagation()
            case .gradient: Gradient()
            }
        return smoothSamples > 0 ? SmoothGrad(base, copies: smoothSamples, seed: seed) : base
    }
}
