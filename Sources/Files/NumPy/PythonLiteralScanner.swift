/// Parses the Python literals of a NumPy header: strings, True and False, tuples of non-negative integers.
struct PythonLiteralScanner {
    private let text: [UInt8]
    private var position = 0

    init(_ text: [UInt8]) {
        self.text = text
    }

    mutating func expect(_ character: Unicode.Scalar) throws(NumPyFormatError) {
        guard try skip(character) else { throw malformed }
    }

    /// Skips `character` if it comes next, and returns whether it did.
    mutating func skip(_ character: Unicode.Scalar) throws(NumPyFormatError) -> Bool {
        skipSpace()
        guard position < text.count else { throw malformed }
        guard UInt32(text[position]) == character.value else { return false }
        position += 1
        return true
    }

    /// A string in single or double quotes, without escapes.
    mutating func string() throws(NumPyFormatError) -> String {
        let quote: UInt8 = try skip("'") ? 0x27 : 0x22
        if quote == 0x22 { try expect("\"") }
        let start = position
        while position < text.count && text[position] != quote { position += 1 }
        guard position < text.count else { throw malformed }
        defer { position += 1 }
        return String(decoding: text[start..<position], as: UTF8.self)
    }

    mutating func boolean() throws(NumPyFormatError) -> Bool {
        skipSpace()
        for (word, value) in [("True", true), ("False", false)] where text[position...].starts(with: word.utf8) {
            position += word.utf8.count
            return value
        }
        throw malformed
    }

    /// `()`, `(3,)`, `(3, 4)`; Python 2 may write `3L`.
    mutating func tuple() throws(NumPyFormatError) -> [Int] {
        var axes: [Int] = []
        try expect("(")
        while try !skip(")") {
            axes.append(try integer())
            // NumPy's own limit is 64 axes.
            guard axes.count <= 64 else { throw malformed }
            if try !skip(",") {
                try expect(")")
                break
            }
        }
        return axes
    }

    private mutating func integer() throws(NumPyFormatError) -> Int {
        skipSpace()
        let start = position
        while position < text.count && (0x30...0x39).contains(text[position]) { position += 1 }
        guard let value = Int(String(decoding: text[start..<position], as: UTF8.self)) else { throw malformed }
        if position < text.count && text[position] == 0x4C { position += 1 }
        return value
    }

    private mutating func skipSpace() {
        while position < text.count && [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
    }

    private var malformed: NumPyFormatError {
        NumPyFormatError("has a malformed header, at its character \(position)")
    }
}
