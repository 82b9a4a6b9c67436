import Concurrency
import Engine
import Foundation
import Pipeline
import Telemetry
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration

@Suite(.tags(.live), .serialized, .oneSuiteAtATime, .hangLimit) struct CameraResourcesTests {
    private let folder: TemporaryDirectory
    private let log = CollectedLog()

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func resources(
        _ change: (inout CameraSettings) -> Void = { _ in }
    ) async throws -> (CameraResources, CameraHandle) {
        let clip = try CameraMaterial.clip(folder)
        let entry = CameraHandle(
            .sample {
                $0.url = SecretAddress("loop:\(clip)")
                change(&$0)
            })
        let shared = CameraResources.Shared(
            engines: LiveEngines(
                model: try await LoadedModel.load(path: try CameraMaterial.network(folder)), threads: 1,
                scheduler: EngineScheduler()),
            secrets: CameraSecrets(environment: [:]), log: log.logger, warnings: RepeatedWarnings(logger: log.logger),
            clock: ContinuousClock())
        return (CameraResources(entry, shared: shared), entry)
    }

    /// Memory does not grow with connections: the network's session is its largest part.
    @Test func theEngineIsCreatedOnce() async throws {
        let record = folder.file("record")
        let (resources, _) = try await resources { $0.logFile = record }
        let engine = try resources.engine()
        let beside = Task { await resources.run() }
        for number in 1...2 {
            let stop = StopRequest()
            async let connection: Void = resources.connect(connection: number, stop: stop)
            let folder = folder.path
            #expect(
                await FolderWait.until(folder) {
                    ((try? RecordLine.read(record)) ?? []).contains { $0.kind == "window" && $0.connection == number }
                })
            stop.abort.cancel()
            try await connection
            #expect(try resources.engine() === engine)
        }
        resources.finish()
        await beside.value
        let lines = try RecordLine.read(record)
        try RecordLine.expectOrder(lines)
        #expect(lines.map(\.kind).filter { $0 == "began" || $0 == "ended" } == ["began", "ended", "began", "ended"])
    }

    @Test func anUnknownTargetIsTheReason() async throws {
        let (resources, entry) = try await resources { $0.annotation.saliency.target = "nothing" }
        let error = await #expect(throws: ModelError.self) {
            try await resources.connect(connection: 1, stop: StopRequest())
        }
        let end = LiveConnectionEnd(try #require(error), address: entry.settings.url)
        #expect(end.reason.contains("no label \"nothing\""))
        #expect(!entry.report.snapshot.isConnected)
    }

    @Test func aMissingPasswordIsTheReason() async throws {
        let (resources, _) = try await resources { $0.password = .variable("NONE") }
        let error = await #expect(throws: SettingsError.self) {
            try await resources.connect(connection: 1, stop: StopRequest())
        }
        #expect(error?.origin == "$NONE")
    }

    /// A world-readable file causes one warning, however often it is read.
    @Test func warningsAreLoggedForTheFirstConnectionOnly() async throws {
        let path = try folder.write(Array("secret\n".utf8), to: "password")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        let (resources, _) = try await resources {
            $0.password = .file(path)
            $0.user = "u"
        }
        for number in 1...3 {
            // A `loop:` source has no password.
            await #expect(throws: (any Error).self) {
                try await resources.connect(connection: number, stop: StopRequest())
            }
        }
        #expect(log.lines.count { $0.contains("every user of this machine can read it") } == 1)
        #expect(!log.lines.contains { $0.contains("secret") })
    }
}
