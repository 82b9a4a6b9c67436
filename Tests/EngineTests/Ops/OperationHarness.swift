import CKernels
import Testing

@testable import Engine

/// Memory for one operation under test: all buffers exist all the time; they are filled before and read afterwards.
final class OperationHarness {
    private var sizes: [Int] = []
    private var memory: UnsafeMutableRawPointer?
    private var workspace: Workspace?

    deinit { memory?.deallocate() }

    func buffer(bytes: Int) -> BufferID {
        sizes.append(bytes)
        return BufferID(index: sizes.count - 1)
    }

    func tensor(_ extent: Size3D, _ channels: Int) -> Tensor {
        let bytes = extent.count * channels * MemoryLayout<Float>.stride
        return Tensor(
            extent: extent, channels: channels, activation: buffer(bytes: bytes), gradient: buffer(bytes: bytes))
    }

    /// A slice of a new, wider tensor, with `before` other channels on its left and one on its right.
    func slice(_ extent: Size3D, _ channels: Int, before: Int) -> TensorSlice {
        var tensor = tensor(extent, before + channels + 1)
        let stride = engine_mask_stride(channels)
        let mask = ReLUMask(
            buffer: buffer(bytes: extent.count * stride), firstChannel: before, channels: channels, stride: stride)
        tensor.masks = [mask]
        return TensorSlice(tensor: tensor, mask: mask)
    }

    /// All channels of a new tensor.
    func wholeSlice(_ extent: Size3D, _ channels: Int) -> TensorSlice {
        var tensor = tensor(extent, channels)
        let stride = engine_mask_stride(channels)
        let mask = ReLUMask(
            buffer: buffer(bytes: extent.count * stride), firstChannel: 0, channels: channels, stride: stride)
        tensor.masks = [mask]
        return TensorSlice(tensor: tensor, mask: mask)
    }

    func flatOutputs(_ window: SlidingWindow) -> FlatOutputs {
        FlatOutputs(
            window: window, repeats: buffer(bytes: FlatOutputs.repeatsSize(window)),
            flat: buffer(bytes: FlatOutputs.flatSize(window)))
    }

    /// Allocates the memory, with every byte set to 0xA5 so that nothing can rely on zeros.
    func start(scratchFloats: Int, threads: Int, isa: InstructionSet) throws -> Workspace {
        let kernels = try #require(isa.kernels)
        let plan = ArenaPlan(sizes.map { ArenaPlan.Request(bytes: $0, first: 0, last: 0) })
        let stride = ArenaPlan.aligned(scratchFloats * MemoryLayout<Float>.stride)
        let size = plan.size + threads * stride
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: ArenaPlan.alignment)
        memory.initializeMemory(as: UInt8.self, repeating: 0xA5, count: size)
        self.memory = memory
        return Workspace(
            pool: ThreadPool(threadCount: threads), kernels: kernels.table, base: memory, offsets: plan.offsets,
            scratchOffset: plan.size, scratchStride: stride)
    }
}

extension Workspace {
    func fill(_ buffer: BufferID, _ values: [Float]) {
        floats(buffer).update(from: values, count: values.count)
    }

    func read(_ buffer: BufferID, _ count: Int) -> [Float] {
        Array(UnsafeBufferPointer(start: floats(buffer), count: count))
    }

    /// The slice's channels of its tensor, `[rows][channels]`.
    func readSlice(_ slice: TensorSlice) -> [Float] {
        let all = read(slice.tensor.activation, slice.tensor.count)
        return (0..<slice.tensor.extent.count).flatMap { row in
            let first = row * slice.tensor.channels + slice.firstChannel
            return all[first..<first + slice.channels]
        }
    }

    /// Writes `values` `[rows][channels]` to the slice's gradient.
    func fillSliceGradient(_ slice: TensorSlice, _ values: [Float]) {
        let destination = gradient(slice.tensor)
        for row in 0..<slice.tensor.extent.count {
            for channel in 0..<slice.channels {
                destination[row * slice.tensor.channels + slice.firstChannel + channel] =
                    values[row * slice.channels + channel]
            }
        }
    }
}
