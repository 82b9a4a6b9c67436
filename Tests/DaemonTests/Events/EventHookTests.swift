import Foundation
import Pipeline
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import Events

@Suite(.hangLimit) struct EventHookTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    /// Another process writes the executable: a child of this process that is just being started would hold it open for
    /// writing, and a file that is open for writing cannot be executed.
    private func hook(_ script: String, clock: any Clock<Duration> = ContinuousClock()) async throws -> EventHook<
        CameraEvent
    > {
        let text = try folder.write(Array("#!/bin/sh\n\(script)\n".utf8), to: "script")
        let path = folder.file("hook")
        let run = try await CommandRun.run("install", ["-m", "700", text, path])
        try #require(run.status == 0, "\(run.standardError)")
        return EventHook<CameraEvent>(path: path, searchPath: "/usr/bin:/bin", clock: clock)
    }

    @Test func theEventIsTheEnvironment() async throws {
        var event = CameraEvent.sample(still: "/clips/a.jpg")
        event.label = "two\nlines=\"$(x)\""
        try await hook("cat /proc/$$/environ > \(folder.file("environment"))").deliver(event)
        let text = String(decoding: try folder.bytes(of: "environment"), as: UTF8.self)
        let found = Dictionary(
            text.split(separator: "\0").map { line in
                let parts = line.split(separator: "=", maxSplits: 1)
                return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
            }
        ) { $1 }
        #expect(found == EventHook<CameraEvent>.environment(of: event, searchPath: "/usr/bin:/bin"))
        #expect(found["SALIENCYD_EVENT_KIND"] == "class" && found["SALIENCYD_EVENT_LABEL"] == event.label)
        #expect(found["SALIENCYD_EVENT_CLIP"] == nil && found["SALIENCYD_EVENT_STILL"] == "/clips/a.jpg")
    }

    /// The program inherits neither files nor signal settings of this process.
    @Test func itInheritsNothing() async throws {
        signal(SIGPIPE, SIG_IGN)
        let secret = open(try folder.write([1], to: "secret"), O_RDONLY)
        defer { close(secret) }
        try await hook(
            "ls -l /proc/$$/fd > \(folder.file("files")); exec grep Sig /proc/self/status > \(folder.file("signals"))"
        )
        .deliver(.sample())
        let files = String(decoding: try folder.bytes(of: "files"), as: UTF8.self)
        #expect(files.contains(" 0 -> /dev/null") && !files.contains("socket:") && !files.contains("pipe:"), "\(files)")
        #expect(!files.contains("secret"), "\(files)")
        let signals = String(decoding: try folder.bytes(of: "signals"), as: UTF8.self)
        // Two signals above 31 are reserved by the C library.
        let ignored = try #require(signals.firstMatch(of: /SigIgn:\t([0-9a-f]+)/)).1
        #expect(try #require(UInt64(ignored, radix: 16)) & 0x7FFF_FFFF == 0, "\(signals)")
        #expect(signals.contains("SigBlk:\t0000000000000000"), "\(signals)")
    }

    @Test(arguments: [("exit 3", "status 3"), ("kill -TERM $$", "signal 15")])
    func failuresAreReported(script: String, words: String) async throws {
        let hook = try await hook(script)
        let error = await #expect(throws: (any Error).self) { try await hook.deliver(.sample()) }
        #expect(error.map { "\($0)".contains(words) && "\($0)".contains(hook.path) } == true)
    }

    @Test func aProgramThatCannotBeRunIsNamed() async throws {
        for path in [folder.file("none"), folder.path] {
            let hook = EventHook<CameraEvent>(path: path, searchPath: "")
            let error = await #expect(throws: (any Error).self) { try await hook.deliver(.sample()) }
            #expect(error.map { "\($0)".contains("\(path) cannot be run") } == true)
        }
    }

    /// A pipe that all processes of a hook hold open: its end is reached when all of them have ended.
    private func pipe() -> (path: String, lines: AsyncStream<String>) {
        let path = folder.file("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        Thread.detachNewThread {
            guard let file = fopen(path, "re") else { return continuation.finish() }
            var line = [CChar](repeating: 0, count: 100)
            while fgets(&line, 100, file) != nil {
                continuation.yield(String(decoding: line.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self))
            }
            fclose(file)
            continuation.finish()
        }
        return (path, lines)
    }

    @Test func aSlowProgramIsKilledWithItsChildren() async throws {
        let clock = HandClock()
        let (path, lines) = pipe()
        let hook = try await hook("exec 3> \(path); sleep 1000 & echo started >&3; wait", clock: clock)
        let taken = Task { try await hook.deliver(.sample()) }
        var iterator = lines.makeAsyncIterator()
        #expect(await iterator.next() == "started\n")
        #expect(await clock.sleeper() == .seconds(60))
        clock.advance(by: .seconds(60))
        let error = await #expect(throws: (any Error).self) { try await taken.value }
        #expect(error.map { "\($0)".contains("was killed") } == true, "\(String(describing: error))")
        #expect(await iterator.next() == nil)
    }

    @Test func theProgramEndsWithTheDaemon() async throws {
        let (path, lines) = pipe()
        let hook = try await hook("exec 3> \(path); sleep 1000 & echo started >&3; wait")
        let task = Task { try await hook.deliver(.sample()) }
        var iterator = lines.makeAsyncIterator()
        #expect(await iterator.next() == "started\n")
        task.cancel()
        await #expect(throws: (any Error).self) { try await task.value }
        #expect(await iterator.next() == nil)
    }

    @Test func leftoverChildrenAreKilled() async throws {
        let (path, lines) = pipe()
        let hook = try await hook("exec 3> \(path); echo started >&3; sleep 1000 & exit 0")
        try await hook.deliver(.sample())
        var iterator = lines.makeAsyncIterator()
        #expect(await iterator.next() == "started\n")
        #expect(await iterator.next() == nil)
    }
}
