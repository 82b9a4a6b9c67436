import CKernels

/// A window that slides over an activation with TensorFlow's `SAME` padding: there are size / stride positions, rounded
/// up, and if the padding is odd, the odd element is at the end.
struct SlidingWindow: Hashable, Sendable {
    let input: Size3D
    let channels: Int
    let kernel: Kernel3D
    let stride: Kernel3D
    let output: Size3D
    /// Padding before the first element.
    let before: Kernel3D

    init(over input: Size3D, channels: Int, kernel: Kernel3D, stride: Kernel3D) {
        let frames = Self.same(input.frames, kernel.frames, stride.frames)
        let height = Self.same(input.height, kernel.height, stride.height)
        let width = Self.same(input.width, kernel.width, stride.width)
        self.input = input
        self.channels = channels
        self.kernel = kernel
        self.stride = stride
        output = Size3D(frames: frames.count, height: height.count, width: width.count)
        before = Kernel3D(frames.before, height.before, width.before)
    }

    /// The number of positions along one axis, and the padding before the first element.
    private static func same(_ size: Int, _ kernel: Int, _ stride: Int) -> (count: Int, before: Int) {
        let count = (size + stride - 1) / stride
        let padding = max((count - 1) * stride + kernel - size, 0)
        return (count, padding / 2)
    }

    /// The same for `CKernels`.
    var geometry: engine_window {
        engine_window(
            frames: input.frames, height: input.height, width: input.width, channels: channels,
            out_frames: output.frames, out_height: output.height, out_width: output.width,
            kernel_frames: kernel.frames, kernel_height: kernel.height, kernel_width: kernel.width,
            stride_frames: stride.frames, stride_height: stride.height, stride_width: stride.width,
            before_frames: before.frames, before_height: before.height, before_width: before.width)
    }
}
