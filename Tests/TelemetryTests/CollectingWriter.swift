import Synchronization
import Telemetry

/// Keeps the lines for a test to look at.
final class CollectingWriter: LogWriter {
    private let collected = Mutex<[String]>([])

    var lines: [String] { collected.withLock { $0 } }

    func write(_ line: String, lossNotice: (_ count: Int) -> String) {
        collected.withLock { $0.append(line) }
    }
}
