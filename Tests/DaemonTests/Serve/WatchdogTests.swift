import Concurrency
import Foundation
import Pipeline
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService
@testable import Telemetry

/// A window that takes longer than systemd's watchdog interval: the daemon makes progress and reports it.
@Suite("The watchdog and long windows", .tags(.live), .serialized, .oneSuiteAtATime, .hangLimit)
struct WatchdogTests {
    /// Advances the clock by this many seconds.
    private func pass(_ seconds: Double, on clock: HandClock) async {
        var passed = Duration.zero
        while passed < .seconds(seconds), let wait = await clock.sleeper() {
            clock.advance(by: wait)
            passed += wait
        }
    }

    @Test("With passes of 25 s in a window of five minutes, the watchdog is fed at every pass")
    func slowMethod() async throws {
        let daemon = try await DaemonHarness()
        let socket = try WatchdogSocket(daemon.root.file("notify"))
        let clock = HandClock()
        let notifier = SystemdNotifier(environment: ["NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "120000000"])
        let dropFolder = daemon.dropFolder {
            $0.annotation.saliency = SaliencyRequest(method: .integratedGradients, smoothSamples: 25, steps: 25)
        }
        try await daemon.running(daemon.settings([dropFolder])) { services in
            let status = StatusService(
                store: daemon.store, running: services.running, dropFolders: services.registry, holds: services.holds,
                cameras: services.cameras.registry, notifier: notifier, warnings: services.warnings, clock: clock)
            let engine = HeldEngine(services.runner.execution.scheduler)
            try await engine.hold()
            let looks = Task { try await status.run() }
            try daemon.drop("a.mp4", frames: 8)
            try await daemon.jobs(1, .running)
            for pass in 0..<12 {
                _ = socket.messages()
                let before = services.running.steps
                engine.letGo()
                while services.running.steps == before { await Task.yield() }
                #expect(services.running.all.first?.progress?.windows ?? 0 == 0, "pass \(pass)")
                try await engine.hold()
                await self.pass(25, on: clock)
                #expect(socket.messages().contains("WATCHDOG=1"), "pass \(pass)")
            }
            // Without progress it is not fed.
            _ = socket.messages()
            await self.pass(25, on: clock)
            #expect(!socket.messages().contains("WATCHDOG=1"))
            engine.letGo()
            looks.cancel()
            // Its sleep depends on the clock.
            _ = await looks.result
        }
    }

    /// With the machine's clock, through the command: a window of minutes, and a watchdog interval of two seconds.
    @Test("The command feeds systemd's watchdog while it computes one window")
    func command() async throws {
        let folder = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: folder.file("in"), withIntermediateDirectories: false)
        let yaml = """
            state: \(folder.file("state"))
            http: {enabled: false}
            folders:
              in: {folder: \(folder.file("in")), settle: 0, method: integrated-gradients, steps: 1000, smooth: 100}
            """
        try folder.write(Array(yaml.utf8), to: "saliencyd.yaml")
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1", folder.file("in/clip.mp4")])
        let socket = try WatchdogSocket(folder.file("notify"), timeout: HangLimit.wait)
        let daemon = try RunningCommand(
            CommandRun.builtCommand, ["serve", "--config", folder.file("saliencyd.yaml")],
            environment: ["NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "2000000"])
        #expect(await daemon.waitForStandardError(containing: "job begins"))
        let isFed = try await DedicatedThread.run(name: "systemd", onCancel: {}) {
            var times: [ContinuousClock.Instant] = []
            // The updates are half a second apart, so this is longer than the watchdog interval.
            while times.count < 8, let message = socket.message() {
                if message == "WATCHDOG=1" { times.append(.now) }
            }
            return times.count == 8
        }
        #expect(isFed)
        daemon.send(SIGTERM)
        let run = await daemon.end()
        #expect(run.status == 0, "\(run.standardError)")
        #expect(run.standardError.contains("goes back to the queue"), "\(run.standardError)")
    }
}
