import CFFmpeg
import CKernels
import Media

/// Composites frames with transparent parts over a background colour; other frames are returned without a copy.
///
/// The colour of a transparent pixel is meaningless and must reach neither the network nor the viewer.
struct FrameCompositor: ~Copyable {
    private let background: BackgroundColor
    /// The number of frames with transparent parts.
    private(set) var count = 0
    /// Converts formats that cannot be blended directly; recreated when the layout changes.
    private var scaler: ScalerContext?
    private var scaledLayout: FrameLayout?

    init(background: BackgroundColor) {
        self.background = background
    }

    /// `frame` without alpha. Time stamps are not carried over.
    ///
    /// - Parameter color: how its samples represent colour; on return, how those of the result do.
    mutating func composited(
        _ frame: consuming FrameBuffer, color: inout ColorDescription
    ) throws(MediaError) -> FrameBuffer {
        let layout = FrameLayout(frame, color: color)
        guard let format = PixelFormat(layout.format), format.hasAlpha else { return frame }
        if Self.isOpaque(frame, format) {
            if let opaque = format.opaque { frame.pointer.pointee.format = opaque.rawValue }
            return frame
        }
        count += 1
        // 32-bit floats are blended as 16-bit integers.
        if format.opaque != nil, !format.isBigEndian, format.depth <= 16 { return try blended(frame, format, color) }
        let plain = try plain(frame, layout, format)
        color = Self.plainColor(color)
        guard let format = PixelFormat(AVPixelFormat(rawValue: plain.pointer.pointee.format)) else {
            throw MediaError(.damaged, "has an unknown pixel format")
        }
        let result = try blended(plain, format, color)
        color.stamp(result)
        return result
    }

    /// Whether no pixel is transparent; false also if that cannot be determined cheaply.
    private static func isOpaque(_ frame: borrowing FrameBuffer, _ format: PixelFormat) -> Bool {
        let f = frame.pointer.pointee
        if format.hasPalette {
            guard let palette = frame.plane(1) else { return true }
            // 256 colours, 0xAARRGGBB.
            return (0..<256).allSatisfy { palette.base[4 * $0 + 3] == 255 }
        }
        // A value of 16 one bits is the same in both byte orders; one with fewer bits is not.
        guard format.depth <= 16, !format.isBigEndian || format.depth == 16,
            let alpha = component(
                format.components.count - 1, of: frame, format, width: Int(f.width), height: Int(f.height))
        else { return false }
        return saliency_samples_are(alpha, format.depth > 8 ? 2 : 1, UInt32((1 << format.depth) - 1)) == 1
    }

    /// The memory of a component's samples; `width` and `height` are the component's own.
    private static func component(
        _ index: Int, of frame: borrowing FrameBuffer, _ format: PixelFormat, width: Int, height: Int
    ) -> saliency_plane? {
        let place = format.components[index]
        guard let plane = frame.plane(place.plane) else { return nil }
        return saliency_plane(
            base: plane.base + place.offset, stride: plane.stride, step: place.step, width: Int32(width),
            height: Int32(height))
    }

    private static func plainColor(_ color: ColorDescription) -> ColorDescription {
        ColorDescription(
            range: AVCOL_RANGE_JPEG, matrix: AVCOL_SPC_RGB, primaries: color.primaries, transfer: color.transfer)
    }

    /// The frame as RGBA in a format that can be blended: packed for palettes, otherwise planar.
    private mutating func plain(
        _ frame: borrowing FrameBuffer, _ layout: FrameLayout, _ format: PixelFormat
    ) throws(MediaError) -> FrameBuffer {
        let plain =
            format.hasPalette ? AV_PIX_FMT_BGRA : format.depth > 8 ? AV_PIX_FMT_GBRAP16LE : AV_PIX_FMT_GBRAP
        if scaledLayout != layout {
            scaler = try ScalerContext.make(
                from: layout,
                to: FrameLayout(
                    width: layout.width, height: layout.height, format: plain, color: Self.plainColor(layout.color)))
            scaledLayout = layout
        }
        let result = try FrameBuffer.allocate(width: layout.width, height: layout.height, format: plain)
        switch scaler {
        case .some(let scaler): try scaler.convert(frame, into: result)
        case .none: break
        }
        result.copyFlags(from: frame)
        return result
    }

    /// - Parameter format: the frame's format: three colour components and alpha with equal bit depths, little-endian.
    private func blended(
        _ frame: borrowing FrameBuffer, _ format: PixelFormat, _ color: ColorDescription
    ) throws(MediaError) -> FrameBuffer {
        let f = frame.pointer.pointee
        let unreadable = MediaError(.damaged, "has transparency that cannot be read")
        guard let opaque = format.opaque, let layout = PixelFormat(opaque), format.components.count == 4,
            let alpha = Self.component(3, of: frame, format, width: Int(f.width), height: Int(f.height))
        else { throw unreadable }
        let result = try FrameBuffer.allocate(width: Int(f.width), height: Int(f.height), format: opaque)
        let ground = background.samples(color, depth: format.depth)
        for index in 0..<3 {
            let isChroma = index > 0 && format.hasSubsampling
            let size = format.planeSize(isChroma ? 1 : 0, width: Int(f.width), height: Int(f.height))
            let place = layout.components[index]
            guard let input = Self.component(index, of: frame, format, width: size.width, height: size.height),
                let output = result.plane(place.plane), place.step == input.step
            else { throw unreadable }
            let done = saliency_composite_plane(
                output.base + place.offset, output.stride, input, alpha, isChroma ? Int32(format.chromaShiftX) : 0,
                isChroma ? Int32(format.chromaShiftY) : 0, ground[index], UInt32((1 << format.depth) - 1),
                format.depth > 8 ? 2 : 1)
            guard done == 1 else { throw unreadable }
        }
        result.copyFlags(from: frame)
        result.pointer.pointee.chroma_location = f.chroma_location
        return result
    }
}
