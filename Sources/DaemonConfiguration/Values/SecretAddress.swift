/// An address that may hold a password: as text for those who connect to it, without secrets for everybody else.
///
/// Printing one, however, shows it as `redacted`: user and password, the values of the query and a stream key are left out.
package struct SecretAddress: Sendable, Equatable {
    /// As given.
    package let text: String

    private static let hidden = "***"

    package init(_ text: String) {
        self.text = text
    }

    /// In small letters; nil for a path.
    package var scheme: String? {
        guard let end = separator?.lowerBound, end > text.startIndex else { return nil }
        let scheme = text[..<end]
        let isName = scheme.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
        return isName ? scheme.lowercased() : nil
    }

    /// The first `://`, byte by byte: what follows it joins no slash to another character.
    private var separator: Range<String.Index>? { text.utf8.firstRange(of: "://".utf8) }

    /// Whether it names a user itself.
    package var hasUser: Bool { userInfo != nil }

    /// For logs, metrics, answers and people.
    package var redacted: String {
        guard scheme != nil, let start = separator?.upperBound else { return text }
        var rest = userInfo.map { Self.hidden + text[$0.upperBound...] } ?? String(text[start...])
        if let fragment = rest.firstIndex(of: "#") { rest = rest[..<fragment] + "#" + Self.hidden }
        if let query = rest.firstIndex(of: "?") {
            rest = rest[..<query] + "?" + Self.redactedQuery(rest[rest.index(after: query)...])
        }
        if scheme == "rtmp" || scheme == "rtmps" { rest = Self.withoutStreamKey(rest) }
        return text[..<start] + rest
    }

    /// The same text with what this address hides taken out of it, where somebody else's words may quote the address.
    package func hide(in words: String) -> String {
        guard text != redacted else { return words }
        var clean = words.replacing(text, with: redacted)
        if let userInfo { clean = clean.replacing(text[userInfo], with: Self.hidden) }
        return clean
    }

    /// User, password and what separates them, without the `@`. Where the host's place holds what cannot be a host and a port,
    /// a password with a `/`, `?` or `#` in it is taken for the reason: all up to the last `@` counts.
    private var userInfo: Range<String.Index>? {
        guard scheme != nil, let start = separator?.upperBound,
            let last = text[start...].lastIndex(of: "@")
        else { return nil }
        let authority = text[start...].prefix { !"/?#".contains($0) }
        return authority.contains("@") || !Self.isHostAndPort(authority) ? start..<last : nil
    }

    private static func isHostAndPort(_ text: Substring) -> Bool {
        if text.hasPrefix("[") { return true }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count < 2 || parts.count == 2 && parts[1].allSatisfy(\.isNumber)
    }

    /// `a=1&b` is `a=***&***`.
    private static func redactedQuery(_ query: Substring) -> String {
        let end = query.firstIndex(of: "#") ?? query.endIndex
        let pairs = query[..<end].split(separator: "&", omittingEmptySubsequences: false).map { pair in
            guard let equals = pair.firstIndex(of: "=") else { return pair.isEmpty ? "" : hidden }
            return pair[...equals] + hidden
        }
        return pairs.joined(separator: "&") + query[end...]
    }

    /// Who knows the last part of an RTMP address may publish under it.
    private static func withoutStreamKey(_ text: String) -> String {
        let end = text.firstIndex { $0 == "?" || $0 == "#" } ?? text.endIndex
        let path = text[..<end].split(separator: "/", omittingEmptySubsequences: false)
        guard path.count > 1, path.last?.isEmpty == false else { return text }
        return path.dropLast().joined(separator: "/") + "/" + hidden + text[end...]
    }
}

extension SecretAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { redacted }
    package var debugDescription: String { redacted }
    package var customMirror: Mirror { Mirror(self, children: ["shown": redacted]) }
}
