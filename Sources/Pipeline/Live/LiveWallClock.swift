import Encode
import Synchronization

/// The capture times of a connection's frames on the wall clock, as currently estimated.
///
/// A connection's first frames arrive together and late, because opening takes time; the following frames reveal by how
/// much, so that estimates improve over time.
final class LiveWallClock: Sendable {
    /// A run of frames without a gap.
    private struct Run {
        /// The time of its first frame, in seconds since the connection's first frame.
        let start: Double
        /// The wall-clock time at time 0, in seconds since 1970.
        var origin: Double
    }

    /// The maximum number of runs that may have waiting frames.
    private static let runsKept = 16

    private let runs = Mutex<[Run]>([])

    /// Records that the frame at `time` seconds was captured at `wallClock` seconds since 1970; times must not
    /// decrease.
    ///
    /// - Parameter beginsRun: whether it follows a gap, so that it is not valid for earlier frames.
    func record(_ wallClock: Double, of time: Double, beginsRun: Bool) {
        runs.withLock { runs in
            if beginsRun || runs.isEmpty {
                if runs.count == Self.runsKept { runs.removeFirst() }
                runs.append(Run(start: time, origin: wallClock - time))
            } else {
                runs[runs.count - 1].origin = wallClock - time
            }
        }
    }

    /// Seconds since 1970.
    func time(of time: Double) -> Double {
        runs.withLock { runs in
            let run = runs.last { $0.start <= time } ?? runs.first
            return (run?.origin ?? 0) + time
        }
    }
}

/// Makes consecutive dates non-decreasing: estimates of a stream's delay improve in steps, so that a later date may be
/// slightly earlier than one that was already reported.
///
/// A clock that is set back by more is followed.
struct MonotonicTimestamps {
    /// In seconds: more than opening a connection delays its first frames.
    private static let largestCorrection = 5.0

    private var last = -Double.infinity

    /// - Parameter wallClock: seconds since 1970.
    mutating func date(_ wallClock: Double) -> Double {
        let isCorrection = wallClock < last && last - wallClock < Self.largestCorrection
        if !isCorrection { last = wallClock }
        return last
    }
}

/// Chooses the clock for capture times: the camera's if it is close to this machine's, otherwise this machine's.
struct CaptureClock {
    /// The maximum difference of a camera's clock in seconds: more than network delays, but less than a noticeable
    /// error.
    static let tolerance = 10.0
    /// The difference in seconds below which a distrusted clock is trusted again.
    private static let agreement = 5.0

    private var isDistrusted = false
    private var hasWarned = false

    /// - Parameters:
    ///   - own: this machine's clock at the frame's arrival minus delays; in seconds since 1970.
    ///   - camera: the camera's clock; nil if it does not state it.
    /// - Returns: the date in seconds since 1970, and a warning about the camera's clock, once.
    mutating func date(own: Double, camera: Double?) -> (date: Double, warning: String?) {
        guard let camera else { return (own, nil) }
        let ahead = camera - own
        // NaN is not close either.
        isDistrusted = !(abs(ahead) <= (isDistrusted ? Self.agreement : Self.tolerance))
        guard isDistrusted else { return (camera, nil) }
        guard !hasWarned else { return (own, nil) }
        hasWarned = true
        return (
            own,
            "the camera's clock says \(UTCTime(camera).iso8601) and this machine's \(UTCTime(own).iso8601): "
                + "frames are dated by this machine's; set the camera's clock, by NTP if it can"
        )
    }
}
