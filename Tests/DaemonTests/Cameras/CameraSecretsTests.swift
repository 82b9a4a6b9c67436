import Foundation
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration

@Suite struct CameraSecretsTests {
    let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func write(_ text: String, to name: String = "password", rights: Int = 0o600) throws -> String {
        let path = try folder.write(Array(text.utf8), to: name)
        try FileManager.default.setAttributes([.posixPermissions: rights], ofItemAtPath: path)
        return path
    }

    private func camera(_ password: CameraSettings.PasswordPlace?) -> CameraSettings {
        .sample { $0.password = password }
    }

    @Test(arguments: ["hunter2", "hunter2\n", "hunter2\r\n", "hunter2\nhunter3\n"])
    func theFirstLineOfAFile(_ text: String) async throws {
        let passwords = try await CameraSecrets(environment: [:]).read(for: camera(.file(try write(text))))
        #expect(passwords.source?.text == "hunter2")
        #expect(passwords.publish == nil)
        #expect(passwords.warnings == [])
    }

    @Test func spacesBelongToAPassword() throws {
        let passwords = try CameraSecrets(environment: [:]).passwords(of: camera(.file(try write(" hunter 2 \n"))))
        #expect(passwords.source?.text == " hunter 2 ")
    }

    @Test func aWorldReadableFileCausesAWarning() throws {
        let path = try write("hunter2", rights: 0o644)
        let passwords = try CameraSecrets(environment: [:]).passwords(of: camera(.file(path)))
        #expect(passwords.source?.text == "hunter2")
        #expect(passwords.warnings.count == 1)
        let warning = try #require(passwords.warnings.first)
        #expect(warning.contains(path) && !warning.contains("hunter2"))
    }

    @Test func aPasswordFromAVariable() throws {
        let secrets = CameraSecrets(environment: ["GATE": "hunter2", "EMPTY": ""])
        #expect(try secrets.passwords(of: camera(.variable("GATE"))).source?.text == "hunter2")
        for name in ["EMPTY", "NONE"] {
            let error = #expect(throws: SettingsError.self) { try secrets.passwords(of: camera(.variable(name))) }
            #expect(error?.description == "$\(name): cameras.gate.password-variable: is not set")
        }
    }

    @Test func aCredentialIsTheDefault() throws {
        _ = try write("hunter2\n", to: "camera.gate", rights: 0o644)
        let secrets = CameraSecrets(environment: ["CREDENTIALS_DIRECTORY": folder.path, "X": "hunter3"])
        #expect(try secrets.passwords(of: camera(nil)) == .init(source: Secret("hunter2")))
        #expect(try secrets.passwords(of: camera(.variable("X"))).source?.text == "hunter3")
        #expect(try secrets.passwords(of: .sample("yard")).source == nil)
        #expect(try CameraSecrets(environment: [:]).passwords(of: camera(nil)).source == nil)
    }

    @Test func thePublishedStreamHasItsOwnPassword() throws {
        let path = try write("hunter2")
        let passwords = try CameraSecrets(environment: [:]).passwords(
            of: .sample { $0.publishPasswordFile = path })
        #expect(passwords.publish?.text == "hunter2")
        #expect(passwords.source == nil)
    }

    @Test func errorsDoNotContainThePassword() throws {
        let long = try write(String(repeating: "hunter2", count: 1000), to: "long")
        let cases = [
            (folder.file("none"), "cannot be opened"), (folder.path, "not a regular file"),
            (long, "more than the 4096"),
            (try write("", to: "empty"), "has to begin with"),
            (try write("\nhunter2", to: "late"), "has to begin with"),
            (try write("hunter2\u{7}", to: "control"), "control characters"),
            (try folder.write(Array("hunter2".utf8) + [0xFF], to: "bytes"), "UTF-8"),
        ]
        for (path, mention) in cases {
            let error = #expect(throws: SettingsError.self) {
                try CameraSecrets(environment: [:]).passwords(of: camera(.file(path)))
            }
            #expect(error?.origin == path)
            #expect(error?.key == "cameras.gate.password-file")
            #expect(error?.reason.contains(mention) == true, "\(String(describing: error))")
            #expect(error?.description.contains("hunter2") == false)
        }
    }

    @Test func printingDoesNotRevealThePassword() {
        let passwords = CameraSecrets.Passwords(source: Secret("hunter2"), publish: Secret("hunter2"))
        var dumped = ""
        dump(passwords, to: &dumped)
        for text in ["\(passwords)", String(reflecting: passwords), dumped, "\(Secret("hunter2"))"] {
            #expect(!text.contains("hunter2"))
        }
    }
}
