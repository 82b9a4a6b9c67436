import CFFmpeg

extension FrameBuffer {
    /// A plane's first byte and the distance of its rows in bytes (which may be negative); nil if there is none.
    ///
    /// Valid as long as this frame lives.
    func plane(_ index: Int) -> (base: UnsafeMutablePointer<UInt8>, stride: Int)? {
        let frame = pointer.pointee
        let planes = [frame.data.0, frame.data.1, frame.data.2, frame.data.3]
        let strides = [frame.linesize.0, frame.linesize.1, frame.linesize.2, frame.linesize.3]
        guard planes.indices.contains(index), let base = planes[index] else { return nil }
        return (base, Int(strides[index]))
    }

    /// Takes over what `other` says of itself beside pixels and time: colour, damage, kind of picture, fields.
    func copyFlags(from other: borrowing FrameBuffer) {
        let source = other.pointer.pointee
        pointer.pointee.color_range = source.color_range
        pointer.pointee.colorspace = source.colorspace
        pointer.pointee.color_primaries = source.color_primaries
        pointer.pointee.color_trc = source.color_trc
        pointer.pointee.flags = source.flags
        pointer.pointee.decode_error_flags = source.decode_error_flags
        pointer.pointee.key_frame = source.key_frame
        pointer.pointee.pict_type = source.pict_type
        pointer.pointee.interlaced_frame = source.interlaced_frame
        pointer.pointee.top_field_first = source.top_field_first
    }
}

extension PictureLayout {
    /// The layout of a decoded picture.
    init(_ frame: borrowing FrameBuffer, color: ColorDescription) {
        let f = frame.pointer.pointee
        self.init(
            width: Int(f.width), height: Int(f.height), format: AVPixelFormat(rawValue: f.format), color: color,
            chromaLocation: f.chroma_location)
    }
}
