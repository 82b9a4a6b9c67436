import Foundation

/// A self-signed certificate with its key, as PEM files.
public struct TestCertificate: Sendable {
    public let certificate: String
    public let key: String
    /// The SHA-256 fingerprint in OpenSSL's format: `AB:CD:…`.
    public let fingerprint: String

    /// - Parameter names: alternative names in OpenSSL's format: `IP:127.0.0.1`, `DNS:camera.example`.
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
