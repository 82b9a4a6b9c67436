import CFFmpeg
import Glibc
import Media

/// The differences between reading files and live streams.
struct StreamPolicy {
    enum Deadline {
        /// Every read has a time limit of this many seconds; nil for none.
        case eachRead(Double?)
        /// The caller sets the interrupt's deadline, which may apply to several reads.
        case reader
    }

    var deadline: Deadline
    /// Whether continuous damage ends the source normally after its intact part; otherwise it is an error.
    var endsWithDamage: Bool
    /// Whether an input without video is read until a video stream appears, up to the interrupt's deadline.
    var awaitsVideo: Bool

    static func file(_ options: InputOptions) -> StreamPolicy {
        StreamPolicy(deadline: .eachRead(options.readTimeout), endsWithDamage: true, awaitsVideo: false)
    }

    func beginRead(_ interrupt: Interrupt) {
        if case .eachRead(let seconds) = deadline { interrupt.setDeadline(in: seconds) }
    }

    static let live = StreamPolicy(deadline: .reader, endsWithDamage: false, awaitsVideo: true)

    /// Decides whether reading continues after a failed read: the next block of a file may be intact, but a broken
    /// connection stays broken.
    ///
    /// - Returns: whether data was lost.
    func isDamage(_ code: Int32, name: String, timeout: MediaError) throws(MediaError) -> Bool {
        guard case .reader = deadline else { return true }
        switch code {
        case saliency_averror_invalid_data: return true
        case saliency_averror_again:
            // A device has no frame yet; wait here, so that the interrupt is checked regularly.
            usleep(5000)
            return false
        case saliency_averror(ETIMEDOUT): throw timeout
        default: throw MediaError(.cannotOpen, "the connection broke", underlyingCode: code, file: name)
        }
    }
}

/// The frames that a decoder skips to catch up.
enum SkippedFrames {
    case none
    /// Non-reference frames; no other frame is affected.
    case unreferenced
    /// All frames between key frames.
    case betweenKeys

    var discard: AVDiscard {
        switch self {
        case .none: AVDISCARD_DEFAULT
        case .unreferenced: AVDISCARD_NONREF
        case .betweenKeys: AVDISCARD_NONKEY
        }
    }
}

/// Chooses the frames to skip when the reader cannot keep up: at first non-reference frames, then all but key frames.
struct FrameSkipPolicy {
    var isBehind = false {
        didSet { if !isBehind { since = nil } }
    }
    /// The stream's time in seconds when the reader fell behind.
    private var since: Double?

    /// The seconds of stream time after which skipping non-reference frames is considered insufficient.
    static let grace = 2.0

    /// - Parameter time: the newest frame's time in seconds; nil if it is not known yet.
    mutating func skips(at time: Double?) -> SkippedFrames {
        guard isBehind else { return .none }
        guard let time else { return .unreferenced }
        let start = since ?? time
        since = start
        return time - start > Self.grace ? .betweenKeys : .unreferenced
    }
}
