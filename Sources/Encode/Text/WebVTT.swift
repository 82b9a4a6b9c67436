import FoundationEssentials

/// Captions as a WebVTT file, which browsers show with a video.
public struct WebVTT: Sendable {
    public struct Cue: Sendable, Equatable {
        public var text: String
        /// Seconds since the first frame.
        public var start: Double
        public var end: Double

        public init(text: String, start: Double, end: Double) {
            self.text = text
            self.start = start
            self.end = end
        }
    }

    private let cues: [Cue]

    /// - Parameter cues: in order of time.
    public init(_ cues: [Cue]) {
        self.cues = cues
    }

    /// The file's content; cues shorter than a millisecond are omitted.
    public var document: String {
        var parts = ["WEBVTT"]
        for cue in cues {
            let (start, end) = (Self.milliseconds(cue.start), Self.milliseconds(cue.end))
            let text = Self.escaped(cue.text)
            guard end > start, !text.isEmpty else { continue }
            parts.append("\(Self.time(start)) --> \(Self.time(end))\n\(text)")
        }
        return parts.joined(separator: "\n\n") + "\n"
    }

    private static func milliseconds(_ seconds: Double) -> Int64 { max(ticks(seconds * 1000), 0) }

    /// "00:01:02.345"; hours take as many digits as they need.
    private static func time(_ milliseconds: Int64) -> String {
        let seconds = milliseconds / 1000
        return String(
            printf: "%02lld:%02lld:%02lld.%03lld", seconds / 3600, seconds / 60 % 60, seconds % 60, milliseconds % 1000)
    }

    /// Escapes text so that it contains no tag, reference or arrow, and nothing that ends its cue.
    static func escaped(_ text: String) -> String {
        // Scalar by scalar: a sign with an accent on it is still the sign.
        text.split(whereSeparator: \.isNewline).joined(separator: "\n").unicodeScalars.reduce(into: "") {
            clean, scalar in
            switch scalar {
            case "&": clean += "&amp;"
            case "<": clean += "&lt;"
            case ">": clean += "&gt;"
            default: clean.unicodeScalars.append(scalar)
            }
        }
    }
}
