/// The header `Content-Range` of a response: `bytes 100-199/1000` or, for an unsatisfiable range, `bytes */1000` (RFC
/// 9110, section 14.4).
struct ContentRange: Equatable {
    /// The position of the first byte; nil for an unsatisfiable range.
    var start: Int?
    /// The size of the whole file; nil if the server does not state it.
    var size: Int?

    init?(_ text: String) {
        guard let match = text.wholeMatch(of: /bytes +(?:(\d+)-(\d+)|\*)\/(\d+|\*)/) else { return nil }
        if let first = match.1 {
            guard let start = Int(first), let last = match.2.flatMap({ Int($0) }), start <= last else { return nil }
            self.start = start
        }
        size = Int(match.3)
        if match.3 != "*", size == nil { return nil }
    }
}
