/// How the other side of a TLS connection proves who it is.
public enum TLSTrust: Sendable, Hashable {
    /// Its certificate is for the host's name, is valid now, and was issued by an authority of the system's, or of the PEM
    /// file at this path instead.
    case verified(authorities: String?)
    /// Its certificate has this SHA-256, as 64 lower-case hexadecimal digits; name, dates and issuer do not matter.
    case fingerprint(String)
    /// No check: anyone who can redirect the connection can pretend to be the server.
    case any

    /// - Parameter text: 64 hexadecimal digits, with or without colons between them, and `sha256:` before.
    /// - Returns: nil if it is not a fingerprint.
    public static func fingerprint(text: String) -> TLSTrust? {
        var digits = text.lowercased()
        if digits.hasPrefix("sha256:") { digits.removeFirst(7) }
        digits.removeAll { $0 == ":" }
        guard digits.utf8.count == 64, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return nil }
        return .fingerprint(digits)
    }

    /// As a configuration has it.
    public var text: String {
        switch self {
        case .verified: "verify"
        case .fingerprint(let digits): Self.formatted(fingerprint: digits)
        case .any: "any"
        }
    }

    /// The file of authorities, if it is not the system's.
    public var authorities: String? {
        if case .verified(let authorities) = self { authorities } else { nil }
    }

    /// Sixty-four digits in the form that OpenSSL and browsers show them in: `AB:CD:…`.
    package static func formatted(fingerprint digits: String) -> String {
        let digits = Array(digits.uppercased())
        return stride(from: 0, to: digits.count, by: 2)
            .map { String(digits[$0..<min($0 + 2, digits.count)]) }.joined(separator: ":")
    }
}
