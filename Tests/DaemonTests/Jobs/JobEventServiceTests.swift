import Foundation
import Jobs
import Logging
import ServiceLifecycle
import Telemetry
import TestSupport
import Testing

@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService

/// Delivery of job events by a daemon.
@Suite(.hangLimit) struct JobEventServiceTests {
    private func lines(_ daemon: DaemonHarness, _ name: String = "events") throws -> [[String: Any]] {
        try String(decoding: daemon.root.bytes(of: name), as: UTF8.self).split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    private func script(_ daemon: DaemonHarness, _ text: String) async throws -> String {
        let written = try daemon.root.write(Array("#!/bin/sh\n\(text)\n".utf8), to: "script")
        let run = try await CommandRun.run("install", ["-m", "700", written, daemon.root.file("hook")])
        try #require(run.status == 0, "\(run.standardError)")
        return daemon.root.file("hook")
    }

    @Test func allSinksGetThePresentPathOfTheSource() async throws {
        let daemon = try await DaemonHarness()
        let server = try HTTPServer()
        server.serve("/jobs", [], .status(204))
        let hook = try await script(
            daemon, #"echo "$SALIENCYD_EVENT_STATE $SALIENCYD_EVENT_SOURCE" >> \#(daemon.root.file("told"))"#)
        let dropFolder = daemon.dropFolder {
            $0.source = .move
            $0.events.file = daemon.root.file("events")
            $0.events.webhook = SecretAddress("http://127.0.0.1:\(server.port)/jobs")
            $0.events.hook = hook
        }
        try daemon.drop("a.mp4")
        try daemon.root.write(Array("no video at all".utf8), to: "in/b.mp4")
        try await daemon.running(daemon.settings([dropFolder])) { _ in
            try await daemon.jobs { jobs in
                Set(jobs.map(\.state)) == [.done, .failed]
                    && jobs.allSatisfy { !$0.source.hasPrefix(dropFolder.folder) }
            }
            // When it stops, the daemon delivers only what takes a few seconds.
            let isDelivered = await FolderWait.until(daemon.root.path) {
                ["events", "told"].allSatisfy { name in
                    ((try? daemon.root.bytes(of: name)) ?? []).count { $0 == UInt8(ascii: "\n") } >= 2
                }
            }
            #expect(isDelivered)
            while server.requests.count < 2 { await Task.yield() }
        }
        let told = try lines(daemon)
        let done = try #require(told.first { $0["state"] as? String == "done" })
        let failed = try #require(told.first { $0["state"] as? String == "failed" })
        #expect(told.count == 2)
        #expect(done["source"] as? String == daemon.root.file("done/a.mp4"))
        #expect(done["output"] as? String == daemon.root.file("out/a.saliency.mp4"))
        #expect(done["length"] as? Double == 12.0 / 25 && done["label"] is String)
        #expect(failed["source"] as? String == daemon.root.file("failed/b.mp4") && failed["code"] is String)
        let bodies = try server.requests.map { try JSONSerialization.jsonObject(with: Data($0.body)) as? [String: Any] }
        #expect(Set(bodies.compactMap { $0?["state"] as? String }) == ["done", "failed"])
        let hooked = String(decoding: try daemon.root.bytes(of: "told"), as: UTF8.self).split(separator: "\n")
        #expect(
            Set(hooked) == [
                "done \(daemon.root.file("done/a.mp4"))", "failed \(daemon.root.file("failed/b.mp4"))",
            ])
    }

    /// The program runs until it is killed when the daemon stops.
    @Test func jobsDoNotWaitForSinks() async throws {
        let daemon = try await DaemonHarness()
        let hook = try await script(daemon, "echo x >> \(daemon.root.file("told")); exec tail -f /dev/null")
        let dropFolder = daemon.dropFolder { $0.events.hook = hook }
        for number in 1...3 { try daemon.drop("\(number).mp4", seed: number) }
        try await daemon.running(daemon.settings([dropFolder])) { _ in
            try await daemon.jobs(3, .done)
            // The first program was started and would end long after the jobs.
            #expect(await FolderWait.until(daemon.root.path) { daemon.listing("").contains("told") })
        }
    }

    @Test func onlySelectedStatesAreDelivered() async throws {
        let folder = try TemporaryDirectory()
        let daemon = try await DaemonHarness()
        var dropFolder = daemon.dropFolder { $0.events.states = [.quarantined] }
        dropFolder.events.file = folder.file("first")
        let registry = DropFolderRegistry([dropFolder])
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let store = JobEventService(dropFolders: registry, warnings: RepeatedWarnings(logger: log), clock: HandClock())
        let group = ServiceGroup(services: [store], logger: log)
        let running = Task { try await group.run() }
        for state in [JobState.done, .failed, .quarantined, .cancelled] { store.deliver(try JobEventTests.job(state)) }
        // A reload names another file; events from before go to the first one.
        dropFolder.events.file = folder.file("second")
        dropFolder.events.states = [.done]
        registry.replace([dropFolder])
        store.deliver(try JobEventTests.job(.done))
        registry.replace([])
        store.deliver(try JobEventTests.job(.done))
        await group.triggerGracefulShutdown()
        try await running.value
        func states(_ name: String) throws -> [String?] {
            try String(decoding: folder.bytes(of: name), as: UTF8.self).split(separator: "\n").map { line in
                (try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["state"] as? String
            }
        }
        #expect(try states("first") == ["quarantined"] && states("second") == ["done"])
        // After the daemon has stopped, nothing is delivered or kept.
        registry.replace([dropFolder])
        store.deliver(try JobEventTests.job(.done))
        #expect(try states("second") == ["done"])
    }
}
