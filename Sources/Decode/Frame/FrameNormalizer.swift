import CFFmpeg
import CKernels
import Media

/// Makes all frames of a source upright, opaque and equal in size to the first one.
///
/// Each frame keeps its decoded pixel format and states its own colour, so that a later frame loses nothing by being
/// converted to an earlier one's format. Frames that need no change are returned without a copy.
struct FrameNormalizer: ~Copyable {
    /// The first frame's orientation.
    let orientation: Orientation
    /// The size of every upright frame, in pixels.
    let width: Int
    let height: Int
    private(set) var changes = FrameChanges()

    /// The stream's orientation; a frame's own takes precedence.
    private let streamOrientation: Orientation
    private var compositor: FrameCompositor
    /// Created for the first frame that differs, and again when the layouts change.
    private var scaler: ScalerContext?
    private var scaled: (from: FrameLayout, to: FrameLayout)?

    /// The number of frames with transparent parts.
    var transparentCount: Int { compositor.count }

    /// - Parameters:
    ///   - first: the source's first decoded frame.
    ///   - color: how its samples represent colour.
    ///   - orientation: the stream's orientation, for frames that state none.
    ///   - background: the colour behind transparent pixels.
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

    /// Sets the place of the frame normalized last, if it is the first that differs from the previous one.
    ///
    /// - Parameter place: "at 1.2 s", or a file's name.
    mutating func place(_ place: @autoclosure () -> String) {
        changes.place(place())
    }

    /// Whether rotating plane by plane keeps chroma samples aligned with luma.
    private static func canTurn(_ format: PixelFormat, by orientation: Orientation, width: Int, height: Int) -> Bool {
        if orientation.isUpright { return true }
        guard format.isAddressable, !format.hasPalette else { return false }
        if orientation.transposes && format.chromaShiftX != format.chromaShiftY { return false }
        // The last chroma sample of a row of odd length covers one luma sample only; mirrored, it would come first.
        let flipsStoredX = orientation.transposes ? orientation.flipsY : orientation.flipsX
        let flipsStoredY = orientation.transposes ? orientation.flipsX : orientation.flipsY
        let isOdd = { (size: Int, shift: Int) in size & ((1 << shift) - 1) != 0 }
        return !(flipsStoredX && isOdd(width, format.chromaShiftX))
            && !(flipsStoredY && isOdd(height, format.chromaShiftY))
    }

    /// `frame` itself or a converted copy: upright, opaque and of the first frame's size. Time stamps are not copied.
    mutating func normalized(
        _ frame: consuming FrameBuffer, color: ColorDescription
    ) throws(MediaError) -> FrameBuffer {
        let turn = Orientation(of: frame) ?? streamOrientation
        let decoded = FrameLayout(frame, color: color)
        changes.record(
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
            // Upright x runs along stored y if rows become columns, otherwise along stored x; y correspondingly.
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
    /// The chroma location in the upright frame; `CENTER` if FFmpeg has no name for it (right of its luma).
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
