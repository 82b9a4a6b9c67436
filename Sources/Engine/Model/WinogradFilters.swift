import CKernels

/// The filters of a unit as `WinogradConvolution` (3x3x3) or `WinogradStem` (7x7x7, stride 2) multiplies by them, for both
/// directions: transformed once and shared by all sessions. Of 3x3x3 filters each direction is 8 times their size where a
/// tile puts out 4 frames, 5.3 times where it puts out 2. Beside them lie the filters as they are, for `FlatOutputs`.
///
/// Unchecked: the memory is written only in `init`.
final class WinogradFilters: @unchecked Sendable {
    private let memory: Arena
    private let backwardOffset: Int
    private let plainOffset: Int
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
        let memory = try Arena(
            size: size.forward + size.backward + size.plain, purpose: "the network's weights need")
        let forward = memory.base.assumingMemoryBound(to: Float.self)
        let backward = (memory.base + size.forward).assumingMemoryBound(to: Float.self)
        if kernel == 3 {
            engine_winograd_filters(inputChannels, outputChannels, times, filters, 0, forward)
            engine_winograd_filters(outputChannels, inputChannels, times, filters, 1, backward)
        } else {
            engine_stem_filters(inputChannels, outputChannels, filters, 0, forward)
            engine_stem_filters(inputChannels, outputChannels, filters, 1, backward)
        }
        let plain = (memory.base + size.forward + size.backward).assumingMemoryBound(to: Float.self)
        engine_pack_filters(
            kernel * kernel * kernel * inputChannels, outputChannels, filters, outputChannels, 1, plain)
        self.memory = memory
        self.backwardOffset = size.forward
        self.plainOffset = size.forward + size.backward
        self.bias = bias
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.times = times
    }

    /// Bytes of each direction, and of the filters as they are.
    struct Size {
        let forward: Int
        let backward: Int
        let plain: Int

        init(kernel: Int, times: Int, inputChannels: Int, outputChannels: Int) {
            func bytes(_ floats: Int) -> Int { ArenaPlan.aligned(floats * MemoryLayout<Float>.stride) }
            if kernel == 3 {
                forward = bytes(engine_winograd_filter_floats(inputChannels, outputChannels, times))
                backward = bytes(engine_winograd_filter_floats(outputChannels, inputChannels, times))
            } else {
                forward = bytes(engine_stem_filter_floats(inputChannels, outputChannels, 0))
                backward = bytes(engine_stem_filter_floats(inputChannels, outputChannels, 1))
            }
            plain = bytes(engine_packed_floats(kernel * kernel * kernel * inputChannels, outputChannels))
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

    /// Lends the filters as they are, `[field][cout]`, packed, for the length of `body`.
    func withPlain(_ body: (UnsafePointer<Float>) -> Void) {
        body(UnsafePointer((memory.base + plainOffset).assumingMemoryBound(to: Float.self)))
    }
}
