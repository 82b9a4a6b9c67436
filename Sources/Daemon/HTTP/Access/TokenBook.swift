import DaemonConfiguration
import Synchronization

/// The tokens that count now; a reload changes them while requests are answered.
final class TokenBook: Sendable {
    private let tokens: Mutex<[AccessToken]>
    /// Whether there has to be one: other machines can reach the server.
    private let isRequired: Bool

    /// Blocks: reads the tokens.
    init(_ settings: HTTPSettings) throws(SettingsError) {
        tokens = Mutex(try AccessToken.read(settings.allTokens))
        isRequired = LoopbackAddress.isLoopback(settings.address) != true
    }

    var gate: RequestGate { RequestGate(tokens: tokens.withLock { $0 }) }

    /// The tokens of other settings, to go over to. Blocks.
    ///
    /// - Throws: `SettingsError` where they cannot be used, or where there are none and the address that is answered on until
    ///   the next start needs one.
    func read(_ settings: HTTPSettings) throws(SettingsError) -> [AccessToken] {
        let new = try AccessToken.read(settings.allTokens)
        guard !new.isEmpty || !isRequired else {
            throw SettingsError(
                origin: "http.tokens", key: "http.tokens",
                reason: "other machines can reach the daemon until it is restarted, so it keeps its tokens till then")
        }
        return new
    }

    func replace(_ new: [AccessToken]) {
        tokens.withLock { $0 = new }
    }
}
