import CFFmpeg
import Media

/// One of the eight orientations of a stored frame, as the operations that make it upright.
struct Orientation: Sendable, Hashable {
    /// Rows become columns; applied before the flips.
    var transposes: Bool
    /// Whether the upright frame's x (y) axis runs against the stored axis it is taken from.
    var flipsX: Bool
    var flipsY: Bool

    static let upright = Orientation(transposes: false, flipsX: false, flipsY: false)

    var isUpright: Bool { self == .upright }

    /// From a display matrix (`AV_PKT_DATA_DISPLAYMATRIX`): a stored point (x, y) is shown at (a x + c y, b x + d y),
    /// the translation aside. A rotation that is not a multiple of a right angle is ignored.
    init(displayMatrix m: [Int32]) {
        self = .upright
        guard m.count >= 5 else { return }
        let (a, b, c, d) = (Int64(m[0]), Int64(m[1]), Int64(m[3]), Int64(m[4]))
        // Entries are 16.16 fixed point; a tolerance of 0.01 allows for rounded sines.
        let isSmall = { (value: Int64) in abs(value) < 656 }
        if isSmall(b), isSmall(c), !isSmall(a), !isSmall(d) {
            self = Orientation(transposes: false, flipsX: a < 0, flipsY: d < 0)
        } else if isSmall(a), isSmall(d), !isSmall(b), !isSmall(c) {
            self = Orientation(transposes: true, flipsX: c < 0, flipsY: b < 0)
        }
    }

    init(transposes: Bool, flipsX: Bool, flipsY: Bool) {
        self.transposes = transposes
        self.flipsX = flipsX
        self.flipsY = flipsY
    }

    /// The clockwise rotation, in degrees, from the stored to the upright frame; for a mirrored frame, the rotation
    /// before mirroring.
    var clockwiseDegrees: Int {
        switch (transposes, flipsX, flipsY) {
        case (false, true, true): 180
        case (true, true, false): 90
        case (true, false, true): 270
        case (true, _, _): 90
        default: 0
        }
    }
}

extension Orientation {
    /// The orientation in a stream's side data.
    init(of stream: UnsafePointer<AVStream>) {
        var size = 0
        guard let data = saliency_stream_find_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size), size >= 36 else {
            self = .upright
            return
        }
        let bytes = UnsafeRawBufferPointer(start: data, count: 36)
        self.init(displayMatrix: (0..<9).map { bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Int32.self) })
    }

    /// The orientation that a frame itself states (Exif in a JPEG, SEI in H.264 and HEVC); nil if it states none.
    init?(of frame: borrowing FrameBuffer) {
        guard let side = av_frame_get_side_data(frame.pointer, AV_FRAME_DATA_DISPLAYMATRIX), side.pointee.size >= 36,
            let data = side.pointee.data
        else { return nil }
        let bytes = UnsafeRawBufferPointer(start: data, count: 36)
        self.init(displayMatrix: (0..<9).map { bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Int32.self) })
    }
}
