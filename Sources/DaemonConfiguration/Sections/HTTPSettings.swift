/// The address of the HTTP interface, and who may use it.
package struct HTTPSettings: Sendable, Equatable {
    package var isEnabled = true
    /// A numeric address.
    package var address = "127.0.0.1"
    /// 0 selects any free port.
    package var port = 8787
    /// A file whose first line is a bearer token with all permissions.
    var tokenFile: String?
    /// Named tokens, in the order of `http.tokens`. If other machines can reach the address, `tokenFile` or one of
    /// these is required.
    package var tokens: [TokenSettings] = []
    /// The maximum size of an uploaded video in bytes.
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
    /// The name of the token in `http.token-file`.
    static let defaultName = "default"
    /// An example of `http.tokens`.
    static let example = "tokens: {phone: {file: /path}}"

    /// The log states this name with each change that the token was used for.
    package var name: String
    /// The key of the setting with the file.
    package var key: String
    /// The file whose first line is the token.
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

/// The permissions of a token.
package enum TokenRole: String, Sendable, CaseIterable {
    /// Reading jobs, results, cameras and metrics.
    case read
    /// Uploading files into drop folders.
    case upload
    /// Changing the daemon's state.
    case control
}
