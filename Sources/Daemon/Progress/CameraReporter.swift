import Cameras
import Files
import FoundationEssentials
import Glibc
import Pipeline
import Telemetry

/// Prints a camera's health once a second, for a camera that was started from a terminal.
struct CameraReporter: Sendable {
    let entry: CameraHandle
    let options: ProgressOptions
    let warnings: RepeatedWarnings

    private struct JSONFields: Encodable {
        var verdict: CameraHealth.Verdict
        var statistics: LiveStatistics

        private enum CodingKeys: String, CodingKey {
            case state, reason
        }

        func encode(to encoder: any Encoder) throws {
            try statistics.encode(to: encoder)
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(verdict.state.rawValue, forKey: .state)
            try fields.encode(verdict.reason, forKey: .reason)
        }
    }

    /// Runs until the task is cancelled.
    func run() async {
        let isTerminal = isatty(2) == 1
        while (try? await Task.sleep(for: .seconds(1))) != nil {
            warnings.flush(now: .now)
            guard !options.quiet else { continue }
            let numbers = entry.report.snapshot
            switch options.progress {
            case .json:
                StandardError.write(JSONLine.text(JSONFields(verdict: entry.health(), statistics: numbers)) + "\n")
            case .auto where isTerminal: StandardError.write("\r\u{1B}[K" + Self.text(entry.health(), numbers))
            case .auto: break
            }
        }
    }

    func note(_ text: String) {
        guard !options.quiet, options.progress != .json else { return }
        StandardError.write((isatty(2) == 1 ? "\r\u{1B}[K" : "") + text + "\n")
    }

    /// Prints a summary at the end.
    func summarise() {
        let numbers = entry.report.snapshot
        note(
            "\(numbers.framesDrawn.counted("frame")) drawn, \(numbers.framesDropped) left out, "
                + "\(numbers.windows.counted("window")), \(numbers.connection.counted("connection")), "
                + numbers.segments.counted("file"))
    }

    /// "up, lag 0.8 s, stride 32, 412 windows: moving right 97 %"
    static func text(_ verdict: CameraHealth.Verdict, _ numbers: LiveStatistics) -> String {
        var parts = ["\(verdict.state.rawValue) (\(verdict.reason))"]
        if let lag = numbers.lag { parts.append("lag \((lag * 10).rounded() / 10) s") }
        if let stride = numbers.stride { parts.append("stride \(stride)") }
        if numbers.framesDropped > 0 { parts.append("\(numbers.framesDropped.counted("frame")) left out") }
        parts.append(numbers.windows.counted("window"))
        guard let label = numbers.label, let probability = numbers.probability else {
            return parts.joined(separator: ", ")
        }
        return parts.joined(separator: ", ") + ": \(label) \(Int((probability * 100).rounded())) %"
    }
}
