import Synchronization
import Telemetry

/// Keeps the lines for a test to look at.
final class CollectingWriter: LogWriter {
    private let collected = Mutex<[String]>([])
    private let lost: Int

    /// - Parameter lost: how many lines it claims to have dropped before each.
    init(lost: Int = 0) {
        self.lost = lost
    }

    var lines: [String] { collected.withLock { $0 } }

    func write(_ line: String, lossNotice: (_ count: Int) -> String) {
        if lost > 0 { collected.withLock { $0.append(lossNotice(lost)) } }
        collected.withLock { $0.append(line) }
    }
}
