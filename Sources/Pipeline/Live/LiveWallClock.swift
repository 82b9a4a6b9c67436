import Synchronization

/// When an epoch's pictures were taken by the wall clock, as far as is known by now.
///
/// A connection's first pictures come out of its opening all at once, later than they were taken, and those that follow show
/// by how much: the later the question, the better the answer.
final class LiveWallClock: Sendable {
    /// Pictures without a gap between them.
    private struct Run {
        /// Of the first picture, in seconds since the epoch's first.
        let start: Double
        /// Where the wall clock stood at time 0, in seconds since 1970.
        var origin: Double
    }

    /// As many as may have pictures that wait.
    private static let runsKept = 16

    private let runs = Mutex<[Run]>([])

    /// Notes that a picture at `time` seconds was taken at `wallClock` seconds since 1970; times must not decrease.
    ///
    /// - Parameter beginsRun: whether it follows a gap: what it tells says nothing of the pictures before.
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
