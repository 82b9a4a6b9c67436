import Engine
import Files
import Foundation
import Jobs
import Logging
import Pipeline
import ServiceLifecycle
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService

/// A daemon in this process, with an untrained network and temporary folders.
final class DaemonHarness: Sendable {
    let root: TemporaryDirectory
    let store: JobStore
    private let model: LoadedModel
    private let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    init() async throws {
        root = try TemporaryDirectory()
        store = try await JobStore.open(state: root.file("state"))
        let variables = try UntrainedNetwork.variables(width: 1.0 / 32, classCount: 4, inputChannels: 3, seed: 7)
        let manifest = ModelManifest(
            name: "tiny", classCount: 4, inputChannels: 3, clipLength: 8, frameSize: 32, shortSide: 36,
            labels: ["left", "right", "up", "down"])
        try variables.write(safetensors: root.file("tiny.safetensors"), manifest: manifest)
        model = try await LoadedModel.load(path: root.file("tiny.safetensors"))
        try makeFolder("in")
    }

    func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: root.file(name), withIntermediateDirectories: false)
    }

    func listing(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: root.file(folder))) ?? []).sorted()
    }

    /// A drop folder on `in`, whose files become jobs as soon as they open as video.
    func dropFolder(_ change: (inout DropFolderSettings) -> Void = { _ in }) -> DropFolderSettings {
        var dropFolder = DropFolderSettings(name: "in", folder: root.file("in"))
        dropFolder.output = root.file("out")
        dropFolder.failed = root.file("failed")
        dropFolder.done = root.file("done")
        dropFolder.settle = 0
        dropFolder.rescan = 3600
        dropFolder.backoff = 3600
        change(&dropFolder)
        return dropFolder
    }

    func settings(_ dropFolders: [DropFolderSettings], jobs: Int = 1) -> Settings {
        Settings(
            model: "tiny", labels: nil, state: root.file("state"),
            engine: EngineSettings(threads: 1, memory: .fast, jobs: jobs, frameMemory: nil),
            http: HTTPSettings(isEnabled: false, address: "127.0.0.1", port: 0, tokenFile: nil, largestUpload: 1),
            logging: LoggingSettings(level: .info, format: .text), dropFolders: dropFolders, cameras: [])
    }

    /// Puts a clip into a folder by renaming, so that it appears complete.
    func drop(_ name: String, frames: Int = 12, seed: Int = 0, into folder: String = "in") throws {
        let hidden = root.file("\(folder)/.\(name).part.\((name as NSString).pathExtension)")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=64x48:r=25", "-vf", "hue=h=\(seed * 30)", "-frames:v", "\(frames)",
            hidden,
        ])
        try FileManager.default.moveItem(atPath: hidden, toPath: root.file("\(folder)/\(name)"))
    }

    /// Ingests a file as its drop folder would, while no daemon runs.
    @discardableResult func ingest(
        _ name: String, of dropFolder: DropFolderSettings, contents: ContentRegistry = ContentRegistry(),
        mayBeIncomplete: Bool = false
    ) async throws -> FileIngest.Outcome {
        let fileIngest = FileIngest(
            store: store, modelHash: model.description.sha256,
            sources: JobSource(contents: contents, dropFolders: DropFolderRegistry([dropFolder])))
        let file = try #require(DroppedFile(folder: try HeldFolder(dropFolder.folder), name: name))
        return try await fileIngest.ingest(file, of: dropFolder, mayBeIncomplete: mayBeIncomplete)
    }

    /// Ingests a file that is expected to become a new job.
    @discardableResult func admit(_ name: String, of dropFolder: DropFolderSettings) async throws -> Job {
        let outcome = try await ingest(name, of: dropFolder)
        guard case .admitted(.new(let job)) = outcome else { throw NotTaken(outcome: outcome) }
        return job
    }

    struct NotTaken: Error {
        var outcome: FileIngest.Outcome
    }

    /// Runs the daemon's recovery, as before its first job.
    ///
    /// - Parameter memoryKills: the kernel's counts when the daemon starts.
    func recovery(_ settings: Settings, memoryKills: MemoryKills.Counts = [:]) throws -> JobRecovery {
        try services(settings, memoryKills: memoryKills).runner.recovery
    }

    private func services(_ settings: Settings, memoryKills: MemoryKills.Counts = [:]) throws -> DaemonServices {
        let crash = try CrashNote(state: settings.state) { _ in }
        let memory = MemoryKills(state: settings.state, counts: memoryKills)
        return DaemonServices(
            settings: settings, store: store, crash: crash, memory: memory, model: model, log: log)
    }

    /// Runs `body` with the daemon, then stops the daemon like SIGTERM and waits for its end.
    func running(
        _ settings: Settings, _ body: (DaemonServices) async throws -> Void
    ) async throws {
        let services = try services(settings)
        var all: [any Service] = [services.events, services.runner, services.supervisor]
        if let mqtt = services.mqtt { all.insert(mqtt, at: 0) }
        let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: all, logger: log))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body(services)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// Waits until the ledger's jobs satisfy `isSo`, and returns them, oldest first.
    @discardableResult func jobs(_ isSo: @Sendable ([Job]) -> Bool) async throws -> [Job] {
        let changes = store.changes()
        var iterator = changes.makeAsyncIterator()
        while true {
            let jobs = Array(try await store { ledger throws(LedgerError) in try ledger.jobs() }.reversed())
            if isSo(jobs) { return jobs }
            guard await iterator.next() != nil else { throw CancellationError() }
        }
    }

    /// Waits until there are `count` jobs and all are in `state`.
    @discardableResult func jobs(_ count: Int, _ state: JobState) async throws -> [Job] {
        try await jobs { $0.count == count && $0.allSatisfy { $0.state == state } }
    }
}
