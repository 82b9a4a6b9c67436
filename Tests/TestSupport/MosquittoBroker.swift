import Foundation
import Synchronization

/// Debian's MQTT broker on a port of this machine, with its own folder.
public final class MosquittoBroker: Sendable {
    public let port: UInt16
    private let folder: TemporaryDirectory
    private let running: Mutex<RunningCommand?>

    /// Returns when it listens.
    ///
    /// - Parameters:
    ///   - port: nil for a free one.
    ///   - password: of the user `saliencyd`, which the broker then requires; nil allows anonymous clients.
    public init(port: UInt16? = nil, password: String? = nil) async throws {
        let folder = try TemporaryDirectory()
        var lines = [
            "log_dest stderr", "persistence false", "user \(NSUserName())",
            "allow_anonymous \(password == nil)", "max_queued_messages 10000",
        ]
        if let password {
            let file = try folder.write(Array("saliencyd:\(password)\n".utf8), to: "passwords")
            let run = try await CommandRun.run("mosquitto_passwd", ["-U", file])
            guard run.status == 0 else { throw MediaFactory.Failure(description: run.standardError) }
            lines.append("password_file \(file)")
        }
        // Another test may take a free port before the broker does.
        var attempts = port == nil ? Self.attempts : 1
        while true {
            let place = try port ?? LocalSocket.freePort()
            let text = (lines + ["listener \(place) 127.0.0.1"]).joined(separator: "\n") + "\n"
            try folder.write(Array(text.utf8), to: "mosquitto.conf")
            attempts -= 1
            do {
                running = Mutex(try await Self.launch(in: folder))
                (self.folder, self.port) = (folder, place)
                return
            } catch {
                guard attempts > 0 else { throw error }
            }
        }
    }

    /// The number of free ports that are tried.
    private static let attempts = 5

    deinit {
        running.withLock { $0 }?.send(SIGKILL)
    }

    /// Starts it again after `kill`, on the same port and with empty state.
    public func start() async throws {
        let command = try await Self.launch(in: folder)
        running.withLock { $0 = command }
    }

    private static func launch(in folder: TemporaryDirectory) async throws -> RunningCommand {
        let path = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"].first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
        let command = try RunningCommand(path ?? "mosquitto", ["-c", folder.file("mosquitto.conf")])
        guard await command.waitForStandardError(containing: " running") else {
            throw MediaFactory.Failure(description: "mosquitto: \(await command.end().standardError)")
        }
        return command
    }

    /// Kills it, and with it every connection; returns when it has ended.
    public func kill() async {
        guard let command = running.withLock({ $0.take() }) else { return }
        command.send(SIGKILL)
        _ = await command.end()
    }
}
