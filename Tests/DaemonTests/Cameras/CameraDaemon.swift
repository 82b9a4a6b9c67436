import Foundation
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration

/// The built daemon with cameras, in a temporary folder.
struct CameraDaemon {
    let folder: TemporaryDirectory
    let api: PortClient
    let command: RunningCommand

    /// Starts the daemon and waits until it responds.
    ///
    /// - Parameter cameras: YAML below `cameras:`, in which `@/` is replaced by the folder.
    init(
        _ folder: TemporaryDirectory, cameras: String, model: String? = nil,
        environment: [String: String] = [:]
    ) async throws {
        self.folder = folder
        let port = Int(try Loopback.freePort())
        try Self.configure(folder, cameras, port: port, model: model)
        api = PortClient(port: port)
        command = try RunningCommand(
            CommandRun.builtCommand, ["serve", "--config", folder.file("saliencyd.yaml")], environment: environment)
        guard await command.waitForStandardError(containing: "answering over HTTP") else {
            Issue.record("\(await command.end().standardError)")
            throw CancellationError()
        }
    }

    static func configure(
        _ folder: TemporaryDirectory, _ cameras: String, port: Int, model: String? = nil
    ) throws {
        let yaml = """
            state: \(folder.file("state"))
            model: \(try model ?? CameraMaterial.network(folder))
            engine: {threads: 1}
            http: {port: \(port)}
            logging: {format: json}
            cameras:
            \(cameras.replacing("@/", with: folder.path + "/"))
            """
        try folder.write(Array(yaml.utf8), to: "saliencyd.yaml")
    }

    /// Waits for a condition on the folder.
    func wait(_ isSo: @escaping @Sendable () -> Bool) async -> Bool {
        await FolderWait.until(folder.path, isSo)
    }

    /// Stops the daemon like systemd.
    func stop(_ location: SourceLocation = #_sourceLocation) async -> CommandRun {
        command.send(SIGTERM)
        let run = await command.end()
        #expect(run.status == 0, "\(run.standardError)", sourceLocation: location)
        return run
    }
}
