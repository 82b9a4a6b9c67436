import CFFmpeg
import CKernels
import Media

/// Makes every frame of a source upright, opaque and of its first one's size.
///
/// Each keeps the pixel format it was decoded in, and says of itself how its samples are to be read, so that nothing of a
/// later frame is lost in an earlier one's format. Frames that are right already pass through without a copy.
struct FrameNormalizer: ~Copyable {
    /// Of the first frame.
    let orientation: Orientation
    /// Of every upright frame, in pixels.
    let width: Int
    let height: Int
    private(set) var changes = FrameChanges()

    /// Of the stream; a frame's own comes first.
    private let streamOrientation: Orientation
    private var compositor: FrameCompositor
    /// Made for the first frame that differs, and again when the difference changes.
    private var scaler: ScalerContext?
    private var scaled: (from: FrameLayout, to: FrameLayout)?

    /// Frames of which part was transparent.
    var transparentCount: Int { compositor.count }

    /// - Parameters:
    ///   - first: the source's first frame as it was decoded.
    ///   - color: how its samples are to be read.
    ///   - orientation: of the stream, where frames say nothing themselves.
    ///   - background: shows where frames are transparent.
    init(
        first: borrowing FrameBuffer, color: ColorDescription, orientation: Orientation,
        background: BackgroundColor = .black
    ) throws(MediaError) {
        let layout = FrameLayout(first, color: color)
        guard PixelFormat(layout.format) != nil, layout.width > 0, layout.height > 0 else {
            throw MediaError(.damaged, "has an unknown pixel format")
        }
        streamOrientation = orientation
        self.orientation = Orientation(of: first) ?? orientation
        width = self.orientation.transposes ? layout.height : layout.width
        height = self.orientation.transposes ? layout.width : layout.height
        compositor = FrameCompositor(background: background)
    }

    /// Says where the frame is that `normalized` took last, should it be the first that differs from the one before it.
    ///
    /// - Parameter place: "at 1.2 s", or a file's name.
    mutating func place(_ place: @autoclosure () -> String) {
        changes.place(place())
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

    /// `frame` itself, or its like, upright, opaque and of the first one's size. Time stamps are not carried over.
    mutating func normalized(
        _ frame: consuming FrameBuffer, color: ColorDescription
    ) throws(MediaError) -> FrameBuffer {
        let turn = Orientation(of: frame) ?? streamOrientation
        let decoded = FrameLayout(frame, color: color)
        changes.note(
            width: turn.transposes ? decoded.height : decoded.width,
            height: turn.transposes ? decoded.width : decoded.height, format: decoded.format)
        var color = color
        color.stamp(frame)
        let opaque = try compositor.composited(frame, color: &color)
        let layout = FrameLayout(opaque, color: color)
        guard let format = PixelFormat(layout.format) else {
            throw MediaError(.damaged, "has an unknown pixel format")
        }
        var target = layout
        (target.width, target.height) = turn.transposes ? (height, width) : (width, height)
        if target != layout { target.format = format.scaled }
        if let format = PixelFormat(target.format),
            !Self.canTurn(format, by: turn, width: target.width, height: target.height)
        {
            target.format = format.unsubsampled
        }
        if target == layout { return turn.isUpright ? opaque : try turned(opaque, by: turn) }
        let resized = try scaled(opaque, layout, to: target)
        return turn.isUpright ? resized : try turned(resized, by: turn)
    }

    private mutating func scaled(
        _ frame: borrowing FrameBuffer, _ layout: FrameLayout, to target: FrameLayout
    ) throws(MediaError) -> FrameBuffer {
        if scaled?.from != layout || scaled?.to != target {
            scaler = try ScalerContext.make(from: layout, to: target)
            scaled = (layout, target)
        }
        let result = try FrameBuffer.allocate(width: target.width, height: target.height, format: target.format)
        switch scaler {
        case .some(let scaler): try scaler.convert(frame, into: result)
        case .none: break
        }
        result.copyFlags(from: frame)
        result.pointer.pointee.chroma_location = layout.chromaLocation
        return result
    }

    private func turned(
        _ frame: borrowing FrameBuffer, by orientation: Orientation
    ) throws(MediaError) -> FrameBuffer {
        let f = frame.pointer.pointee
        guard let format = PixelFormat(AVPixelFormat(rawValue: f.format)) else {
            throw MediaError(.damaged, "has an unknown pixel format")
        }
        let result = try FrameBuffer.allocate(width: width, height: height, format: format.format)
        for plane in 0..<format.planeCount {
            let stored = format.planeSize(plane, width: Int(f.width), height: Int(f.height))
            let upright = format.planeSize(plane, width: width, height: height)
            guard let input = frame.plane(plane), let output = result.plane(plane) else { continue }
            let size = format.elementSizes[plane]
            // Upright x runs along stored y if rows became columns, else along stored x; so for y.
            let (alongX, countX) = orientation.transposes ? (input.stride, stored.height) : (size, stored.width)
            let (alongY, countY) = orientation.transposes ? (size, stored.width) : (input.stride, stored.height)
            let origin =
                (orientation.flipsX ? (countX - 1) * alongX : 0) + (orientation.flipsY ? (countY - 1) * alongY : 0)
            let done = saliency_rotate_plane(
                output.base, output.stride, Int32(upright.width), Int32(upright.height), input.base + origin,
                orientation.flipsX ? -alongX : alongX, orientation.flipsY ? -alongY : alongY, Int32(size))
            guard done == 1 else { throw MediaError(.damaged, "frames of \(format.name) cannot be turned") }
        }
        result.copyFlags(from: frame)
        result.pointer.pointee.chroma_location = orientation.turned(f.chroma_location)
        return result
    }
}

extension Orientation {
    /// Where chroma lies once the frame is upright; `CENTER` where FFmpeg has no name for it (right of its luma).
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
