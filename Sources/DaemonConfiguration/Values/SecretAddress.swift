/// An address that may contain a password: in full for connecting to it, and without secrets for everything else.
///
/// Printing it, however, shows `redacted`: user and password, the values of the query and a stream key are left out.
package struct SecretAddress: Sendable, Equatable {
    /// The original text.
    package let text: String

    private static let hidden = "***"

    package init(_ text: String) {
        self.text = text
    }

    /// The scheme in lowercase; nil for a path.
    package var scheme: String? {
        guard let end = separator?.lowerBound, end > text.startIndex else { return nil }
        let scheme = text[..<end]
        let isName = scheme.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
        return isName ? scheme.lowercased() : nil
    }

    /// The first `://`, found by bytes: the characters after it may combine with a slash into one character.
    private var separator: Range<String.Index>? { text.utf8.firstRange(of: "://".utf8) }

    /// Whether the address contains a user.
    package var hasUser: Bool { userInfo != nil }

    /// The address for logs, metrics, responses and users.
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

    /// Removes the secrets of this address from a text that may quote it, such as a library's error message.
    package func hide(in words: String) -> String {
        guard text != redacted else { return words }
        var clean = words.replacing(text, with: redacted)
        if let userInfo { clean = clean.replacing(text[userInfo], with: Self.hidden) }
        return clean
    }

    /// The user, the password and the separator between them, without the `@`. If the text in the host's place cannot
    /// be a host and a port, the reason is assumed to be a password that contains `/`, `?` or `#`; then everything up
    /// to the last `@` belongs to it.
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

    /// Returns `a=***&***` for `a=1&b`.
    private static func redactedQuery(_ query: Substring) -> String {
        let end = query.firstIndex(of: "#") ?? query.endIndex
        let pairs = query[..<end].split(separator: "&", omittingEmptySubsequences: false).map { pair in
            guard let equals = pair.firstIndex(of: "=") else { return pair.isEmpty ? "" : hidden }
            return pair[...equals] + hidden
        }
        return pairs.joined(separator: "&") + query[end...]
    }

    /// Hides the last part of an RTMP address, because it lets anyone publish there.
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
