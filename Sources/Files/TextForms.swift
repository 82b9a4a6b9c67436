import Glibc

// What Foundation has for text and its smaller part, FoundationEssentials, lacks: docs/decisions/0005-foundation-essentials.md.

extension String {
    /// Numbers in C's notation, as in "%.2f s": one argument for each of the format's places, and of its type.
    ///
    /// - Parameter format: never anything that comes from outside. `%s` and `%n` have no Swift type.
    package init(printf format: String, _ arguments: any CVarArg...) {
        // Of all numbers, the longest is the largest `Double` in full: 309 digits.
        self = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            let length = withVaList(arguments) { Int(vsnprintf(start, buffer.count, format, $0)) }
            let written = UnsafeRawBufferPointer(start: start, count: Swift.min(Swift.max(length, 0), buffer.count - 1))
            return String(decoding: written, as: UTF8.self)
        }
    }

    /// With spaces behind it, or cut off, so that it is as long as that.
    package func padded(to length: Int) -> String {
        prefix(length) + String(repeating: " ", count: max(length - count, 0))
    }

    /// As a part of a URL's path: all but letters, digits and what a path may hold is a percent sign and a number. A slash is
    /// too, so that it does not part the part.
    package var asPathPart: String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,=:@".utf8)
        return utf8.map { byte in
            plain.contains(byte) ? String(UnicodeScalar(byte)) : String(printf: "%%%02X", Int(byte))
        }.joined()
    }

    /// With the bytes that percent signs and numbers stand for; nil if they are no UTF-8, or a percent sign stands for none.
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
    /// Without spaces, tabs and ends of lines at both ends.
    package func trimmed() -> String {
        let isSpace: (Unicode.Scalar) -> Bool = { $0.properties.isWhitespace }
        guard let first = unicodeScalars.firstIndex(where: { !isSpace($0) }),
            let last = unicodeScalars.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(self[first..<unicodeScalars.index(after: last)])
    }
}
