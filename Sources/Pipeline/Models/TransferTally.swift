import Synchronization

/// Counts the downloaded bytes of a model's files and reports the progress.
final class TransferTally: Sendable {
    private struct State {
        var file = ""
        /// For each file: the downloaded bytes, those present at the start, and the total.
        var bytes: [Int]
        var before: [Int]
        var sizes: [Int?]
    }

    private let state: Mutex<State>
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private let report: @Sendable (TransferProgress) -> Void

    init(sizes: [Int?], report: @escaping @Sendable (TransferProgress) -> Void) {
        let none = [Int](repeating: 0, count: sizes.count)
        state = Mutex(State(bytes: none, before: none, sizes: sizes))
        self.report = report
        start = clock.now
    }

    /// - Parameter size: the file's bytes from an earlier run.
    func begin(_ index: Int, _ file: String, size: Int) {
        state.withLock {
            $0.file = file
            $0.bytes[index] = size
            $0.before[index] = size
        }
        report(progress)
    }

    /// - Parameters:
    ///   - size: the file's downloaded bytes.
    ///   - expected: the file's total bytes, if the server states them.
    func advance(_ index: Int, to size: Int?, of expected: Int?) {
        state.withLock {
            guard let size else { return }
            // The download may have been restarted.
            $0.before[index] = min($0.before[index], size)
            $0.bytes[index] = size
            if let expected { $0.sizes[index] = expected }
        }
        report(progress)
    }

    var progress: TransferProgress {
        let elapsed = (clock.now - start) / .seconds(1)
        return state.withLock {
            let total = $0.sizes.reduce(Int?.some(0)) { sum, size in
                sum.flatMap { sum in size.map { sum + $0 } }
            }
            return TransferProgress(
                file: $0.file, bytes: $0.bytes.reduce(0, +), totalBytes: total,
                fetchedBytes: $0.bytes.reduce(0, +) - $0.before.reduce(0, +), elapsedSeconds: elapsed)
        }
    }
}
