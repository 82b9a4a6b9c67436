import CFFmpeg

/// The properties of a pixel format, from FFmpeg's descriptor.
package struct PixelFormat: Sendable {
    package let format: AVPixelFormat
    private let flags: UInt64
    /// log2 of the number of luma samples per chroma sample, horizontally and vertically.
    package let chromaShiftX: Int
    package let chromaShiftY: Int
    package let planeCount: Int
    /// The bytes from one sample to the next in each plane.
    package let elementSizes: [Int]
    /// The bit depth of the deepest component.
    package let depth: Int
    /// The position of each component's samples: their plane, the offset of the first sample in a row and the step to
    /// the next, in bytes.
    package let components: [(plane: Int, offset: Int, step: Int)]
    package let name: String

    /// - Returns: nil for a format that FFmpeg does not know or whose samples are not in CPU memory.
    package init?(_ format: AVPixelFormat) {
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
        self.components = components.map { (Int($0.plane), Int($0.offset), Int($0.step)) }
        name = String(cString: d.name)
    }

    private func has(_ flag: Int32) -> Bool { flags & UInt64(flag) != 0 }

    package var isRGB: Bool { has(AV_PIX_FMT_FLAG_RGB) || hasPalette }
    package var isPlanar: Bool { has(AV_PIX_FMT_FLAG_PLANAR) }
    package var hasPalette: Bool { has(AV_PIX_FMT_FLAG_PAL) }
    /// Whether there is no colour: grey of any depth, with or without alpha, and 1-bit black and white.
    package var isGray: Bool { !isRGB && components.count - (hasAlpha ? 1 : 0) == 1 }
    /// Whether frames can have transparent parts, by alpha samples or by their palette.
    package var hasAlpha: Bool { has(AV_PIX_FMT_FLAG_ALPHA) || hasPalette }
    package var isBigEndian: Bool { has(AV_PIX_FMT_FLAG_BE) }
    package var hasSubsampling: Bool { chromaShiftX > 0 || chromaShiftY > 0 }
    /// Whether it is one of the deprecated formats whose name implies full range.
    package var isFullRangeByName: Bool { name.hasPrefix("yuvj") }

    /// Whether every sample starts at a byte boundary, so that a plane is a matrix of elements.
    package var isAddressable: Bool {
        !has(AV_PIX_FMT_FLAG_BITSTREAM) && !has(AV_PIX_FMT_FLAG_BAYER) && planeCount > 0
            && (!hasSubsampling || isPlanar) && elementSizes.allSatisfy { [1, 2, 3, 4, 6, 8].contains($0) }
    }

    /// Size of plane `plane` of a frame, in elements.
    package func planeSize(_ plane: Int, width: Int, height: Int) -> (width: Int, height: Int) {
        guard plane == 1 || plane == 2, hasSubsampling else { return (width, height) }
        return ((width + (1 << chromaShiftX) - 1) >> chromaShiftX, (height + (1 << chromaShiftY) - 1) >> chromaShiftY)
    }

    /// The format with the same samples without alpha: planes have the same order, and packed samples have an unused
    /// byte in its place. Nil if there is none.
    package var opaque: AVPixelFormat? {
        let packed = ["rgba": "rgb0", "bgra": "bgr0", "argb": "0rgb", "abgr": "0bgr"][name]
        let planar =
            name.hasPrefix("yuva")
            ? "yuv" + name.dropFirst(4) : name.hasPrefix("gbrap") ? "gbrp" + name.dropFirst(5) : nil
        guard let name = packed ?? planar else { return nil }
        let format = av_get_pix_fmt(name)
        return format == AV_PIX_FMT_NONE ? nil : format
    }

    /// The format itself if frames can be scaled in it, otherwise a lossless substitute.
    package var scaled: AVPixelFormat {
        isAddressable && !hasPalette && sws_isSupportedOutput(format) > 0 ? format : unsubsampled
    }

    /// A format without subsampling or palette that represents this one without loss, so that frames can be rotated
    /// plane by plane.
    package var unsubsampled: AVPixelFormat {
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
