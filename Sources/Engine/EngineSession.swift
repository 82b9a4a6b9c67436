import CKernels
import Files
import Glibc

/// One user's state of a network: it takes a clip and computes logits and gradients, in memory that is planned and
/// allocated once.
///
/// Not thread-safe: only one thread may use it at a time. Sessions share the model and may share the pool.
///
/// Call `setFrame` for every frame, then `forward`, then `backward` any number of times. Frames stay until they are
/// replaced.
public final class EngineSession {
    /// The minimum height and width, in pixels: after five halvings one position is left.
    public static let minimumFrameEdge = 32

    public let model: I3DModel
    public let shape: ClipShape
    public let pool: ThreadPool
    /// The session's memory in bytes, without the model: activations, gradients, masks, scratch.
    public var memorySize: Int { arena.size }
    /// Whether to measure the time of each layer.
    public var recordsLayers = false
    /// The times of the last passes, if `recordsLayers` was set before them; in forward order, the head last.
    public private(set) var layerTimings: [LayerTiming] = []
    /// The passes completed since the session was made, including those that were left out because of `reusesForward`.
    public private(set) var passes = PassCount()
    /// Whether a forward pass is left out if the clip has not changed since the last one: its logits, the endpoints
    /// that it captured, and all that `backward` needs are still there.
    public var reusesForward = false
    /// Whether a backward pass to the clip is left out if the last one had the same seed and rule, and no forward pass
    /// came between them: its gradient is still there.
    public var reusesBackward = false
    /// The endpoints that every forward pass captures, so that a later one that asks for them can be left out.
    public var keptEndpoints: Set<String> = []
    /// The number of forward passes in `passes` that were left out because their results were still there.
    public private(set) var reusedPasses = 0
    /// The number of backward passes in `passes` that were left out because their gradient was still there.
    public private(set) var reusedBackwardPasses = 0
    /// The passes that were really computed: `passes` without those that were left out.
    public var computedPasses: PassCount {
        PassCount(forward: passes.forward - reusedPasses, backward: passes.backward - reusedBackwardPasses)
    }

    let plan: NetworkPlan
    private let arena: Arena
    private(set) var workspace: Workspace
    private enum State { case clip, forwarded, backpropagated }
    private var state = State.clip
    /// The logits of the last forward pass, and the pooled activation that they were computed from.
    private var logits: [Float] = []
    private(set) var pooled: [Double] = []
    /// The activations that the last forward pass captured, `[T, H, W, C]`, if they may be reused.
    private var captured: [String: ModelVariables.Variable] = [:]
    /// What the clip's gradient is the gradient of; nil if it is none.
    private var backpropagated: (seed: [Float], rule: GradientRule)?
    /// How the clip differs from the clip of the pass whose results are kept.
    private var change = ClipChange.everything

    /// - Parameters:
    ///   - model: may be shared with other sessions.
    ///   - shape: any number of frames; height and width at least `minimumFrameEdge`; the model's number of channels.
    ///   - pool: the threads that compute; may be shared too.
    ///   - memoryLimit: the maximum of `memorySize`, in bytes.
    ///   - keepsOverlap: whether to keep the results that overlapping windows share, for `slide`; needs a little more
    ///     memory. Has no effect with `MemoryUse.low`.
    ///   - instructionSet: the kernels' variant; for tests.
    /// - Throws: `invalidRequest` if the shape does not fit the model; `tooLarge` if it does not fit the memory.
    public init(
        model: I3DModel, shape: ClipShape, pool: ThreadPool, memoryLimit: Int = .max,
        keepsOverlap: Bool = false, instructionSet: InstructionSet = .preferred
    ) throws(ModelError) {
        try shape.check(for: model)
        guard let kernels = instructionSet.kernels else {
            throw ModelError(.invalidRequest, "this CPU has no \(instructionSet.rawValue)")
        }
        let plan = NetworkBuilder.plan(model, shape, keepsOverlap: keepsOverlap)
        let size = plan.size + pool.threadCount * plan.scratchStride
        guard size <= memoryLimit else {
            throw ModelError(
                .tooLarge,
                "a clip of \(shape.frames.counted("frame")) of \(shape.width)x\(shape.height) needs \(size / 1_000_000) MB of memory; "
                    + "\(memoryLimit / 1_000_000) MB are allowed")
        }
        arena = try Arena(size: size)
        workspace = Workspace(
            pool: pool, kernels: kernels.table, base: arena.base, offsets: plan.offsets, scratchOffset: plan.size,
            scratchStride: plan.scratchStride)
        self.plan = plan
        if plan.clipBytes != nil {
            workspace.byteRange = (scale: model.manifest.inputScale, offset: model.manifest.inputOffset)
        }
        self.model = model
        self.shape = shape
        self.pool = pool
    }

    // MARK: - The clip

    /// Sets a frame from 8-bit samples `[H, W, C]`: x enters as x · `inputScale` + `inputOffset` of the manifest.
    ///
    /// - Throws: `invalidRequest` if the frame does not exist or has the wrong number of samples.
    public func setFrame(_ index: Int, bytes: Span<UInt8>) throws(ModelError) {
        let destination = try frame(index, count: bytes.count)
        changeClip(at: index)
        bytes.withUnsafeBufferPointer { bytes in
            guard let source = bytes.baseAddress else { return }
            if let held = heldBytes {
                (held + index * bytes.count).update(from: source, count: bytes.count)
            } else {
                scale(source, destination)
            }
        }
    }

    /// Sets a frame from samples `[H, W, C]` in the network's own range.
    ///
    /// - Throws: `invalidRequest` if the frame does not exist, has the wrong number of samples, or a value is not
    ///   finite.
    public func setFrame(_ index: Int, values: Span<Float>) throws(ModelError) {
        let destination = try frame(index, count: values.count)
        holdFloats(converting: true)
        changeClip(at: index)
        let isFinite = values.withUnsafeBufferPointer { values in
            guard let source = values.baseAddress else { return true }
            destination.update(from: source, count: values.count)
            return engine_all_finite(values.count, source) != 0
        }
        guard isFinite else {
            throw ModelError(.invalidRequest, "frame \(index) holds values that are not finite")
        }
    }

    /// Moves the clip forward: frame i becomes what frame i + `frames` was; the last `frames` frames must be set again.
    ///
    /// With `keepsOverlap`, and if `frames` is a multiple of 8, the next forward pass computes only what the two
    /// windows do not share. The results have the same bits as those of a clip whose frames are all set.
    ///
    /// - Throws: `invalidRequest` if `frames` is not 1…T.
    public func slide(by frames: Int) throws(ModelError) {
        guard frames >= 1, frames <= shape.frames else {
            throw ModelError(.invalidRequest, "a clip of \(shape.frames.counted("frame")) cannot slide by \(frames)")
        }
        let (first, count) = (frames * shape.elementsPerFrame, (shape.frames - frames) * shape.elementsPerFrame)
        if let held = heldBytes {
            held.update(from: held + first, count: count)
        } else {
            let clip = workspace.activation(plan.clip)
            clip.update(from: clip + first, count: count)
        }
        change = state == .clip ? .everything : .slid(by: frames)
        state = .clip
    }

    private func changeClip(at index: Int) {
        state = .clip
        change = change.afterChange(at: index, of: shape.frames)
    }

    /// A copy of the clip, `[T, H, W, C]`, in the network's range.
    public func clip() -> [Float] {
        guard let held = heldBytes else {
            return Array(UnsafeBufferPointer(start: workspace.activation(plan.clip), count: shape.count))
        }
        return [Float](unsafeUninitializedCapacity: shape.count) { buffer, count in
            if let destination = buffer.baseAddress {
                for first in stride(from: 0, to: shape.count, by: shape.elementsPerFrame) {
                    scale(held + first, destination + first)
                }
            }
            count = shape.count
        }
    }

    /// The clip as bytes; nil once a frame has been set as floats. Bytes need a quarter of the memory, since the pages
    /// of the float buffer are not allocated before they are written.
    private var heldBytes: UnsafeMutablePointer<UInt8>? {
        guard workspace.byteRange != nil, let buffer = plan.clipBytes else { return nil }
        return workspace.bytes(buffer)
    }

    /// Holds the clip as floats from now on.
    private func holdFloats(converting: Bool) {
        guard let held = heldBytes else { return }
        workspace.byteRange = nil
        change = .everything
        guard converting else { return }
        let clip = workspace.activation(plan.clip)
        pool.run(shape.frames) { frame, _ in
            let first = frame * shape.elementsPerFrame
            scale(held + first, clip + first)
        }
    }

    /// Converts one frame of bytes to the network's range.
    private func scale(_ source: UnsafePointer<UInt8>, _ destination: UnsafeMutablePointer<Float>) {
        let (scale, offset) = (model.manifest.inputScale, model.manifest.inputOffset)
        workspace.kernels.pointee.scale_bytes(shape.elementsPerFrame, source, scale, offset, destination)
    }

    /// Calls `fill(frame, samples)` on all threads to write every frame of the clip; the values must be finite.
    func fillClip(_ fill: (Int, UnsafeMutableBufferPointer<Float>) -> Void) {
        holdFloats(converting: false)
        let clip = workspace.activation(plan.clip)
        let count = shape.elementsPerFrame
        state = .clip
        change = .everything
        pool.run(shape.frames) { frame, _ in
            fill(frame, UnsafeMutableBufferPointer(start: clip + frame * count, count: count))
        }
    }

    /// Sets every sample of the clip `[T, H, W, C]` to `value(index)`, on all threads; the values must be finite.
    func fillClip(_ value: (Int) -> Float) {
        fillClip { frame, samples in
            for index in samples.indices { samples[index] = value(frame * samples.count + index) }
        }
    }

    /// Calls `change(frame, samples)` on all threads to change some frames of the clip; the values must be finite.
    ///
    /// With `keepsOverlap`, the next forward pass computes only what these frames affect.
    func changeClip(_ frames: Range<Int>, _ change: (Int, UnsafeMutableBufferPointer<Float>) -> Void) {
        holdFloats(converting: true)
        for frame in frames { changeClip(at: frame) }
        let clip = workspace.activation(plan.clip)
        let count = shape.elementsPerFrame
        pool.run(frames.count) { item, _ in
            let frame = frames.lowerBound + item
            change(frame, UnsafeMutableBufferPointer(start: clip + frame * count, count: count))
        }
    }

    /// Sets the whole clip, for example to restore the result of `clip()`.
    func setClip(_ values: [Float]) {
        values.withUnsafeBufferPointer { values in
            fillClip { frame, samples in
                let first = frame * samples.count
                _ = samples.update(fromContentsOf: values[first..<first + samples.count])
            }
        }
    }

    private func frame(_ index: Int, count: Int) throws(ModelError) -> UnsafeMutablePointer<Float> {
        guard index >= 0, index < shape.frames else {
            throw ModelError(.invalidRequest, "frame \(index) of a clip of \(shape.frames)")
        }
        guard count == shape.elementsPerFrame else {
            throw ModelError(
                .invalidRequest, "frame \(index) has \(count.counted("sample")), the clip \(shape.elementsPerFrame)")
        }
        return workspace.activation(plan.clip) + index * shape.elementsPerFrame
    }

    // MARK: - Forward

    /// The logits, in class order.
    ///
    /// - Throws: `cancelled`.
    public func forward(control: RunControl = RunControl()) throws(ModelError) -> [Float] {
        try forward(capturing: [], control: control).logits
    }

    /// The logits, and copies of the activations `[T, H, W, C]` at the named endpoints (`Conv3d_1a_7x7`, `Mixed_3b`,
    /// …).
    public func forward(
        capturing names: Set<String>, control: RunControl = RunControl()
    ) throws(ModelError) -> (logits: [Float], endpoints: [String: ModelVariables.Variable]) {
        try plan.requireEndpoints(names)
        if reusesForward, state != .clip, names.allSatisfy({ captured[$0] != nil }) {
            try control.check()
            reusedPasses += 1
        } else {
            try computeForward(capturing: names.union(keptEndpoints), control: control)
        }
        state = .forwarded
        passes.forward += 1
        defer { if !reusesForward { captured = [:] } }
        return (logits, captured.filter { names.contains($0.key) })
    }

    /// The names of all endpoints, in the order of the forward pass.
    public var endpointNames: [String] { plan.endpointNames }

    private func computeForward(capturing names: Set<String>, control: RunControl) throws(ModelError) {
        // The previous pass's activations at these endpoints have been overwritten.
        let partial = OverlapPlan.partialSteps.flatMap { plan.steps[$0].endpoints.map(\.name) }
        let change = names.isDisjoint(with: partial) ? change : .everything
        self.change = .everything
        state = .clip
        captured = [:]
        backpropagated = nil
        plan.overlap?.move(workspace, after: change)
        let work = plan.overlap?.work(after: change)
        if recordsLayers { layerTimings = plan.steps.map { LayerTiming($0.operation) } + [LayerTiming(head: ())] }
        for (index, step) in plan.steps.enumerated() {
            try control.check()
            measure(index, \.forward) {
                if let work, plan.overlap?.forward(workspace, step: index, work) == true { return }
                step.operation.forward(workspace)
            }
            for (name, tensor) in step.endpoints where names.contains(name) {
                captured[name] = copy(workspace.activation(tensor), tensor)
            }
        }
        try control.check()
        measure(plan.steps.count, \.forward) {
            pooled = plan.head.pooled(workspace)
            logits = plan.head.weights.logits(of: pooled)
        }
        self.change = .frames(0..<0)
    }

    // MARK: - Backward

    /// Computes the gradient of one logit with respect to the clip; read it with `gradient` or `absoluteGradient`.
    ///
    /// May be called repeatedly for other classes and rules after one `forward`.
    ///
    /// - Throws: `invalidRequest` if the class does not exist or `forward` has not run since the clip changed;
    ///   `cancelled`.
    public func backward(
        target: Int, rule: GradientRule, control: RunControl = RunControl()
    ) throws(ModelError) {
        guard target >= 0, target < model.classCount else {
            throw ModelError(.invalidRequest, "there is no class \(target); the model has \(model.classCount)")
        }
        var seed = [Float](repeating: 0, count: model.classCount)
        seed[target] = 1
        try backward(seed: seed, rule: rule, control: control)
    }

    /// Computes the gradient of Σ seed · logits with respect to the clip, for targets that combine several classes.
    public func backward(
        seed: [Float], rule: GradientRule, control: RunControl = RunControl()
    ) throws(ModelError) {
        _ = try backward(seed: seed, rule: rule, capturingGradientsAt: [], control: control)
    }

    /// Computes the gradient of Σ seed · logits with respect to the outputs of the named endpoints, `[T, H, W, C]`:
    /// complete, and before the mask of the ReLU in which the endpoint ends is applied.
    ///
    /// - Parameters:
    ///   - seed: one factor for each class.
    ///   - rule: how gradients pass a ReLU.
    ///   - names: of the endpoints, as in `endpointNames`.
    ///   - stopsThere: whether to stop at the earliest of the endpoints. Then there is no gradient of the clip.
    ///   - control: cancels the computation and receives its progress.
    /// - Throws: `invalidRequest` also if an endpoint does not exist.
    public func backward(
        seed: [Float], rule: GradientRule, capturingGradientsAt names: Set<String>, stopsThere: Bool = false,
        control: RunControl = RunControl()
    ) throws(ModelError) -> [String: ModelVariables.Variable] {
        try plan.requireEndpoints(names)
        guard seed.count == model.classCount else {
            throw ModelError(.invalidRequest, "\(seed.count) seeds for \(model.classCount) classes")
        }
        try requireForward(for: "a gradient needs")
        if reusesBackward, names.isEmpty, let last = backpropagated, last.rule == rule, last.seed == seed {
            try control.check()
            state = .backpropagated
            passes.backward += 1
            reusedBackwardPasses += 1
            return [:]
        }
        state = .forwarded
        backpropagated = nil
        var awaited: [BufferID: String] = [:]
        for (name, tensor) in plan.steps.flatMap(\.endpoints) where names.contains(name) {
            awaited[tensor.gradient] = name
        }
        var gradients: [String: ModelVariables.Variable] = [:]
        // A gradient is complete when its last consumer has written it; its masks are applied after it has been copied.
        func capture(_ tensor: Tensor) {
            guard let name = awaited.removeValue(forKey: tensor.gradient) else { return }
            gradients[name] = copy(workspace.gradient(tensor), tensor)
            let plane = tensor.extent.plane
            pool.run(tensor.extent.frames) { frame, _ in
                workspace.applyMasks(tensor, rows: frame * plane..<(frame + 1) * plane, rule: rule)
            }
        }
        let last = plan.head.input
        measure(plan.steps.count, \.backward) {
            plan.head.backward(workspace, seed: seed, rule: rule, completes: awaited[last.gradient] == nil)
        }
        capture(last)
        for (index, step) in plan.steps.enumerated().reversed() {
            if stopsThere, awaited.isEmpty {
                // Only a part of a pass, but counted as one.
                passes.backward += 1
                return gradients
            }
            try control.check()
            let input = step.operation.input
            let write = GradientWrite(
                accumulates: step.accumulates, completes: step.completes && awaited[input.gradient] == nil, rule: rule)
            measure(index, \.backward) { step.operation.backward(workspace, write) }
            if step.completes { capture(input) }
        }
        state = .backpropagated
        backpropagated = (seed, rule)
        passes.backward += 1
        return gradients
    }

    func requireGradient() throws(ModelError) {
        guard state == .backpropagated else {
            throw ModelError(.invalidRequest, "there is no gradient before a backward pass")
        }
    }

    func requireForward(for result: String) throws(ModelError) {
        guard state != .clip else {
            throw ModelError(.invalidRequest, "\(result) a forward pass over the clip first")
        }
    }

    // MARK: -

    private func copy(_ source: UnsafePointer<Float>, _ tensor: Tensor) -> ModelVariables.Variable {
        let extent = tensor.extent
        return ModelVariables.Variable(
            shape: [extent.frames, extent.height, extent.width, tensor.channels],
            values: Array(UnsafeBufferPointer(start: source, count: tensor.count)))
    }

    private func measure<Result>(
        _ layer: Int, _ direction: WritableKeyPath<LayerTiming, Double>, _ body: () -> Result
    ) -> Result {
        guard recordsLayers, layer < layerTimings.count else { return body() }
        let clock = ContinuousClock()
        let start = clock.now
        let result = body()
        layerTimings[layer][keyPath: direction] = (clock.now - start) / .seconds(1)
        return result
    }
}

extension LayerTiming {
    fileprivate init(_ operation: any Operation) {
        self.init(
            name: operation.name, forward: 0, backward: 0, gigaflop: Double(operation.floatingPointOperations) / 1e9)
    }

    fileprivate init(head: Void) {
        self.init(name: "Logits", forward: 0, backward: 0, gigaflop: 0)
    }
}
