import CKernels

/// The filters of a unit, transformed once for `WinogradConvolution` (3x3x3) or `WinogradStem` (7x7x7, stride 2), for
/// both directions; shared by all sessions. For 3x3x3 filters, each direction has 8 times their size with tiles of 4
/// output frames, 5.3 times with tiles of 2. The untransformed filters are kept too, for `FlatOutputs`.
///
/// `@unchecked Sendable` because the memory is written only in `init`.
final class WinogradFilters: @unchecked Sendable {
    private let memory: Arena
    private let backwardOffset: Int
    private let plainOffset: Int
    private let bias: [Float]
    let inputChannels: Int
    let outputChannels: Int
    /// The output frames of a tile.
    let framesPerTile: Int

    /// - Parameters:
    ///   - kernel: 3 or 7.
    ///   - times: the output frames of a tile: 4 or, with 3x3x3 filters, 2.
    ///   - filters: `[kernel, kernel, kernel, cin, cout]`.
    ///   - bias: `[cout]`.
    /// - Throws: `tooLarge` if there is not enough memory.
    init(
        kernel: Int, framesPerTile: Int = 4, inputChannels: Int, outputChannels: Int, filters: [Float], bias: [Float]
    ) throws(ModelError) {
        let size = Size(
            kernel: kernel, framesPerTile: framesPerTile, inputChannels: inputChannels, outputChannels: outputChannels)
        let memory = try Arena(
            size: size.forward + size.backward + size.plain, purpose: "the network's weights need")
        let forward = memory.base.assumingMemoryBound(to: Float.self)
        let backward = (memory.base + size.forward).assumingMemoryBound(to: Float.self)
        if kernel == 3 {
            engine_winograd_filters(inputChannels, outputChannels, framesPerTile, filters, 0, forward)
            engine_winograd_filters(outputChannels, inputChannels, framesPerTile, filters, 1, backward)
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
        self.framesPerTile = framesPerTile
    }

    /// The bytes of the transformed filters of each direction, and of the untransformed filters.
    struct Size {
        let forward: Int
        let backward: Int
        let plain: Int

        init(kernel: Int, framesPerTile: Int, inputChannels: Int, outputChannels: Int) {
            func bytes(_ floats: Int) -> Int { ArenaPlan.aligned(floats * MemoryLayout<Float>.stride) }
            if kernel == 3 {
                forward = bytes(engine_winograd_filter_floats(inputChannels, outputChannels, framesPerTile))
                backward = bytes(engine_winograd_filter_floats(outputChannels, inputChannels, framesPerTile))
            } else {
                forward = bytes(engine_stem_filter_floats(inputChannels, outputChannels, 0))
                backward = bytes(engine_stem_filter_floats(inputChannels, outputChannels, 1))
            }
            plain = bytes(engine_packed_floats(kernel * kernel * kernel * inputChannels, outputChannels))
        }
    }

    /// Calls `body` with the forward pass's filters and the biases, which are valid during the call.
    func withForward(_ body: (UnsafePointer<Float>, UnsafePointer<Float>) -> Void) {
        bias.withUnsafeBufferPointer { bias in
            guard let bias = bias.baseAddress else { return }
            body(UnsafePointer(memory.base.assumingMemoryBound(to: Float.self)), bias)
        }
    }

    /// Calls `body` with the backward pass's filters, which are valid during the call.
    func withBackward(_ body: (UnsafePointer<Float>) -> Void) {
        body(UnsafePointer((memory.base + backwardOffset).assumingMemoryBound(to: Float.self)))
    }

    /// Calls `body` with the untransformed filters `[field][cout]`, packed, which are valid during the call.
    func withPlain(_ body: (UnsafePointer<Float>) -> Void) {
        body(UnsafePointer((memory.base + plainOffset).assumingMemoryBound(to: Float.self)))
    }
}
