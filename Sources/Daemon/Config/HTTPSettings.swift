/// Where the daemon answers, and whom.
struct HTTPSettings: Sendable, Equatable {
    var isEnabled: Bool
    /// A numeric address.
    var address: String
    /// 0 for any free one.
    var port: Int
    /// A file whose first line is the bearer token that allows everything.
    var tokenFile: String?
    /// Tokens with names, in the order of `http.tokens`. One or `tokenFile` is required for addresses that other machines can
    /// reach.
    var tokens: [TokenSettings] = []
    /// Bytes that an uploaded video may have.
    var largestUpload: Int

    var allTokens: [TokenSettings] {
        guard let tokenFile else { return tokens }
        let all = TokenSettings(
            name: TokenSettings.defaultName, key: "http.token-file", file: tokenFile, roles: TokenRole.allCases)
        return [all] + tokens
    }
}
