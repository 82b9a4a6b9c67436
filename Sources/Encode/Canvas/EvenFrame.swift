import CFFmpeg
import Media

/// Frames for codecs that support 4:2:0 with even sizes only.
enum EvenFrame {
    static func length(_ length: Int) -> Int { (length + 1) & ~1 }

    /// A copy of a 4:2:0 frame whose odd sides are made even by repeating the last column or row. Chroma already has
    /// the right size.
    static func copy(of frame: UnsafePointer<AVFrame>) throws(MediaError) -> FrameBuffer {
        let (width, height) = (Int(frame.pointee.width), Int(frame.pointee.height))
        let copy = try FrameBuffer.allocate(
            width: length(width), height: length(height), format: AVPixelFormat(frame.pointee.format))
        let status = av_frame_copy_props(copy.pointer, frame)
        guard status >= 0 else { throw MediaError(.damaged, "no memory for a frame", underlyingCode: status) }
        let (data, strides) = (frame.pointee.data, frame.pointee.linesize)
        let (target, targetStrides) = (copy.pointer.pointee.data, copy.pointer.pointee.linesize)
        repeatEdges(
            data.0, Int(strides.0), width: width, height: height, into: target.0, Int(targetStrides.0))
        let (chromaWidth, chromaHeight) = (length(width) / 2, length(height) / 2)
        repeatEdges(
            data.1, Int(strides.1), width: chromaWidth, height: chromaHeight, into: target.1, Int(targetStrides.1),
            isEven: true)
        repeatEdges(
            data.2, Int(strides.2), width: chromaWidth, height: chromaHeight, into: target.2, Int(targetStrides.2),
            isEven: true)
        return copy
    }

    private static func repeatEdges(
        _ source: UnsafeMutablePointer<UInt8>?, _ sourceStride: Int, width: Int, height: Int,
        into target: UnsafeMutablePointer<UInt8>?, _ stride: Int, isEven: Bool = false
    ) {
        guard let source, let target, width > 0, height > 0 else { return }
        for y in 0..<(isEven ? height : length(height)) {
            let row = target + y * stride
            row.update(from: source + min(y, height - 1) * sourceStride, count: width)
            if !isEven, width % 2 == 1 { row[width] = row[width - 1] }
        }
    }
}
