/// The network for one clip shape: its operations in order, and the offsets of all buffers in the session's memory.
struct NetworkPlan: Sendable {
    struct Step: Sendable {
        let operation: any Operation
        /// Whether, in the backward pass, another consumer of the same input has already written to its gradient.
        let accumulates: Bool
        /// Whether, in the backward pass, this is the last consumer of its input.
        let completes: Bool
        /// The endpoints that are complete after this step, by their names in the published graph.
        let endpoints: [(name: String, tensor: Tensor)]
    }

    let clip: Tensor
    /// The clip as bytes; nil if the first operation cannot read bytes.
    let clipBytes: BufferID?
    let steps: [Step]
    /// The results that overlapping windows share; nil if the session does not keep them. Its operations are the steps
    /// 0, 1, 3 and 4.
    let overlap: OverlapPlan?
    let head: Head
    let offsets: [Int]
    /// The size of the arena without scratch memory, in bytes.
    let size: Int
    /// The scratch memory of one worker, in bytes.
    let scratchStride: Int

    /// The names of all endpoints, in the order of the forward pass.
    var endpointNames: [String] { steps.flatMap { $0.endpoints.map(\.name) } }

    /// - Throws: `invalidRequest`, listing the endpoints, if one of `names` is not an endpoint.
    func requireEndpoints(_ names: Set<String>) throws(ModelError) {
        guard let unknown = names.subtracting(endpointNames).min() else { return }
        throw ModelError(
            .invalidRequest, "there is no endpoint \(unknown); there are \(endpointNames.joined(separator: ", "))")
    }

    /// The locations in the clip of an endpoint's positions.
    ///
    /// - Throws: `invalidRequest` if the endpoint does not exist.
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

/// How a model and its sessions trade memory for speed. Results of both agree within the engine's tolerances.
public enum MemoryUse: String, Sendable, CaseIterable {
    /// As fast as possible, within 700 MB for the published network and its window of 64x224x224.
    case fast
    /// About 410 MB: fewer units use Winograd convolution, and the largest activations are never in memory as a whole.
    case low
}
