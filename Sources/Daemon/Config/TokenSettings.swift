/// A token for requests over HTTP.
struct TokenSettings: Sendable, Equatable {
    /// Of the one that `http.token-file` names.
    static let defaultName = "default"

    /// Stands in the log beside what was changed with it.
    var name: String
    /// The setting that names the file.
    var key: String
    /// Its first line is the token.
    var file: String
    var roles: [TokenRole]
}

extension TokenSettings {
    init(named name: String, _ reader: inout SettingsReader) throws(SettingsError) {
        try reader.checkName(name, in: "http.tokens")
        guard name != Self.defaultName else {
            throw reader.wrong("http.tokens", "\(name) is the token of http.token-file; choose another name")
        }
        let key = "http.token.\(name)"
        guard let file = try reader.path("\(key).file") else {
            throw reader.wrong("http.tokens", "\(name) needs \(key).file")
        }
        let words = try reader.list("\(key).roles")
        var roles: [TokenRole] = []
        for word in words {
            guard let role = TokenRole(rawValue: word) else {
                throw reader.wrongWord("\(key).roles", word, of: TokenRole.self)
            }
            if !roles.contains(role) { roles.append(role) }
        }
        self.init(name: name, key: "\(key).file", file: file, roles: words.isEmpty ? [.read] : roles)
    }
}
