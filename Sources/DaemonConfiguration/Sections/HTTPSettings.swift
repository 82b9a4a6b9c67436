/// Where the daemon answers, and whom.
package struct HTTPSettings: Sendable, Equatable {
    package var isEnabled = true
    /// A numeric address.
    package var address = "127.0.0.1"
    /// 0 for any free one.
    package var port = 8787
    /// A file whose first line is the bearer token that allows everything.
    var tokenFile: String?
    /// Tokens with names, in the order of `http.tokens`. One or `tokenFile` is required for addresses that other machines can
    /// reach.
    package var tokens: [TokenSettings] = []
    /// Bytes that an uploaded video may have.
    package var largestUpload = 4 << 30

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
    package static let table: [Setting<TokenSettings>] = [
        .path("file", at: \.file),
        Setting("roles") { key, reader, token throws(SettingsError) in
            let roles: [TokenRole] = try reader.values(key, .choice())
            if !roles.isEmpty { token.roles = roles }
        } value: {
            .list($0.roles.map(\.rawValue))
        },
    ]

    package init(named name: String, _ reader: inout SettingsReader) throws(SettingsError) {
        let key = "http.tokens.\(name)"
        guard name != Self.defaultName else {
            throw reader.wrong(key, "\(name) is the token of http.token-file; choose another name")
        }
        self.init(name: name, key: "\(key).file", file: "", roles: [.read])
        try reader.read(Self.table, below: key, into: &self)
        if file.isEmpty { throw reader.missing("\(key).file", in: key) }
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
