import Synchronization

/// Counts what came of a model's files and reports it.
final class TransferTally: Sendable {
    private struct State {
        var file = ""
        /// By file: bytes that are there, those that were there at first, and all.
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

    /// - Parameter size: bytes of the file that an earlier run left.
    func begin(_ index: Int, _ file: String, size: Int) {
        state.withLock {
            $0.file = file
            $0.bytes[index] = size
            $0.before[index] = size
        }
        report(progress)
    }

    /// - Parameters:
    ///   - size: bytes of the file that are there now.
    ///   - expected: all bytes of the file, as far as the server says.
    func advance(_ index: Int, to size: Int?, of expected: Int?) {
        state.withLock {
            guard let size else { return }
            // The server may have started again.
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
