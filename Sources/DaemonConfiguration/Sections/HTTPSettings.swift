/// Where the daemon answers, and whom.
package struct HTTPSettings: Sendable, Equatable {
    package var isEnabled: Bool
    /// A numeric address.
    package var address: String
    /// 0 for any free one.
    package var port: Int
    /// A file whose first line is the bearer token that allows everything.
    var tokenFile: String?
    /// Tokens with names, in the order of `http.tokens`. One or `tokenFile` is required for addresses that other machines can
    /// reach.
    package var tokens: [TokenSettings] = []
    /// Bytes that an uploaded video may have.
    package var largestUpload: Int

    package var allTokens: [TokenSettings] {
        guard let tokenFile else { return tokens }
        let all = TokenSettings(
            name: TokenSettings.defaultName, key: "http.token-file", file: tokenFile, roles: TokenRole.allCases)
        return [all] + tokens
    }
}

/// A token for requests over HTTP.
package struct TokenSettings: Sendable, Equatable {
    /// Of the one that `http.token-file` names.
    static let defaultName = "default"
    /// What `http.tokens` looks like.
    static let example = "tokens: {phone: {file: /path}}"

    /// Stands in the log beside what was changed with it.
    package var name: String
    /// The setting that names the file.
    package var key: String
    /// Its first line is the token.
    package var file: String
    package var roles: [TokenRole]
}

extension TokenSettings {
    package init(named name: String, _ reader: inout SettingsReader) throws(SettingsError) {
        let key = "http.tokens.\(name)"
        guard name != Self.defaultName else {
            throw reader.wrong(key, "\(name) is the token of http.token-file; choose another name")
        }
        guard let file = try reader.path("\(key).file") else { throw reader.missing("\(key).file", in: key) }
        let roles: [TokenRole] = try reader.choices("\(key).roles")
        self.init(name: name, key: "\(key).file", file: file, roles: roles.isEmpty ? [.read] : roles)
    }
}

/// What a token allows.
package enum TokenRole: String, Sendable, CaseIterable {
    /// Looking: jobs, results, cameras, metrics.
    case read
    /// Putting files into drop folders.
    case upload
    /// Changing what the daemon does.
    case control
}
