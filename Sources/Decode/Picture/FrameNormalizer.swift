import CFFmpeg
import CKernels

/// Makes every picture of a source like its first: size and pixel format stay, upright throughout.
///
/// Pictures that already are pass through without a copy.
struct FrameNormalizer: ~Copyable {
    let orientation: Orientation
    /// What every stored picture is brought to before it is turned.
    private let stored: PictureLayout
    /// Made for the first picture that differs, and again when the difference changes.
    private var scaler: ScalerContext?
    private var scaledLayout: PictureLayout?
    /// Width and height of the upright picture.
    let width: Int
    let height: Int

    /// - Parameters:
    ///   - first: the source's first picture as it was decoded.
    ///   - color: how its samples are to be read.
    init(
        first: borrowing FrameBuffer, color: ColorDescription, orientation: Orientation
    ) throws(MediaError) {
        var layout = PictureLayout(first, color: color)
        guard let format = PixelFormat(layout.format), layout.width > 0, layout.height > 0 else {
            throw MediaError(.damaged, "has an unknown pixel format")
        }
        if !Self.canTurn(format, by: orientation, width: layout.width, height: layout.height) {
            layout.format = format.unsubsampled
        }
        stored = layout
        self.orientation = orientation
        width = orientation.transposes ? layout.height : layout.width
        height = orientation.transposes ? layout.width : layout.height
    }

    /// Whether turning plane by plane keeps chroma on its luma.
    private static func canTurn(_ format: PixelFormat, by orientation: Orientation, width: Int, height: Int) -> Bool {
        if orientation.isUpright { return true }
        guard format.isAddressable, !format.hasPalette else { return false }
        if orientation.transposes && format.chromaShiftX != format.chromaShiftY { return false }
        // The last chroma sample of an odd row covers one luma sample; mirrored it would lead.
        let flipsStoredX = orientation.transposes ? orientation.flipsY : orientation.flipsX
        let flipsStoredY = orientation.transposes ? orientation.flipsX : orientation.flipsY
        let isOdd = { (size: Int, shift: Int) in size & ((1 << shift) - 1) != 0 }
        return !(flipsStoredX && isOdd(width, format.chromaShiftX))
            && !(flipsStoredY && isOdd(height, format.chromaShiftY))
    }

    /// `frame` itself, or its like in the source's first size and format, upright. Time stamps are not carried over.
    mutating func normalized(
        _ frame: consuming FrameBuffer, color: ColorDescription
    ) throws(MediaError) -> FrameBuffer {
        let layout = PictureLayout(frame, color: color)
        let isAlike =
            layout.width == stored.width && layout.height == stored.height && layout.format == stored.format
        if isAlike && layout.color.range == stored.color.range && layout.color.matrix == stored.color.matrix {
            return orientation.isUpright ? frame : try turned(frame)
        }
        let resized = try scaled(frame, layout)
        return orientation.isUpright ? resized : try turned(resized)
    }

    private mutating func scaled(
        _ frame: borrowing FrameBuffer, _ layout: PictureLayout
    ) throws(MediaError) -> FrameBuffer {
        if scaledLayout != layout {
            scaler = try ScalerContext.make(from: layout, to: stored)
            scaledLayout = layout
        }
        let result = try FrameBuffer.picture(width: stored.width, height: stored.height, format: stored.format)
        switch scaler {
        case .some(let scaler): try scaler.convert(frame, into: result)
        case .none: break
        }
        result.copyFlags(from: frame)
        result.pointer.pointee.chroma_location = stored.chromaLocation
        return result
    }

    private func turned(_ frame: borrowing FrameBuffer) throws(MediaError) -> FrameBuffer {
        guard let format = PixelFormat(stored.format) else {
            throw MediaError(.damaged, "has an unknown pixel format")
        }
        let result = try FrameBuffer.picture(width: width, height: height, format: stored.format)
        for plane in 0..<format.planeCount {
            let stored = format.planeSize(plane, width: stored.width, height: stored.height)
            let upright = format.planeSize(plane, width: width, height: height)
            guard let input = frame.plane(plane), let output = result.plane(plane) else { continue }
            let size = format.elementSizes[plane]
            // Upright x runs along stored y if rows became columns, else along stored x; so for y.
            let (alongX, countX) = orientation.transposes ? (input.stride, stored.height) : (size, stored.width)
            let (alongY, countY) = orientation.transposes ? (size, stored.width) : (input.stride, stored.height)
            let origin =
                (orientation.flipsX ? (countX - 1) * alongX : 0) + (orientation.flipsY ? (countY - 1) * alongY : 0)
            let done = saliency_turn_plane(
                output.base, output.stride, Int32(upright.width), Int32(upright.height), input.base + origin,
                orientation.flipsX ? -alongX : alongX, orientation.flipsY ? -alongY : alongY, Int32(size))
            guard done == 1 else { throw MediaError(.damaged, "pictures of \(format.name) cannot be turned") }
        }
        result.copyFlags(from: frame)
        result.pointer.pointee.chroma_location = orientation.turned(self.stored.chromaLocation)
        return result
    }
}

extension Orientation {
    /// Where chroma lies once the picture is upright; `CENTER` where FFmpeg has no name for it (right of its luma).
    fileprivate func turned(_ location: AVChromaLocation) -> AVChromaLocation {
        switch location {
        case AVCHROMA_LOC_CENTER: return AVCHROMA_LOC_CENTER
        case AVCHROMA_LOC_UNSPECIFIED, AVCHROMA_LOC_LEFT:
            if transposes { return flipsY ? AVCHROMA_LOC_BOTTOM : AVCHROMA_LOC_TOP }
            return flipsX ? AVCHROMA_LOC_CENTER : AVCHROMA_LOC_LEFT
        case AVCHROMA_LOC_TOP:
            if transposes { return flipsX ? AVCHROMA_LOC_CENTER : AVCHROMA_LOC_LEFT }
            return flipsY ? AVCHROMA_LOC_BOTTOM : AVCHROMA_LOC_TOP
        default: return AVCHROMA_LOC_CENTER
        }
    }
}
