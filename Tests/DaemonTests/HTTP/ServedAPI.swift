import Foundation
import Jobs
import Logging
import Pipeline
import ServiceLifecycle
import Synchronization
import Telemetry
import TestSupport

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import HTTPAPI
@testable import JobService

/// The API on a free port of this machine, with its own ledger and a drop folder named "inbox".
final class ServedAPI: LoopbackClient {
    let folder: TemporaryDirectory
    let store: JobStore
    let running = RunningJobs()
    let registry: DropFolderRegistry
    let holds: HoldRegistry
    let port: Int
    let service: HTTPService
    private let group: ServiceGroup
    private let task: Task<Void, any Error>

    static let phoneToken = "the-phone-may-not-do-everything"
    static let modelHash = String(repeating: "m", count: 64)

    /// - Parameters:
    ///   - token: the contents of `http.token-file`.
    ///   - roles: the roles of a further token named "phone", whose value is `phoneToken`.
    init(
        token: String? = nil, largestUpload: Int = 1 << 20, limits: HTTPLimits = HTTPLimits(),
        clock: any Clock<Duration> = ContinuousClock(), metricsText: (@Sendable () -> String)? = nil,
        cameras: [CameraStatus] = [], roles: [TokenRole]? = nil, log: CollectedLog = CollectedLog()
    ) async throws {
        let folder = try TemporaryDirectory()
        self.folder = folder
        var limits = limits
        // With many parallel tests on a small machine, a client may take long to send its request after connecting.
        if limits.requestHead == HTTPLimits().requestHead { limits.requestHead = .seconds(600) }
        if limits.requestIdle == HTTPLimits().requestIdle { limits.requestIdle = .seconds(600) }
        try FileManager.default.createDirectory(atPath: folder.file("inbox"), withIntermediateDirectories: true)
        if let token { try folder.write(Array(token.utf8), to: "token") }
        if roles != nil { try folder.write(Array(Self.phoneToken.utf8), to: "phone") }
        store = try await JobStore.open(state: folder.path)
        let dropFolder = try await Self.settings(folder)
        registry = DropFolderRegistry(dropFolder)
        holds = HoldRegistry(dropFolders: registry, limits: HoldLimits(), stateFolder: folder.path)
        let rescans = RescanLog()
        self.rescanLog = rescans
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        service = try HTTPService(
            settings: HTTPSettings(
                isEnabled: true, address: "127.0.0.1", port: 0, tokenFile: token.map { _ in folder.file("token") },
                tokens: roles.map {
                    [TokenSettings(name: "phone", key: "http.tokens.phone.file", file: folder.file("phone"), roles: $0)]
                } ?? [],
                largestUpload: largestUpload),
            dependencies: HTTPDependencies(
                store: store, running: running, registry: registry, holdRegistry: holds, rescan: { rescans.add($0) },
                files: { [registry] name, file in try registry[name].map { try FileOutcomes().reports($0, file) } },
                model: ModelDescription(name: "tiny", form: "safetensors", sha256: Self.modelHash, classes: 2),
                labels: ["left", "right"], metricsText: metricsText, cameras: { cameras }, clock: clock,
                warnings: RepeatedWarnings(logger: log.logger), log: log.logger),
            limits: limits
        ) { found.yield($0) }
        let group = ServiceGroup(
            services: [service], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        self.group = group
        task = Task {
            defer { found.finish() }
            try await group.run()
        }
        var iterator = ports.makeAsyncIterator()
        guard let port = await iterator.next() else {
            try await task.value
            throw LoopbackConnection.Refused()
        }
        self.port = port
    }

    deinit {
        task.cancel()
    }

    private let rescanLog: RescanLog

    /// The drop folders that were asked to rescan.
    var rescanned: [String] { rescanLog.names }

    /// Stops the server like SIGTERM, and waits for its end.
    func stop() async throws {
        await group.triggerGracefulShutdown()
        try await task.value
    }

    private static func settings(_ folder: TemporaryDirectory) async throws -> [DropFolderSettings] {
        try folder.write(
            Array("folders: {inbox: {folder: \(folder.file("inbox"))}}\n".utf8), to: "config.yaml")
        return try await SettingsLoader(file: folder.file("config.yaml"), environment: [:]).load().dropFolders
    }
}

/// Records the drop folders that were asked to rescan.
private final class RescanLog: Sendable {
    private let all = Mutex<[String]>([])

    func add(_ name: String) { all.withLock { $0.append(name) } }
    var names: [String] { all.withLock { $0 } }
}
