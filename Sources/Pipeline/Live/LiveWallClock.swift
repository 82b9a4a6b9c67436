import Encode
import Synchronization

/// When a connection's frames were taken by the wall clock, as far as is known by now.
///
/// A connection's first frames arrive out of its opening all at once, later than they were taken, and those that follow show
/// by how much: the later the question, the better the answer.
final class LiveWallClock: Sendable {
    /// Frames without a gap between them.
    private struct Run {
        /// Of the first frame, in seconds since the connection's first.
        let start: Double
        /// Where the wall clock stood at time 0, in seconds since 1970.
        var origin: Double
    }

    /// As many as may have frames that wait.
    private static let runsKept = 16

    private let runs = Mutex<[Run]>([])

    /// Notes that a frame at `time` seconds was taken at `wallClock` seconds since 1970; times must not decrease.
    ///
    /// - Parameter beginsRun: whether it follows a gap: what it tells says nothing of the frames before.
    func note(_ wallClock: Double, of time: Double, beginsRun: Bool) {
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

/// Dates of one kind of thing, in its order, that go forwards: what is known of a stream's delay comes in steps, and a date that
/// is taken later may come out a little earlier than one that was told already.
///
/// A clock that was put back is followed.
struct MonotonicTimestamps {
    /// Seconds: more than a connection's opening delays its first frames.
    private static let largestCorrection = 5.0

    private var last = -Double.infinity

    /// - Parameter wallClock: seconds since 1970.
    mutating func date(_ wallClock: Double) -> Double {
        let isCorrection = wallClock < last && last - wallClock < Self.largestCorrection
        if !isCorrection { last = wallClock }
        return last
    }
}

/// Whose word counts for when a frame was taken: the camera's own where it is near this machine's clock, else this machine's.
struct BelievedClock {
    /// Seconds that a camera's clock may differ by: more than a network delays, less than anybody would miss.
    static let tolerance = 10.0
    /// Seconds within which a clock that was not believed is believed again.
    private static let agreement = 5.0

    private var isDoubted = false
    private var isTold = false

    /// - Parameters:
    ///   - own: by this machine's clock at the frame's arrival, delays taken off; in seconds since 1970.
    ///   - camera: by the camera's clock; nil if it does not say.
    /// - Returns: in seconds since 1970, and once what is to be said about the camera's clock.
    mutating func date(own: Double, camera: Double?) -> (date: Double, warning: String?) {
        guard let camera else { return (own, nil) }
        let ahead = camera - own
        // What is not a number is not near either.
        isDoubted = !(abs(ahead) <= (isDoubted ? Self.agreement : Self.tolerance))
        guard isDoubted else { return (camera, nil) }
        guard !isTold else { return (own, nil) }
        isTold = true
        return (
            own,
            "the camera's clock says \(UTCTime(camera).iso8601) and this machine's \(UTCTime(own).iso8601): "
                + "frames are dated by this machine's; set the camera's clock, by NTP if it can"
        )
    }
}
