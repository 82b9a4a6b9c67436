/// How the server of a TLS connection must authenticate itself.
public enum TLSTrust: Sendable, Hashable {
    /// Its certificate is for the host's name, is valid now, and was issued by one of the system's authorities or, if a
    /// path is given, of those in that PEM file.
    case verified(authorities: String?)
    /// Its certificate has this SHA-256, as 64 lower-case hexadecimal digits; name, dates and issuer do not matter.
    case fingerprint(String)
    /// No check: anyone who can redirect the connection can impersonate the server.
    case any

    /// - Parameter text: 64 hexadecimal digits, with or without colons between them and a leading `sha256:`.
    /// - Returns: nil if it is not a fingerprint.
    public static func fingerprint(text: String) -> TLSTrust? {
        var digits = text.lowercased()
        if digits.hasPrefix("sha256:") { digits.removeFirst(7) }
        digits.removeAll { $0 == ":" }
        guard digits.utf8.count == 64, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return nil }
        return .fingerprint(digits)
    }

    /// The value in a configuration.
    public var text: String {
        switch self {
        case .verified: "verify"
        case .fingerprint(let digits): Self.formatted(fingerprint: digits)
        case .any: "any"
        }
    }

    /// The file of authorities that replaces the system's, if any.
    public var authorities: String? {
        if case .verified(let authorities) = self { authorities } else { nil }
    }

    /// The 64 digits in the format of OpenSSL and browsers: `AB:CD:…`.
    package static func formatted(fingerprint digits: String) -> String {
        let digits = Array(digits.uppercased())
        return stride(from: 0, to: digits.count, by: 2)
            .map { String(digits[$0..<min($0 + 2, digits.count)]) }.joined(separator: ":")
    }
}
