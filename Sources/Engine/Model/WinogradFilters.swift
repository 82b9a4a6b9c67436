import CKernels

/// The filters of a 3x3x3 unit as `WinogradConvolution` multiplies by them, for both directions: eight times the size of
/// the filters each, transformed once and shared by all sessions.
///
/// Unchecked: the memory is written only in `init`.
final class WinogradFilters: @unchecked Sendable {
    private let memory: Arena
    private let backwardOffset: Int
    private let bias: [Float]
    let inputChannels: Int
    let outputChannels: Int

    /// - Parameters:
    ///   - filters: `[3, 3, 3, cin, cout]`.
    ///   - bias: `[cout]`.
    /// - Throws: `tooLarge` if there is no memory.
    init(inputChannels: Int, outputChannels: Int, filters: [Float], bias: [Float]) throws(ModelError) {
        let backwardOffset = Self.directionSize(inputChannels, outputChannels)
        let memory = try Arena(
            size: Self.size(inputChannels: inputChannels, outputChannels: outputChannels),
            purpose: "the network's weights need")
        engine_winograd_filters(
            inputChannels, outputChannels, filters, 0, memory.base.assumingMemoryBound(to: Float.self))
        engine_winograd_filters(
            outputChannels, inputChannels, filters, 1,
            (memory.base + backwardOffset).assumingMemoryBound(to: Float.self))
        self.memory = memory
        self.backwardOffset = backwardOffset
        self.bias = bias
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
    }

    /// Bytes of both directions.
    static func size(inputChannels: Int, outputChannels: Int) -> Int {
        directionSize(inputChannels, outputChannels) + directionSize(outputChannels, inputChannels)
    }

    private static func directionSize(_ inputChannels: Int, _ outputChannels: Int) -> Int {
        ArenaPlan.aligned(
            engine_winograd_filter_floats(inputChannels, outputChannels) * MemoryLayout<Float>.stride)
    }

    /// Lends the forward pass's filters and the biases, in this order, for the length of `body`.
    func withForward(_ body: (UnsafePointer<Float>, UnsafePointer<Float>) -> Void) {
        bias.withUnsafeBufferPointer { bias in
            guard let bias = bias.baseAddress else { return }
            body(UnsafePointer(memory.base.assumingMemoryBound(to: Float.self)), bias)
        }
    }

    /// Lends the backward pass's filters for the length of `body`.
    func withBackward(_ body: (UnsafePointer<Float>) -> Void) {
        body(UnsafePointer((memory.base + backwardOffset).assumingMemoryBound(to: Float.self)))
    }
}
