import DaemonConfiguration
import Files
import Synchronization

/// The valid tokens; a reload replaces them while requests are answered.
package final class TokenRegistry: Sendable {
    private let tokens: Mutex<[AccessToken]>
    /// Whether a token is required, because other machines can reach the server.
    private let isRequired: Bool

    /// Blocks: reads the tokens.
    init(_ settings: HTTPSettings) throws(SettingsError) {
        tokens = Mutex(try AccessToken.read(settings.allTokens))
        isRequired = LoopbackAddress.isLoopback(settings.address) != true
    }

    var accessControl: AccessControl { AccessControl(tokens: tokens.withLock { $0 }) }

    /// Reads the tokens of new settings, without applying them. Blocks.
    ///
    /// - Throws: `SettingsError` if they cannot be used, or if there are none although the address that the server
    ///   listens on until the next start needs one.
    package func read(_ settings: HTTPSettings) throws(SettingsError) -> [AccessToken] {
        let new = try AccessToken.read(settings.allTokens)
        guard !new.isEmpty || !isRequired else {
            throw SettingsError(
                origin: "http.tokens", key: "http.tokens",
                reason: "other machines can reach the daemon until it is restarted, so it keeps its tokens till then")
        }
        return new
    }

    package func replace(_ new: [AccessToken]) {
        tokens.withLock { $0 = new }
    }
}

/// A token that clients may send, with its roles.
package struct AccessToken: Sendable {
    let name: String
    let roles: [TokenRole]
    let secret: BearerToken

    /// Reads the files of all tokens. Blocks.
    ///
    /// - Throws: `SettingsError` for a file that cannot be used, and for a token with two names.
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

/// The secret of a token.
struct BearerToken: Sendable {
    /// The token's hash: all compared values have the same length, whatever a client sends.
    private let digest: [UInt8]

    static let lengths = 16...512
    /// The maximum size of the file in bytes.
    private static let maximumFileSize = 4096

    /// Reads the first line of a file. Blocks.
    ///
    /// - Parameter key: the configuration key that names the file.
    /// - Throws: `SettingsError` that names the file.
    init(file: String, key: String = "http.token-file") throws(SettingsError) {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try ReadableFile(file).contents(limit: Self.maximumFileSize)
        } catch {
            throw SettingsError(origin: file, key: key, reason: error.reason)
        }
        var line = bytes.prefix { $0 != UInt8(ascii: "\n") }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        guard Self.lengths.contains(line.count), line.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw SettingsError(
                origin: file, line: 1, key: key,
                reason: "has to begin with a line of \(Self.lengths.lowerBound) to \(Self.lengths.upperBound) visible "
                    + "ASCII characters without spaces, such as openssl rand -hex 32 prints")
        }
        self.init(String(decoding: line, as: UTF8.self))
    }

    init(_ token: String) {
        digest = Self.digest(token)
    }

    func isSame(as other: BearerToken) -> Bool { digest == other.digest }

    /// Takes the same time for all tokens of the same length.
    func matches(_ token: String) -> Bool {
        zip(digest, Self.digest(token)).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func digest(_ text: String) -> [UInt8] {
        var digest = SHA256()
        digest.update(text.utf8)
        return Array(digest.hexDigest().utf8)
    }
}
