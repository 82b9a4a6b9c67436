import CFFmpeg
import Glibc
import Media

/// In what a file and a live stream are read differently.
struct StreamPolicy {
    enum Deadline {
        /// Every read gets this many seconds; nil waits for ever.
        case eachRead(Double?)
        /// Whoever reads sets the interrupt's deadline, over as many packets as need be.
        case reader
    }

    var deadline: Deadline
    /// Whether damage without end is the end of the source, with what was good before it; else it is an error.
    var endsWithDamage: Bool
    /// Whether an input without video is read on until it has some, up to the interrupt's deadline.
    var awaitsVideo: Bool

    static func file(_ options: InputOptions) -> StreamPolicy {
        StreamPolicy(deadline: .eachRead(options.readTimeout), endsWithDamage: true, awaitsVideo: false)
    }

    func beginRead(_ interrupt: Interrupt) {
        if case .eachRead(let seconds) = deadline { interrupt.setDeadline(in: seconds) }
    }

    static let live = StreamPolicy(deadline: .reader, endsWithDamage: false, awaitsVideo: true)

    /// Decides on a read that failed where the next one may succeed: a file's next block may be good, a broken connection
    /// stays broken.
    ///
    /// - Returns: whether something was lost.
    func isDamage(_ code: Int32, name: String, timeout: MediaError) throws(MediaError) -> Bool {
        guard case .reader = deadline else { return true }
        switch code {
        case saliency_averror_invalid_data: return true
        case saliency_averror_again:
            // A device that has no frame yet: waiting is ours, so that the interrupt is looked at.
            usleep(5000)
            return false
        case saliency_averror(ETIMEDOUT): throw timeout
        default: throw MediaError(.cannotOpen, "the connection broke", underlyingCode: code, file: name)
        }
    }
}

/// Which frames a decoder that cannot keep up leaves out.
enum SkippedFrames {
    case none
    /// Those that no other needs: nothing else suffers.
    case unreferenced
    /// All between key frames.
    case betweenKeys

    var discard: AVDiscard {
        switch self {
        case .none: AVDISCARD_DEFAULT
        case .unreferenced: AVDISCARD_NONREF
        case .betweenKeys: AVDISCARD_NONKEY
        }
    }
}

/// What a reader that cannot keep up leaves out: at first what nobody misses, then all but key frames.
struct FrameSkipPolicy {
    var isBehind = false {
        didSet { if !isBehind { since = nil } }
    }
    /// The stream's time when haste began, in seconds.
    private var since: Double?

    /// Seconds of stream after which leaving out what no frame needs has not helped.
    static let grace = 2.0

    /// - Parameter time: of the newest frame in seconds; nil if it is not known yet.
    mutating func skips(at time: Double?) -> SkippedFrames {
        guard isBehind else { return .none }
        guard let time else { return .unreferenced }
        let start = since ?? time
        since = start
        return time - start > Self.grace ? .betweenKeys : .unreferenced
    }
}
