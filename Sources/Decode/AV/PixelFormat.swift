import CFFmpeg

/// What FFmpeg's descriptor says of a pixel format.
struct PixelFormat: Sendable, Hashable {
    let format: AVPixelFormat
    private let flags: UInt64
    /// log2 of how many luma samples share a chroma sample, across and down.
    let chromaShiftX: Int
    let chromaShiftY: Int
    let planeCount: Int
    /// Bytes from one sample to the next in each of the planes in use.
    let elementSizes: [Int]
    /// Bits of the deepest component.
    let depth: Int
    let name: String

    /// - Returns: nil for a format that FFmpeg does not know or whose samples lie on no CPU's memory.
    init?(_ format: AVPixelFormat) {
        guard let descriptor = av_pix_fmt_desc_get(format) else { return nil }
        let d = descriptor.pointee
        guard d.flags & UInt64(AV_PIX_FMT_FLAG_HWACCEL) == 0 else { return nil }
        let planes = Int(max(0, av_pix_fmt_count_planes(format)))
        let all = [d.comp.0, d.comp.1, d.comp.2, d.comp.3]
        let components = all.prefix(Int(d.nb_components))
        var sizes = [Int](repeating: 0, count: planes)
        for component in components where Int(component.plane) < planes {
            sizes[Int(component.plane)] = max(sizes[Int(component.plane)], Int(component.step))
        }
        self.format = format
        flags = d.flags
        chromaShiftX = Int(d.log2_chroma_w)
        chromaShiftY = Int(d.log2_chroma_h)
        planeCount = planes
        elementSizes = sizes
        depth = components.map { Int($0.depth) }.max() ?? 8
        name = String(cString: d.name)
    }

    private func has(_ flag: Int32) -> Bool { flags & UInt64(flag) != 0 }

    var isRGB: Bool { has(AV_PIX_FMT_FLAG_RGB) || hasPalette }
    var isPlanar: Bool { has(AV_PIX_FMT_FLAG_PLANAR) }
    var hasPalette: Bool { has(AV_PIX_FMT_FLAG_PAL) }
    /// No colour at all.
    var isGray: Bool { !isRGB && planeCount == 1 && !hasSubsampling && name.hasPrefix("gray") }
    var hasSubsampling: Bool { chromaShiftX > 0 || chromaShiftY > 0 }
    /// The deprecated formats that carry "full range" in their name.
    var isFullRangeByName: Bool { name.hasPrefix("yuvj") }

    /// Whether every sample starts on a byte of its own, so that a picture is a matrix of elements.
    var isAddressable: Bool {
        !has(AV_PIX_FMT_FLAG_BITSTREAM) && !has(AV_PIX_FMT_FLAG_BAYER) && planeCount > 0
            && (!hasSubsampling || isPlanar) && elementSizes.allSatisfy { [1, 2, 3, 4, 6, 8].contains($0) }
    }

    /// Size of plane `plane` of a picture, in elements.
    func planeSize(_ plane: Int, width: Int, height: Int) -> (width: Int, height: Int) {
        guard plane == 1 || plane == 2, hasSubsampling else { return (width, height) }
        return ((width + (1 << chromaShiftX) - 1) >> chromaShiftX, (height + (1 << chromaShiftY) - 1) >> chromaShiftY)
    }

    /// A planar format without subsampling or palette that loses nothing of this one: what turns by planes.
    var unsubsampled: AVPixelFormat {
        if isRGB || hasPalette { return depth > 8 ? AV_PIX_FMT_RGBA64LE : AV_PIX_FMT_BGRA }
        let hasAlpha = has(AV_PIX_FMT_FLAG_ALPHA)
        return switch depth {
        case ...8: hasAlpha ? AV_PIX_FMT_YUVA444P : AV_PIX_FMT_YUV444P
        case ...10: hasAlpha ? AV_PIX_FMT_YUVA444P10LE : AV_PIX_FMT_YUV444P10LE
        case ...12: hasAlpha ? AV_PIX_FMT_YUVA444P12LE : AV_PIX_FMT_YUV444P12LE
        default: hasAlpha ? AV_PIX_FMT_YUVA444P16LE : AV_PIX_FMT_YUV444P16LE
        }
    }
}
