import Concurrency
import DaemonConfiguration
import Files
import FoundationEssentials
import Glibc
import Pipeline

/// Where the passwords of cameras come from: a file, a variable of the environment, or a credential that systemd handed over.
///
/// They are read for every connection, so a password that is changed counts from the next one on. Reading blocks. No error
/// and no warning has anything of a password in it.
package struct CameraSecrets: Sendable {
    /// What a camera logs in with.
    package struct Passwords: Sendable, Equatable {
        /// Of the source.
        package var source: Secret?
        /// Of the server that the annotated stream is published to.
        package var publish: Secret?
        /// What the administrator should know, each as a clause.
        package var warnings: [String] = []
    }

    package var environment: [String: String] = ProcessInfo.processInfo.environment

    package init(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.environment = environment
    }

    /// Bytes of a file with a password.
    private static let largestFile = 4096
    /// systemd's folder with this service's credentials.
    private static let credentials = "CREDENTIALS_DIRECTORY"

    /// As `passwords`, without blocking.
    package func read(for camera: CameraSettings) async throws -> Passwords {
        try await DedicatedThread.run(name: "password", onCancel: {}) { try passwords(of: camera) }
    }

    /// - Throws: `SettingsError`, naming the file or variable that has no password.
    func passwords(of camera: CameraSettings) throws(SettingsError) -> Passwords {
        let key = "cameras.\(camera.name)"
        var passwords = Passwords()
        switch camera.password {
        case .file(let path):
            passwords.source = try read(path, for: "\(key).password-file", &passwords.warnings)
        case .variable(let name):
            guard let value = environment[name], !value.isEmpty else {
                throw SettingsError(origin: "$\(name)", key: "\(key).password-variable", reason: "is not set")
            }
            passwords.source = try checked(value, origin: "$\(name)", key: "\(key).password-variable")
        case nil:
            passwords.source = try credential(of: camera, key: key)
        }
        if let path = camera.publishPasswordFile {
            passwords.publish = try read(path, for: "\(key).publish-password-file", &passwords.warnings)
        }
        return passwords
    }

    /// `camera.NAME`, if it was handed over. Only the service can read it, whatever its rights say.
    private func credential(of camera: CameraSettings, key: String) throws(SettingsError) -> Secret? {
        guard let folder = environment[Self.credentials], folder.hasPrefix("/") else { return nil }
        let path = "\(folder)/camera.\(camera.name)"
        guard access(path, F_OK) == 0 else { return nil }
        var unimportant: [String] = []
        return try read(path, for: key, &unimportant)
    }

    /// The first line of a file that is no camera's, and what the administrator should know. Blocks.
    ///
    /// - Parameter key: of the configuration, for errors.
    package func password(in path: String, for key: String) throws(SettingsError) -> (
        password: Secret, warnings: [String]
    ) {
        var warnings: [String] = []
        let password = try read(path, for: key, &warnings)
        return (password, warnings)
    }

    /// The first line of a file.
    private func read(_ path: String, for key: String, _ warnings: inout [String]) throws(SettingsError) -> Secret {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try ReadableFile(path).contents(limit: Self.largestFile)
        } catch {
            throw SettingsError(origin: path, key: key, reason: error.reason)
        }
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IROTH != 0 {
            warnings.append("\(path) holds a password, and every user of this machine can read it (chmod o= helps)")
        }
        var line = bytes.prefix { $0 != UInt8(ascii: "\n") }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        guard let text = String(validating: line, as: UTF8.self) else {
            throw SettingsError(origin: path, line: 1, key: key, reason: "is not UTF-8")
        }
        return try checked(text, origin: path, key: key)
    }

    private func checked(_ text: String, origin: String, key: String) throws(SettingsError) -> Secret {
        guard !text.isEmpty else {
            throw SettingsError(origin: origin, key: key, reason: "has to begin with a line that is the password")
        }
        guard !text.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else {
            throw SettingsError(origin: origin, key: key, reason: "has control characters in the password")
        }
        return Secret(text)
    }
}

/// A password in memory. Printing one does not show it.
package struct Secret: Sendable, Equatable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "***" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
