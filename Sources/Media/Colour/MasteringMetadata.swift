import CFFmpeg

/// The metadata of a high-dynamic-range source about its mastering display and its brightest frames. The bytes of
/// FFmpeg's structures are passed unchanged from the source to the encoder.
public struct MasteringMetadata: Sendable, Hashable {
    /// An `AVMasteringDisplayMetadata` (SMPTE ST 2086); nil if there is none.
    public var display: [UInt8]?
    /// An `AVContentLightMetadata` (CTA-861.3); nil if there is none.
    public var light: [UInt8]?

    public var isEmpty: Bool { display == nil && light == nil }

    public init(display: [UInt8]? = nil, light: [UInt8]? = nil) {
        self.display = display
        self.light = light
    }

    /// Reads the container's metadata or, where it has none, the first frame's.
    package init(_ stream: UnsafeMutablePointer<AVStream>?, frame: borrowing FrameBuffer) {
        func side(
            _ packet: AVPacketSideDataType, _ sideData: AVFrameSideDataType, _ size: Int, _ frame: borrowing FrameBuffer
        ) -> [UInt8]? {
            var count = 0
            if let stream, let data = saliency_stream_find_side_data(stream, packet, &count), count >= size {
                return Array(UnsafeBufferPointer(start: data, count: size))
            }
            guard let side = av_frame_get_side_data(frame.pointer, sideData), let data = side.pointee.data,
                Int(side.pointee.size) >= size
            else { return nil }
            return Array(UnsafeBufferPointer(start: data, count: size))
        }
        display = side(
            AV_PKT_DATA_MASTERING_DISPLAY_METADATA, AV_FRAME_DATA_MASTERING_DISPLAY_METADATA,
            MemoryLayout<AVMasteringDisplayMetadata>.size, frame)
        light = side(
            AV_PKT_DATA_CONTENT_LIGHT_LEVEL, AV_FRAME_DATA_CONTENT_LIGHT_LEVEL,
            MemoryLayout<AVContentLightMetadata>.size, frame)
    }

    /// The corresponding x264 parameters, in units of 0.00002 (chromaticity) and 0.0001 cd/m² (luminance).
    public var encoderParameters: [String] {
        var parameters: [String] = []
        if let display, display.count >= MemoryLayout<AVMasteringDisplayMetadata>.size {
            let d = display.withUnsafeBytes { $0.loadUnaligned(as: AVMasteringDisplayMetadata.self) }
            func unit(_ value: AVRational, _ scale: Double) -> Int {
                Int(min(max((Rational(value).value * scale).rounded(), 0), 4e9))
            }
            func point(_ x: AVRational, _ y: AVRational) -> String { "(\(unit(x, 50_000)),\(unit(y, 50_000)))" }
            if d.has_primaries != 0, d.has_luminance != 0 {
                let (red, green, blue) = d.display_primaries
                parameters.append(
                    "mastering-display=G\(point(green.0, green.1))B\(point(blue.0, blue.1))R\(point(red.0, red.1))"
                        + "WP\(point(d.white_point.0, d.white_point.1))"
                        + "L(\(unit(d.max_luminance, 10_000)),\(unit(d.min_luminance, 10_000)))")
            }
        }
        if let light, light.count >= MemoryLayout<AVContentLightMetadata>.size {
            let l = light.withUnsafeBytes { $0.loadUnaligned(as: AVContentLightMetadata.self) }
            parameters.append("cll=\(min(l.MaxCLL, 65_535)),\(min(l.MaxFALL, 65_535))")
        }
        return parameters
    }
}
