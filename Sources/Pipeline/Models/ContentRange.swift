/// The header `Content-Range` of an answer: `bytes 100-199/1000` or, with nothing to send, `bytes */1000`
/// (RFC 9110, section 14.4).
struct ContentRange: Equatable {
    /// The first byte that follows; nil where none does.
    var start: Int?
    /// Of the whole file; nil where the server does not say.
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
