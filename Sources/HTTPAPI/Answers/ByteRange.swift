/// The part of a file that a `Range` header asks for (RFC 9110, 14.1).
enum ByteRange: Sendable, Equatable {
    /// No range, several ranges or an invalid one: the whole file is sent.
    case whole
    case part(Range<Int>)
    /// The range contains nothing of the file.
    case unsatisfiable

    init(header: String?, size: Int) {
        self = .whole
        guard let header, header.lowercased().hasPrefix("bytes=") else { return }
        let text = header.dropFirst("bytes=".count).trimmingPrefix { $0 == " " }
        let bounds = text.split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 2 else { return }
        let (first, last) = (bounds[0], Self.withoutSpacesAtEnd(bounds[1]))
        if first.isEmpty {
            guard let count = Self.number(last) else { return }
            self = count == 0 || size == 0 ? .unsatisfiable : .part(max(0, size - count)..<size)
            return
        }
        guard let start = Self.number(first) else { return }
        var end = Int.max
        if !last.isEmpty {
            guard let number = Self.number(last), number >= start else { return }
            end = number
        }
        self = start >= size ? .unsatisfiable : .part(start..<(min(end, size - 1) + 1))
    }

    /// A number of digits only; clamped to the largest `Int`.
    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return Int(text) ?? .max
    }

    private static func withoutSpacesAtEnd(_ text: Substring) -> Substring {
        var text = text
        while text.last == " " { text.removeLast() }
        return text
    }
}
