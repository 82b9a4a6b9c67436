import Synchronization
import Telemetry

/// Collects lines for tests.
final class CollectingWriter: LogWriter {
    private let collected = Mutex<[String]>([])
    private let lost: Int

    /// - Parameter lost: the number of lines that it reports as dropped before each line.
    init(lost: Int = 0) {
        self.lost = lost
    }

    var lines: [String] { collected.withLock { $0 } }

    func write(_ line: String, lossNotice: (_ count: Int) -> String) {
        if lost > 0 { collected.withLock { $0.append(lossNotice(lost)) } }
        collected.withLock { $0.append(line) }
    }
}
