import CFFmpeg

/// The sole owner of an `AVFrame`, which is freed with this value; the pixels are freed with their last reference.
public struct FrameBuffer: ~Copyable {
    /// Never nil; lent to FFmpeg for the duration of a call, never stored.
    public let pointer: UnsafeMutablePointer<AVFrame>

    /// An empty frame, to be filled by a decoder or a converter.
    public init() throws(MediaError) {
        guard let frame = av_frame_alloc() else {
            throw MediaError(.damaged, "no memory for a frame")
        }
        pointer = frame
    }

    /// A frame with its own, uninitialised pixels.
    ///
    /// - Parameters:
    ///   - width: in pixels.
    ///   - height: in pixels.
    ///   - format: the pixel format.
    public static func allocate(width: Int, height: Int, format: AVPixelFormat) throws(MediaError) -> FrameBuffer {
        let frame = try FrameBuffer()
        frame.pointer.pointee.width = Int32(width)
        frame.pointer.pointee.height = Int32(height)
        frame.pointer.pointee.format = format.rawValue
        let status = av_frame_get_buffer(frame.pointer, 0)
        guard status >= 0 else {
            throw MediaError(.damaged, "no memory for a \(width)x\(height) frame", underlyingCode: status)
        }
        return frame
    }

    deinit {
        var frame: UnsafeMutablePointer<AVFrame>? = pointer
        av_frame_free(&frame)
    }

    /// The size in bytes of the buffers that contain the pixels.
    public var byteCount: Int {
        let buffers = pointer.pointee.buf
        return [
            buffers.0, buffers.1, buffers.2, buffers.3, buffers.4, buffers.5, buffers.6, buffers.7,
        ].reduce(0) { $0 + Int($1?.pointee.size ?? 0) }
    }

    /// Another reference to the same pixels, counted by FFmpeg; no pixels are copied.
    public func reference() throws(MediaError) -> FrameBuffer {
        let copy = try FrameBuffer()
        let status = av_frame_ref(copy.pointer, pointer)
        guard status >= 0 else {
            throw MediaError(.damaged, "no memory for a frame", underlyingCode: status)
        }
        return copy
    }
}

extension FrameBuffer {
    /// A plane's first byte and its row stride in bytes (which may be negative); nil if there is no such plane.
    ///
    /// Valid as long as this frame exists.
    package func plane(_ index: Int) -> (base: UnsafeMutablePointer<UInt8>, stride: Int)? {
        let frame = pointer.pointee
        let planes = [frame.data.0, frame.data.1, frame.data.2, frame.data.3]
        let strides = [frame.linesize.0, frame.linesize.1, frame.linesize.2, frame.linesize.3]
        guard planes.indices.contains(index), let base = planes[index] else { return nil }
        return (base, Int(strides[index]))
    }

    /// Copies the properties of `other` except pixels and time: colour, damage, frame type, fields.
    package func copyFlags(from other: borrowing FrameBuffer) {
        let source = other.pointer.pointee
        pointer.pointee.color_range = source.color_range
        pointer.pointee.colorspace = source.colorspace
        pointer.pointee.color_primaries = source.color_primaries
        pointer.pointee.color_trc = source.color_trc
        pointer.pointee.decode_error_flags = source.decode_error_flags
        pointer.pointee.pict_type = source.pict_type
        saliency_frame_copy_flags(pointer, other.pointer)
    }
}
