import CKernels

/// The resources of operations while a session runs: memory, kernels, threads.
///
/// The pointers are valid during one call of an `Operation`; rows of different work items do not overlap.
struct Workspace {
    let pool: ThreadPool
    let kernels: UnsafePointer<engine_kernels>
    let base: UnsafeMutableRawPointer
    /// Each buffer's offset in bytes, by `BufferID`.
    private(set) var offsets: [Int]
    /// The offset of the first worker's scratch memory, in bytes.
    let scratchOffset: Int
    /// The distance from one worker's scratch memory to the next one's, in bytes.
    let scratchStride: Int
    /// Set as long as the clip is held as bytes; a byte x stands for x · scale + offset.
    var byteRange: (scale: Float, offset: Float)?

    /// A workspace in which one buffer's start is moved to where it would be if the whole buffer were in memory.
    func moved(_ buffer: BufferID, by bytes: Int) -> Workspace {
        var workspace = self
        workspace.offsets[buffer.index] += bytes
        return workspace
    }

    func bytes(_ buffer: BufferID) -> UnsafeMutablePointer<UInt8> {
        (base + offsets[buffer.index]).assumingMemoryBound(to: UInt8.self)
    }

    func floats(_ buffer: BufferID) -> UnsafeMutablePointer<Float> {
        (base + offsets[buffer.index]).assumingMemoryBound(to: Float.self)
    }

    func doubles(_ buffer: BufferID) -> UnsafeMutablePointer<Double> {
        (base + offsets[buffer.index]).assumingMemoryBound(to: Double.self)
    }

    func activation(_ tensor: Tensor) -> UnsafeMutablePointer<Float> { floats(tensor.activation) }
    func gradient(_ tensor: Tensor) -> UnsafeMutablePointer<Float> { floats(tensor.gradient) }

    /// `Operation.scratchFloats` floats that only this worker uses until its item ends.
    func scratch(_ worker: Int) -> UnsafeMutablePointer<Float> {
        (base + (scratchOffset + worker * scratchStride)).assumingMemoryBound(to: Float.self)
    }

    /// The end of a unit: adds the bias, applies the ReLU, and writes activations and masks of `rows` of a slice.
    ///
    /// - Parameter source: the convolution's sums, with rows `sourceStride` floats apart.
    func biasReLU(
        _ source: UnsafePointer<Float>, sourceStride: Int, bias: UnsafePointer<Float>, to slice: TensorSlice,
        rows: Range<Int>
    ) {
        let stride = slice.tensor.channels
        kernels.pointee.bias_relu(
            rows.count, slice.channels, source, sourceStride, bias,
            activation(slice.tensor) + rows.lowerBound * stride + slice.firstChannel, stride,
            bytes(slice.mask.buffer) + rows.lowerBound * slice.mask.stride, slice.mask.stride)
    }

    /// Completes the gradient of `rows` of a tensor, to which all consumers have been added, with the masks of its
    /// producers.
    func applyMasks(_ tensor: Tensor, rows: Range<Int>, rule: GradientRule) {
        let stride = tensor.channels
        for mask in tensor.masks {
            kernels.pointee.apply_masks(
                rows.count, mask.channels, gradient(tensor) + rows.lowerBound * stride + mask.firstChannel, stride,
                bytes(mask.buffer) + rows.lowerBound * mask.stride, mask.stride, rule == .guided ? 1 : 0)
        }
    }
}
