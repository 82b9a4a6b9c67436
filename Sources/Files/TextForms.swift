import Glibc

// Text functions of Foundation that FoundationEssentials lacks: docs/decisions/0005-foundation-essentials.md.

extension String {
    /// Formats numbers like `printf`, as in "%.2f s".
    ///
    /// - Parameters:
    ///   - format: a constant, never input; without `%s` and `%n`, which have no Swift type.
    ///   - arguments: one per conversion, of its type.
    package init(printf format: String, _ arguments: any CVarArg...) {
        // The longest number is the largest `Double` without an exponent: 309 digits.
        self = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            let length = withVaList(arguments) { Int(vsnprintf(start, buffer.count, format, $0)) }
            let written = UnsafeRawBufferPointer(start: start, count: Swift.min(Swift.max(length, 0), buffer.count - 1))
            return String(decoding: written, as: UTF8.self)
        }
    }

    /// Padded with trailing spaces, or truncated, to a length in characters.
    package func padded(to length: Int) -> String {
        prefix(length) + String(repeating: " ", count: max(length - count, 0))
    }

    /// Percent-encoded as one component of a URL's path; a slash is encoded too.
    package var asPathPart: String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,=:@".utf8)
        return utf8.map { byte in
            plain.contains(byte) ? String(UnicodeScalar(byte)) : String(printf: "%%%02X", Int(byte))
        }.joined()
    }

    /// Percent-decoded; nil if an escape is malformed or the result is not UTF-8.
    package var withoutPercentSigns: String? {
        var bytes: [UInt8] = []
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, digits.allSatisfy({ UnicodeScalar($0).properties.isASCIIHexDigit }),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension StringProtocol {
    /// Without leading and trailing white space.
    package func trimmed() -> String {
        let isSpace: (Unicode.Scalar) -> Bool = { $0.properties.isWhitespace }
        guard let first = unicodeScalars.firstIndex(where: { !isSpace($0) }),
            let last = unicodeScalars.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(self[first..<unicodeScalars.index(after: last)])
    }
}
