import Media
import Pipeline
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration

@Suite("One camera's connections", .hangLimit) struct CameraTests {
    private let clock = HandClock()
    private let log = CollectedLog()
    private let connections = ScriptedConnections()
    private let camera: Camera

    private static let refused = MediaError(
        .cannotOpen, "cannot be opened", underlyingCode: -111, file: "rtsp://admin:hunter2@gate.example/live")

    init() {
        let connections = connections
        camera = Camera(
            entry: CameraHandle(.sample(), clock: clock), connect: { try await connections.connect($0, $1) },
            log: log.logger, clock: clock, backoff: ReconnectBackoff(generator: SeededGenerator(seed: 5)))
    }

    /// Lets this many frames arrive and be drawn, and the camera record a sample.
    private func sample(frames: UInt64, areDrawn: Bool = true) async {
        camera.entry.report.update { statistics in
            statistics.isConnected = true
            statistics.framesIn += frames
            if areDrawn { statistics.framesDrawn += frames }
        }
        clock.advance(by: .seconds(ConnectionHistory.interval))
        // The camera has recorded the sample and sleeps again.
        #expect(await clock.sleeper() == .seconds(ConnectionHistory.interval))
    }

    /// Waits for a connection that is being sampled.
    private func connected() async throws -> ScriptedConnections.Begun {
        let begun = try await connections.next()
        #expect(await clock.sleeper() == .seconds(ConnectionHistory.interval))
        return begun
    }

    /// Lets the camera wait for exactly this many seconds.
    private func pass(_ delay: Double, _ round: Int) async {
        var rest = delay
        while rest > 0 {
            let step = min(rest, ConnectionHistory.interval)
            let slept = await clock.sleeper()
            #expect(slept == .seconds(step), "round \(round)")
            clock.advance(by: .seconds(step))
            rest -= step
        }
    }

    @Test func waitsGrowAndResetAfterAStableConnection() async throws {
        var expected = ReconnectBackoff(generator: SeededGenerator(seed: 5))
        let run = Task { await camera.run() }
        var connection = 0
        func fail(samples: Int = 0) async throws {
            connection += 1
            #expect(try await connected().connection == connection)
            #expect(camera.entry.report.snapshot.connection == connection)
            for _ in 0..<samples { await sample(frames: 50) }
            connections.end(Self.refused)
            if samples > 31 { expected.reset() }
            await pass(expected.delay(), connection)
        }
        for _ in 0..<9 { try await fail() }
        // A connection with exactly 60 s of frames is not stable.
        try await fail(samples: 31)
        try await fail()
        try await fail(samples: 32)
        try await fail()
        connection += 1
        #expect(try await connected().connection == connection)
        #expect(camera.entry.connections.reconnects == 1)
        camera.stop()
        connections.end()
        await run.value
    }

    @Test func aRejectedPasswordIsNotTriedAgainSoon() async throws {
        let run = Task { await camera.run() }
        for connection in 1...3 {
            #expect(try await connected().connection == connection)
            connections.end(MediaError(.accessDenied, "the user or the password is refused (401); check both"))
            await pass(ReconnectBackoff.longest, connection)
        }
        _ = try await connected()
        camera.stop()
        connections.end()
        await run.value
        #expect(log.lines.first == "warning: gate: disconnected: the user or the password is refused (401); check both")
    }

    /// Simulates an hour in less than a second.
    @Test func anHourOfOutageIsALinePerMinute() async throws {
        let run = Task { await camera.run() }
        var expected = ReconnectBackoff(generator: SeededGenerator(seed: 5))
        var tries = 0
        while clock.now.offset < .seconds(3600) {
            tries += 1
            #expect(try await connected().connection == tries)
            connections.end(Self.refused)
            await pass(expected.delay(), tries)
        }
        _ = try await connected()
        camera.stop()
        connections.end()
        await run.value
        #expect((60...200).contains(tries))
        #expect((30...61).contains(log.lines.count), "\(log.lines.count) lines")
        #expect(log.lines.first == "warning: gate: disconnected: cannot be opened (Connection refused)")
        #expect(log.lines.dropFirst().allSatisfy { $0.hasSuffix("; last: cannot be opened (Connection refused)") })
        #expect(
            log.lines.last?.contains(/disconnected for (58|59|60) min, [0-9]+ tries;/) == true,
            "\(log.lines.suffix(1))")
        #expect(!log.lines.joined().contains("hunter2"))
    }

    @Test func theReturnIsLogged() async throws {
        let run = Task { await camera.run() }
        var expected = ReconnectBackoff(generator: SeededGenerator(seed: 5))
        _ = try await connected()
        #expect(camera.entry.health().state == .starting)
        await sample(frames: 1)
        #expect(log.lines == ["notice: gate: frames arrive"])
        #expect(camera.entry.health().state == .up)
        connections.end()
        await pass(expected.delay(), 1)
        _ = try await connected()
        #expect(
            camera.entry.health() == .init(state: .down, reason: "disconnected for 0 s: the sender ended the stream"))
        #expect(!camera.entry.connections.isUp && !camera.entry.report.snapshot.isConnected)
        await sample(frames: 1)
        #expect(
            log.lines.dropFirst() == [
                "warning: gate: disconnected: the sender ended the stream",
                "notice: gate: back after 2 s, connection 2",
            ])
        camera.stop()
        connections.end()
        await run.value
        #expect(log.lines.count == 3)
    }

    @Test func aUselessConnectionIsLoggedOnce() async throws {
        let run = Task { await camera.run() }
        _ = try await connected()
        await sample(frames: 50)
        for _ in 0..<60 { await sample(frames: 50, areDrawn: false) }
        #expect(camera.entry.health().reason == "frames arrive, but none was drawn for 2 min")
        #expect(camera.entry.health().state == .down && !camera.entry.isUp)
        await sample(frames: 50)
        #expect(camera.entry.isUp)
        #expect(
            log.lines == [
                "notice: gate: frames arrive", "warning: gate: down: frames arrive, but none was drawn for 30 s",
                "notice: gate: works again",
            ])
        camera.stop()
        connections.end()
        await run.value
    }

    @Test func stopsDuringAWait() async throws {
        let run = Task { await camera.run() }
        _ = try await connected()
        connections.end(Self.refused)
        _ = await clock.sleeper()
        camera.stop()
        await run.value
        await camera.ended()
    }

    @Test func stopsBeforeItsStart() async {
        camera.stop()
        await camera.run()
        #expect(camera.entry.report.snapshot.connection == 0)
        #expect(log.lines.isEmpty)
    }

    @Test func aConnectionIsAbortedOnlyAfterTheGracePeriod() async throws {
        let run = Task { await camera.run() }
        let begun = try await connected()
        await sample(frames: 1)
        camera.stop()
        #expect(await clock.sleeper() == .seconds(15))
        #expect(begun.stop.shouldFinishSoon)
        #expect(!begun.stop.abort.isCancelled)
        clock.advance(by: .seconds(15))
        while !begun.stop.abort.isCancelled { await Task.yield() }
        connections.end(CancellationError())
        await run.value
        #expect(log.lines == ["notice: gate: frames arrive"])
    }

    @Test func abortEndsAConnectionImmediately() async throws {
        let run = Task { await camera.run() }
        let begun = try await connected()
        await sample(frames: 1)
        camera.abort()
        #expect(begun.stop.abort.isCancelled)
        connections.end(CancellationError())
        await run.value
    }

    @Test func aConnectionWithoutFramesHasNothingToFinish() async throws {
        let run = Task { await camera.run() }
        let begun = try await connected()
        camera.stop()
        while !begun.stop.abort.isCancelled { await Task.yield() }
        connections.end(CancellationError())
        await run.value
        #expect(log.lines.isEmpty)
    }

    @Test func aCancelledTaskEndsTheConnectionImmediately() async throws {
        let run = Task { await camera.run() }
        let begun = try await connected()
        run.cancel()
        await run.value
        #expect(begun.stop.abort.isCancelled)
    }

    @Test func viewersAreDisconnectedAtTheEnd() async throws {
        let frames = camera.entry.preview.images()
        #expect(camera.entry.preview.viewerCount == 1)
        camera.stop()
        await camera.run()
        for await _ in frames { Issue.record("there is no frame") }
        #expect(camera.entry.preview.viewerCount == 0)
    }

    /// For the watchdog: a connection that hangs beyond all deadlines stops counting, a disconnected camera does not.
    @Test func stepsGrowUnlessAConnectionHangs() async throws {
        let run = Task { await camera.run() }
        let monitor = camera.entry.connections
        var expected = ReconnectBackoff(generator: SeededGenerator(seed: 5))
        for connection in 1...3 {
            _ = try await connected()
            connections.end(Self.refused)
            let before = monitor.steps
            await pass(expected.delay(), connection)
            _ = try await connected()
            #expect(monitor.steps > before)
            connections.end(Self.refused)
            await pass(expected.delay(), connection)
        }
        _ = try await connected()
        // 60 s and twice the time limit for opening.
        for _ in 0..<49 {
            let before = monitor.steps
            await sample(frames: 0)
            #expect(monitor.steps == before + 1)
        }
        let last = monitor.steps
        for _ in 0..<5 { await sample(frames: 0) }
        #expect(monitor.steps == last)
        await sample(frames: 1)
        #expect(monitor.steps == last + 1)
        camera.stop()
        connections.end()
        await run.value
    }
}
