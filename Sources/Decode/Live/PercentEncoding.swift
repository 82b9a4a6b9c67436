/// Percent-encoding of addresses (`%XX`) and decoding.
enum PercentEncoding {
    /// Bytes that are never encoded (RFC 3986, "unreserved").
    static let plainBytes = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
    /// Bytes that paths and queries contain unencoded, including % so that encoded bytes stay unchanged.
    static let addressBytes = plainBytes.union("/?%!$&'()*+,;=:".utf8)

    static func encoded(_ text: some StringProtocol, keeping kept: Set<UInt8> = plainBytes) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in text.utf8 {
            if kept.contains(byte) {
                result.append(byte)
            } else {
                result += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// A `%` that is not followed by two hexadecimal digits is kept.
    static func decoded(_ text: some StringProtocol) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0x25, index + 2 < bytes.count, let high = Character(bytes[index + 1]).hexDigitValue,
                let low = Character(bytes[index + 2]).hexDigitValue
            {
                result.append(UInt8(high << 4 | low))
                index += 3
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

extension Character {
    fileprivate init(_ byte: UInt8) {
        self.init(Unicode.Scalar(byte))
    }
}
