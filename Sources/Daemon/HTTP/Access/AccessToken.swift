import DaemonConfiguration

/// A token that clients may send, and what it allows.
struct AccessToken: Sendable {
    let name: String
    let roles: [TokenRole]
    let secret: BearerToken

    /// Reads the files of all tokens. Blocks.
    ///
    /// - Throws: `SettingsError` for a file that cannot be used, and for a token that has two names.
    static func read(_ settings: [TokenSettings]) throws(SettingsError) -> [AccessToken] {
        var tokens: [AccessToken] = []
        for token in settings {
            let secret = try BearerToken(file: token.file, key: token.key)
            if let other = tokens.first(where: { $0.secret.isSame(as: secret) }) {
                throw SettingsError(
                    origin: token.file, line: 1, key: token.key, reason: "is the same token as that of \(other.name)")
            }
            tokens.append(AccessToken(name: token.name, roles: token.roles, secret: secret))
        }
        return tokens
    }
}
