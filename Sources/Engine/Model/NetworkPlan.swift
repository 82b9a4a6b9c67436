/// The network for one clip shape: its operations in order, and where in the session's memory every buffer lies.
struct NetworkPlan: Sendable {
    struct Step: Sendable {
        let operation: any Operation
        /// Backward: whether a consumer of the same input has written its gradient before, and whether none is left.
        let accumulates: Bool
        let completes: Bool
        /// What `outputs` are complete with this step, by their names in the published graph.
        let endpoints: [(name: String, tensor: Tensor)]
    }

    let clip: Tensor
    /// The clip as bytes, for a first operation that reads it so; nil if it does not.
    let clipBytes: BufferID?
    let steps: [Step]
    /// What overlapping windows share; nil if the session does not keep it. Its operations are the steps 0, 1, 3 and 4.
    let overlap: OverlapPlan?
    let head: Head
    let offsets: [Int]
    /// Bytes of the arena without scratch memory.
    let size: Int
    /// Bytes of scratch memory a worker needs.
    let scratchStride: Int

    /// Every endpoint's name, in the order of the forward pass.
    var endpointNames: [String] { steps.flatMap { $0.endpoints.map(\.name) } }

    /// - Throws: `invalidRequest`, naming what there is, if one of `names` is not an endpoint.
    func requireEndpoints(_ names: Set<String>) throws(ModelError) {
        guard let unknown = names.subtracting(endpointNames).min() else { return }
        throw ModelError(
            .invalidRequest, "there is no endpoint \(unknown); there are \(endpointNames.joined(separator: ", "))")
    }

    /// Where the positions of an endpoint lie in the clip.
    ///
    /// - Throws: `invalidRequest` if there is no such endpoint.
    func geometry(of endpoint: String) throws(ModelError) -> EndpointGeometry {
        try requireEndpoints([endpoint])
        let whole = EndpointGeometry(clip.extent)
        var geometries = [clip.activation: whole]
        for step in steps {
            let input = geometries[step.operation.input.activation] ?? whole
            let output = step.operation.slidingWindows.reduce(input) { EndpointGeometry($1, over: $0) }
            for tensor in step.operation.outputs { geometries[tensor.activation] = output }
            if step.endpoints.contains(where: { $0.name == endpoint }) { return output }
        }
        return whole
    }
}

/// How a model and its sessions trade memory for speed; the numbers are right either way.
public enum MemoryUse: String, Sendable, CaseIterable {
    /// As fast as can be, within 700 MB for the published network and its window of 64x224x224.
    case fast
    /// About 410 MB: fewer units compute by Winograd convolution, and the largest activations are never there as a whole.
    case low
}
