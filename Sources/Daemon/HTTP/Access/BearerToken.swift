import DaemonConfiguration
import Files

/// The word that clients have to know.
struct BearerToken: Sendable {
    /// Of the token: what is compared has the same length whatever a client sends.
    private let digest: [UInt8]

    static let lengths = 16...512
    /// Bytes of the file.
    private static let largestFile = 4096

    /// Reads the first line of a file. Blocks.
    ///
    /// - Parameter key: the setting that names the file.
    /// - Throws: `SettingsError`, naming the file.
    init(file: String, key: String = "http.token-file") throws(SettingsError) {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try ReadableFile(file).contents(limit: Self.largestFile)
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

    /// Takes the same time for every token of one length.
    func matches(_ token: String) -> Bool {
        zip(digest, Self.digest(token)).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func digest(_ text: String) -> [UInt8] {
        var digest = SHA256()
        digest.update(text.utf8)
        return Array(digest.hexDigest().utf8)
    }
}
