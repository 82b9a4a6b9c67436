import Concurrency
import DaemonConfiguration
import Files
import FoundationEssentials
import Glibc
import Pipeline

/// Reads the passwords of cameras: from a file, an environment variable, or a credential passed by systemd.
///
/// They are read for every connection, so a changed password takes effect with the next one. Reading blocks. Errors and
/// warnings never contain any part of a password.
package struct CameraSecrets: Sendable {
    /// The passwords that a camera needs.
    package struct Passwords: Sendable, Equatable {
        /// For the source.
        package var source: Secret?
        /// For the server to which the annotated stream is published.
        package var publish: Secret?
        /// Warnings for the administrator, each a clause.
        package var warnings: [String] = []
    }

    package var environment: [String: String] = ProcessInfo.processInfo.environment

    package init(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.environment = environment
    }

    /// Maximum size of a password file, in bytes.
    private static let maximumFileSize = 4096
    /// The variable that names systemd's folder with this service's credentials.
    private static let credentials = "CREDENTIALS_DIRECTORY"

    /// Calls `passwords` without blocking.
    package func read(for camera: CameraSettings) async throws -> Passwords {
        try await DedicatedThread.run(name: "password", onCancel: {}) { try passwords(of: camera) }
    }

    /// - Throws: `SettingsError` that names the file or variable without a usable password.
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

    /// The credential `camera.NAME`, if systemd passed one. Only the service can read it, so its mode is not checked.
    private func credential(of camera: CameraSettings, key: String) throws(SettingsError) -> Secret? {
        guard let folder = environment[Self.credentials], folder.hasPrefix("/") else { return nil }
        let path = "\(folder)/camera.\(camera.name)"
        guard access(path, F_OK) == 0 else { return nil }
        var ignoredWarnings: [String] = []
        return try read(path, for: key, &ignoredWarnings)
    }

    /// The password in a file that does not belong to a camera: its first line, with warnings for the administrator.
    /// Blocks.
    /// - Parameter key: the configuration key, for errors.
    package func password(in path: String, for key: String) throws(SettingsError) -> (
        password: Secret, warnings: [String]
    ) {
        var warnings: [String] = []
        let password = try read(path, for: key, &warnings)
        return (password, warnings)
    }

    /// The first line of a file, checked.
    private func read(_ path: String, for key: String, _ warnings: inout [String]) throws(SettingsError) -> Secret {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try ReadableFile(path).contents(limit: Self.maximumFileSize)
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

/// A password in memory; printing it does not reveal it.
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
