/// A token for requests over HTTP.
struct TokenSettings: Sendable, Equatable {
    /// Of the one that `http.token-file` names.
    static let defaultName = "default"
    /// What `http.tokens` looks like.
    static let example = "tokens: {phone: {file: /path}}"

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
        let key = "http.tokens.\(name)"
        guard name != Self.defaultName else {
            throw reader.wrong(key, "\(name) is the token of http.token-file; choose another name")
        }
        guard let file = try reader.path("\(key).file") else { throw reader.missing("\(key).file", in: key) }
        let roles: [TokenRole] = try reader.choices("\(key).roles")
        self.init(name: name, key: "\(key).file", file: file, roles: roles.isEmpty ? [.read] : roles)
    }
}
