import Foundation

/// A certificate that is its own authority, with its key, as files in PEM form.
public struct TestCertificate: Sendable {
    public let certificate: String
    public let key: String
    /// SHA-256 in the form of OpenSSL: `AB:CD:…`.
    public let fingerprint: String

    /// - Parameter names: as OpenSSL writes alternative names: `IP:127.0.0.1`, `DNS:camera.example`.
    public init(_ directory: TemporaryDirectory, _ name: String = "camera", names: String = "IP:127.0.0.1") throws {
        certificate = directory.file("\(name).pem")
        key = directory.file("\(name).key")
        _ = try Self.openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=\(name)", "-addext", "subjectAltName=\(names)", "-keyout", key, "-out", certificate,
        ])
        let text = try Self.openssl(["x509", "-in", certificate, "-noout", "-fingerprint", "-sha256"])
        fingerprint =
            text.split(separator: "=").last.map(String.init)?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    }

    private static func openssl(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw MediaFactory.Failure(description: "openssl \(arguments.joined(separator: " ")) failed")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
