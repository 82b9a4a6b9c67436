import CFFmpeg
import Media

/// Writes single images as JPEG or PNG; files appear only when they are complete.
public enum ImageFile {
    /// Writes `image` under a name that ends in ".jpg", ".jpeg" or ".png".
    ///
    /// JPEG is full-range BT.601, as JFIF requires, without chroma subsampling, at FFmpeg's quality scale 2 (about
    /// quality 95).
    ///
    /// - Throws: `MediaError.outputExists`, or `cannotWrite` for another file name extension, a missing folder or a
    ///   full disk.
    public static func write(_ image: Image, to path: String, replaces: Bool = false) throws(MediaError) {
        FFmpegLog.silence()
        let bytes: [UInt8]
        switch path.split(separator: ".").last?.lowercased() {
        case "jpg", "jpeg": bytes = try encoded(image, as: .jpeg(quality: 2), path)
        case "png": bytes = try encoded(image, as: .png, path)
        default: throw MediaError(.cannotWrite, "the name of an image has to end in .jpg or .png", file: path)
        }
        let file = try StagedFile(destination: path, replaces: replaces)
        guard bytes.withUnsafeBytes(file.write) == 0 else { throw file.failure() }
        try file.commit()
    }

    /// The bytes of a PNG file that shows `image`.
    public static func png(_ image: Image) throws(MediaError) -> [UInt8] {
        FFmpegLog.silence()
        return try encoded(image, as: .png, nil)
    }

    private static func encoded(
        _ image: Image, as kind: FrameEncoder.Kind, _ path: String?
    ) throws(MediaError) -> [UInt8] {
        let frame: FrameBuffer
        if case .jpeg = kind { frame = try ycbcr(image) } else { frame = try plain(image) }
        let encoder = try FrameEncoder.open(
            kind, width: image.width, height: image.height,
            pixelFormat: AVPixelFormat(frame.pointer.pointee.format), file: path)
        return try encoder.encode(frame).bytes
    }

    /// The image as FFmpeg's GRAY8 or RGB24.
    static func plain(_ image: Image) throws(MediaError) -> FrameBuffer {
        let frame = try FrameBuffer.allocate(
            width: image.width, height: image.height,
            format: image.channels == 1 ? AV_PIX_FMT_GRAY8 : AV_PIX_FMT_RGB24)
        copyRows(image, into: frame)
        return frame
    }

    /// The image as full-range BT.601 YCbCr; grey images have neutral, subsampled chroma.
    private static func ycbcr(_ image: Image) throws(MediaError) -> FrameBuffer {
        if image.channels == 1 {
            let frame = try FrameBuffer.allocate(
                width: image.width, height: image.height, format: AV_PIX_FMT_YUVJ420P)
            copyRows(image, into: frame)
            let chroma = (image.height + 1) / 2
            let strides = frame.pointer.pointee.linesize
            frame.pointer.pointee.data.1?.update(repeating: 128, count: Int(strides.1) * chroma)
            frame.pointer.pointee.data.2?.update(repeating: 128, count: Int(strides.2) * chroma)
            return frame
        }
        let source = try plain(image)
        let frame = try FrameBuffer.allocate(
            width: image.width, height: image.height, format: AV_PIX_FMT_YUVJ444P)
        var format = CanvasFormat(
            width: image.width, height: image.height,
            color: ColorDescription(range: AVCOL_RANGE_JPEG, matrix: AVCOL_SPC_SMPTE170M))
        format.pixelFormat = AV_PIX_FMT_YUVJ444P
        try Scaler(key: Scaler.Key(of: source.pointer), format: format).convert(source.pointer, into: frame.pointer)
        return frame
    }

    private static func copyRows(_ image: Image, into frame: borrowing FrameBuffer) {
        let count = image.width * image.channels
        guard let base = frame.pointer.pointee.data.0 else { return }
        let stride = Int(frame.pointer.pointee.linesize.0)
        image.bytes.withUnsafeBufferPointer { bytes in
            guard let source = bytes.baseAddress else { return }
            for y in 0..<image.height { (base + y * stride).update(from: source + y * count, count: count) }
        }
    }
}
