import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration

/// Passwords of a daemon's cameras reach only their servers.
@Suite(.tags(.live), .serialized, .oneSuiteAtATime, .hangLimit) struct CameraPasswordTests {
    /// A user with a password, and all forms in which it could leak.
    private struct Login {
        var user: String
        var password: String

        /// A part of each password that no escaping changes.
        var core: String { String(password.prefix(8)) }
        var basic: String { Data("\(user):\(password)".utf8).base64EncodedString() }
    }

    private static let gate = Login(user: "op", password: "hunterA7/@:?#%41 \u{E9}\"'$&;|\\")
    private static let yard = Login(user: "op", password: "hunterB7 =+<>{}[]%`~^")
    private static let door = Login(user: "cuser9", password: "hunterC7:@/?# %")
    private static let wall = Login(user: "op", password: "hunterD7%2F\"@\u{FC}")
    private static let token = "hunterE7"

    /// The logins in order of their requests, identified by the first letters of the path.
    private final class Logins: Sendable {
        private let all = Mutex<[String: [String]]>([:])

        /// - Returns: the number of previous requests.
        func add(_ login: String, to path: String) -> Int {
            all.withLock { all in
                all[path, default: []].append(login)
                return (all[path]?.count ?? 1) - 1
            }
        }

        func of(_ path: String) -> Set<String> { all.withLock { Set($0[path] ?? []) } }
    }

    private let folder: TemporaryDirectory
    private let logins = Logins()

    init() throws {
        folder = try TemporaryDirectory()
    }

    private static func authorization(_ request: String) -> String? {
        request.firstMatch(of: /Authorization: Basic ([A-Za-z0-9+\/=]+)/).map { String($0.1) }
    }

    /// A camera that requires a login and then, one connection after another, sends frames, rejects, sends no media,
    /// and sends frames.
    private func camera() throws -> StreamServer {
        let short = try CameraMaterial.stream(seconds: 1.2)
        let long = try CameraMaterial.stream(seconds: 120)
        return try StreamServer { [logins] connection in
            guard let request = connection.request(), let path = request.firstMatch(of: /GET \/([a-z]+)/) else {
                return
            }
            guard let login = Self.authorization(request) else {
                return connection.answer("401 Unauthorized", ["WWW-Authenticate: Basic realm=\"camera\""])
            }
            switch logins.add(login, to: String(path.1)) {
            case 0:
                connection.beginAnswer()
                connection.play(short, seconds: 1.2)
            case 1: connection.answer("403 Forbidden")
            case 2: connection.answer("200 OK", ["Content-Type: text/html"], body: "<html>\(request)</html>")
            default:
                connection.beginAnswer()
                connection.play(long, seconds: 120)
            }
        }
    }

    /// An RTSP server that requires a login and rejects every one.
    private func receiver() throws -> StreamServer {
        try StreamServer { [logins] connection in
            while let bytes = connection.receive() {
                let request = String(decoding: bytes, as: UTF8.self)
                guard let number = request.firstMatch(of: /CSeq: (\d+)/) else { continue }
                var answer = "200 OK\r\nPublic: OPTIONS, ANNOUNCE, SETUP, RECORD"
                if request.hasPrefix("ANNOUNCE") {
                    let login = Self.authorization(request)
                    if let login { _ = logins.add(login, to: "receiver") }
                    answer =
                        login == nil
                        ? "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"receiver\"" : "403 Forbidden"
                }
                connection.send(Array("RTSP/1.0 \(answer)\r\nCSeq: \(number.1)\r\n\r\n".utf8))
            }
        }
    }

    private func write(_ login: Login, to name: String) throws {
        try folder.write(Array("\(login.password)\n".utf8), to: name)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder.file(name))
    }

    private func writeHook() async throws {
        let script = """
            #!/bin/sh
            cat /proc/$$/environ /proc/$$/cmdline /proc/$PPID/cmdline >> \(folder.file("hook-sees"))
            """
        let text = try folder.write(Array(script.utf8), to: "script")
        let run = try await CommandRun.run("install", ["-m", "700", text, folder.file("hook")])
        try #require(run.status == 0, "\(run.standardError)")
    }

    private func cameras(_ camera: UInt16, _ receiver: UInt16) throws -> String {
        let escaped = try #require(
            Self.door.password.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        let clip = try CameraMaterial.clip(folder)
        let common = "backoff: 1, stall: 600, open-timeout: 300"
        return """
              gate: {url: "http://127.0.0.1:\(camera)/gate", user: op, password-file: @/first, log-file: @/gate.ndjson, \(common)}
              yard:
                url: http://127.0.0.1:\(camera)/yard
                user: op
                password-variable: YARD_PASSWORD
                log-file: @/yard.ndjson
                backoff: 1
                stall: 600
                open-timeout: 300
                events: {on-class: any, for: 0, quiet: 0, file: @/events.ndjson, hook: @/hook}
              door: {url: "http://cuser9:\(escaped)@127.0.0.1:\(camera)/door?token=\(Self.token)", log-file: @/door.ndjson, \(common)}
              wall:
                url: "loop:\(clip)"
                publish: rtsp://127.0.0.1:\(receiver)/live
                publish-user: op
                publish-password-file: @/second
            """
    }

    @Test func passwordsDoNotLeak() async throws {
        let (camera, receiver) = (try camera(), try receiver())
        try write(Self.gate, to: "first")
        try write(Self.wall, to: "second")
        try await writeHook()
        let daemon = try await CameraDaemon(
            folder, cameras: try cameras(camera.port, receiver.port),
            environment: ["YARD_PASSWORD": Self.yard.password])
        let records = ["gate", "yard", "door"].map { folder.file("\($0).ndjson") }
        // After all failures, with frames again.
        let hasBeenThroughAll = await daemon.wait { [folder, logins] in
            let hasFrames = records.allSatisfy { Self.hasFrames($0, after: 3) }
            let hasHook = FileManager.default.fileExists(atPath: folder.file("hook-sees"))
            return hasFrames && hasHook && !logins.of("receiver").isEmpty
        }
        #expect(hasBeenThroughAll)
        var seen = [try String(contentsOfFile: "/proc/\(daemon.command.processIdentifier)/cmdline", encoding: .utf8)]
        seen += try await answers(daemon.api, status: 200)
        await camera.giveUp()
        #expect(await daemon.wait { records.allSatisfy { RecordLine.count("ended", $0) >= 2 } })
        for name in ["gate", "yard", "door"] {
            #expect(await daemon.command.waitForStandardError(containing: "\(name): disconnected"))
        }
        seen += try await answers(daemon.api, status: 503)
        let run = await daemon.stop()
        let check = try await CommandRun.saliencyd("check", "--config", folder.file("saliencyd.yaml"))
        #expect(check.status == 0)
        seen += [run.standardError, run.standardOutput, check.standardOutput, check.standardError]
        for name in ["gate.ndjson", "yard.ndjson", "door.ndjson", "events.ndjson", "hook-sees"] {
            seen.append(String(decoding: try folder.bytes(of: name), as: UTF8.self))
        }

        #expect(logins.of("gate") == [Self.gate.basic])
        #expect(logins.of("yard") == [Self.yard.basic])
        #expect(logins.of("door") == [Self.door.basic])
        #expect(logins.of("receiver") == [Self.wall.basic])
        let all = [Self.gate, Self.yard, Self.door, Self.wall]
        let secrets = all.flatMap { [$0.core, $0.basic] } + [Self.token, Self.door.user, "YARD_PASSWORD="]
        for text in seen {
            #expect(!text.isEmpty || text == run.standardOutput || text == check.standardError)
            for secret in secrets { #expect(!text.contains(secret), "\(secret) in \(text.prefix(2000))") }
        }
        // The searched texts do contain the reports of the failures.
        #expect(run.standardError.contains("403") && run.standardError.contains("wall: "), "\(run.standardError)")
    }

    private static func hasFrames(_ record: String, after connection: Int) -> Bool {
        let lines = (try? RecordLine.read(record)) ?? []
        return lines.contains { $0.kind == "window" && $0.connection > connection }
    }

    /// All responses that are visible to clients.
    private func answers(_ api: PortClient, status: Int) async throws -> [String] {
        var all: [String] = []
        for path in ["/metrics", "/api/v1/cameras", "/api/v1/cameras/door", "/readyz"] {
            all.append(try await api.get(path).text)
        }
        for name in ["gate", "yard", "door"] {
            let answer = try await api.get("/cameras/\(name)/snapshot.jpg")
            #expect(answer.status == status, "\(answer.text.prefix(300))")
            all.append(answer.text)
        }
        return all
    }
}
