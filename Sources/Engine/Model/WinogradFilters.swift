import CKernels

/// The filters of a unit as `WinogradConvolution` (3x3x3) or `WinogradStem` (7x7x7, stride 2) multiplies by them, for both
/// directions: transformed once and shared by all sessions. Of 3x3x3 filters each direction is 8 times their size where a
/// tile puts out 4 frames, 5.3 times where it puts out 2.
///
/// Unchecked: the memory is written only in `init`.
final class WinogradFilters: @unchecked Sendable {
    private let memory: Arena
    private let backwardOffset: Int
    private let bias: [Float]
    let inputChannels: Int
    let outputChannels: Int
    /// Frames that a tile puts out.
    let times: Int

    /// - Parameters:
    ///   - kernel: 3 or 7.
    ///   - times: frames that a tile puts out: 4 or, with 3x3x3 filters, 2.
    ///   - filters: `[kernel, kernel, kernel, cin, cout]`.
    ///   - bias: `[cout]`.
    /// - Throws: `tooLarge` if there is no memory.
    init(
        kernel: Int, times: Int = 4, inputChannels: Int, outputChannels: Int, filters: [Float], bias: [Float]
    ) throws(ModelError) {
        let size = Size(kernel: kernel, times: times, inputChannels: inputChannels, outputChannels: outputChannels)
        let memory = try Arena(size: size.forward + size.backward, purpose: "the network's weights need")
        let forward = memory.base.assumingMemoryBound(to: Float.self)
        let backward = (memory.base + size.forward).assumingMemoryBound(to: Float.self)
        if kernel == 3 {
            engine_winograd_filters(inputChannels, outputChannels, times, filters, 0, forward)
            engine_winograd_filters(outputChannels, inputChannels, times, filters, 1, backward)
        } else {
            engine_stem_filters(inputChannels, outputChannels, filters, 0, forward)
            engine_stem_filters(inputChannels, outputChannels, filters, 1, backward)
        }
        self.memory = memory
        self.backwardOffset = size.forward
        self.bias = bias
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.times = times
    }

    /// Bytes of each direction.
    struct Size {
        let forward: Int
        let backward: Int

        init(kernel: Int, times: Int, inputChannels: Int, outputChannels: Int) {
            func bytes(_ floats: Int) -> Int { ArenaPlan.aligned(floats * MemoryLayout<Float>.stride) }
            if kernel == 3 {
                forward = bytes(engine_winograd_filter_floats(inputChannels, outputChannels, times))
                backward = bytes(engine_winograd_filter_floats(outputChannels, inputChannels, times))
            } else {
                forward = bytes(engine_stem_filter_floats(inputChannels, outputChannels, 0))
                backward = bytes(engine_stem_filter_floats(inputChannels, outputChannels, 1))
            }
        }
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
