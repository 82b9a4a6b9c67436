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
        folder = try TemporaryDirectory()
        self.port = try port ?? LocalSocket.freePort()
        var lines = [
            "listener \(self.port) 127.0.0.1", "log_dest stderr", "persistence false", "user \(NSUserName())",
            "allow_anonymous \(password == nil)", "max_queued_messages 10000",
        ]
        running = Mutex(nil)
        if let password {
            let file = try folder.write(Array("saliencyd:\(password)\n".utf8), to: "passwords")
            let run = try await CommandRun.run("mosquitto_passwd", ["-U", file])
            guard run.status == 0 else { throw MediaFactory.Failure(description: run.standardError) }
            lines.append("password_file \(file)")
        }
        try folder.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: "mosquitto.conf")
        try await start()
    }

    deinit {
        running.withLock { $0 }?.send(SIGKILL)
    }

    /// Starts it again after `kill`, on the same port and with empty state.
    public func start() async throws {
        let path = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"].first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
        let command = try RunningCommand(path ?? "mosquitto", ["-c", folder.file("mosquitto.conf")])
        guard await command.waitForStandardError(containing: " running") else {
            throw MediaFactory.Failure(description: "mosquitto: \(await command.end().standardError)")
        }
        running.withLock { $0 = command }
    }

    /// Kills it, and with it every connection; returns when it has ended.
    public func kill() async {
        guard let command = running.withLock({ $0.take() }) else { return }
        command.send(SIGKILL)
        _ = await command.end()
    }
}
