import Concurrency
import Foundation
import Logging
import Pipeline
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration

@Suite("Camera supervisor", .hangLimit) struct CameraSupervisorTests {
    /// Connections that last until they are asked to end, with a log of their starts and ends.
    private final class Journal: Sendable {
        private let all = Mutex<[String]>([])
        /// Connections that take long to end: each ends once its latch is open.
        private let held = Mutex<[String: Latch]>([:])
        private let events: AsyncStream<String>
        private let event: AsyncStream<String>.Continuation

        init() {
            (events, event) = AsyncStream.makeStream(of: String.self)
        }

        var lines: [String] { all.withLock { $0 } }

        func add(_ line: String) {
            all.withLock { $0.append(line) }
            event.yield(line)
        }

        func wait(for line: String) async {
            if lines.contains(line) { return }
            for await event in events where event == line { return }
        }

        func hold(_ name: String) { held.withLock { $0[name] = Latch() } }

        func release(_ name: String) { held.withLock { $0.removeValue(forKey: name) }?.open() }

        func connect(_ entry: CameraHandle, _ stop: StopRequest) async {
            let lag = NumberText.short(entry.settings.lag)
            add("\(entry.settings.name) lag \(lag) begins")
            entry.report.update { $0.framesIn += 1 }
            // The request cannot wake a waiting thread, and many tasks that yield would take the processor from others.
            try? await DedicatedThread.run(name: "connection", onCancel: {}) {
                while !stop.shouldFinishSoon, !stop.abort.isCancelled { usleep(5000) }
            }
            await held.withLock { $0[entry.settings.name] }?.wait()
            add("\(entry.settings.name) lag \(lag) ends")
        }
    }

    /// Cameras that are configured after the one under test. Once they have begun, it would have begun too if it did not
    /// wait for another one.
    private static let others = (0..<8).map { CameraSettings.sample("other\($0)") }

    private func waitForOthers(_ journal: Journal) async {
        for camera in Self.others { await journal.wait(for: "\(camera.name) lag 2 begins") }
    }

    private func running(
        _ cameras: [CameraSettings], _ body: (CameraSupervisor, Journal) async throws -> Void
    ) async throws {
        let journal = Journal()
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let supervisor = CameraSupervisor(cameras, registry: CameraRegistry()) { settings in
            let entry = CameraHandle(settings)
            return Camera(
                entry: entry, connect: { _, stop in await journal.connect(entry, stop) }, log: log,
                clock: ContinuousClock())
        }
        let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: [supervisor], logger: log))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body(supervisor, journal)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(journal.lines.count { $0.hasSuffix("begins") } == journal.lines.count { $0.hasSuffix("ends") })
    }

    @Test func aReloadRestartsOnlyWhatChanged() async throws {
        let (gate, yard) = (CameraSettings.sample("gate"), CameraSettings.sample("yard"))
        try await running([gate, yard]) { supervisor, journal in
            await journal.wait(for: "gate lag 2 begins")
            await journal.wait(for: "yard lag 2 begins")
            let before = supervisor.identities
            #expect(supervisor.registry.all.map(\.settings.name) == ["gate", "yard"])
            var changed = yard
            changed.lag = 3
            journal.hold("yard")
            supervisor.replace([gate, changed] + Self.others)
            await waitForOthers(journal)
            #expect(!journal.lines.contains("yard lag 3 begins"))
            journal.release("yard")
            await journal.wait(for: "yard lag 3 begins")
            #expect(supervisor.identities["gate"] == before["gate"])
            #expect(supervisor.identities["yard"] != before["yard"])
            #expect(supervisor.registry["yard"]?.settings.lag == 3)
            // One after the other, since the camera may accept only one connection.
            #expect(journal.lines.suffix(2) == ["yard lag 2 ends", "yard lag 3 begins"])
            #expect(!journal.lines.contains("gate lag 2 ends"))
        }
    }

    @Test func removedCamerasStopAndAddedOnesStart() async throws {
        let (gate, yard) = (CameraSettings.sample("gate"), CameraSettings.sample("yard"))
        try await running([gate]) { supervisor, journal in
            await journal.wait(for: "gate lag 2 begins")
            supervisor.replace([yard])
            await journal.wait(for: "gate lag 2 ends")
            await journal.wait(for: "yard lag 2 begins")
            #expect(supervisor.registry["gate"] == nil)
            #expect(supervisor.registry.all.count == 1)
            supervisor.replace([])
            await journal.wait(for: "yard lag 2 ends")
            #expect(supervisor.registry.all.isEmpty)
        }
    }

    /// A folder has one writer, whatever the names of the cameras.
    @Test func aRenamedCameraWaitsForTheOldOne() async throws {
        let old = CameraSettings.sample("old") { $0.segments = "/s" }
        let new = CameraSettings.sample("new") { $0.segments = "/s" }
        try await running([old]) { supervisor, journal in
            await journal.wait(for: "old lag 2 begins")
            journal.hold("old")
            supervisor.replace([new] + Self.others)
            await waitForOthers(journal)
            #expect(!journal.lines.contains("new lag 2 begins"))
            journal.release("old")
            await journal.wait(for: "new lag 2 begins")
            #expect(journal.lines.suffix(2) == ["old lag 2 ends", "new lag 2 begins"])
        }
    }

    @Test func manyReloadsInARowEndWithTheLast() async throws {
        try await running([.sample("gate")]) { supervisor, journal in
            await journal.wait(for: "gate lag 2 begins")
            for lag in 3...20 { supervisor.replace([.sample("gate") { $0.lag = Double(lag) }]) }
            await journal.wait(for: "gate lag 20 begins")
            #expect(supervisor.identities.count == 1)
        }
    }

    @Test func noCameras() async throws {
        try await running([]) { supervisor, _ in #expect(supervisor.registry.all.isEmpty) }
    }
}
