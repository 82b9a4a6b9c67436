import Foundation
import Logging
import Synchronization
import Testing

@testable import Telemetry

@Suite struct RepeatedWarningsTests {
    private final class Clock: Sendable {
        private let instant = Mutex(ContinuousClock.now)

        var now: ContinuousClock.Instant { instant.withLock { $0 } }

        func advance(_ seconds: Int) {
            instant.withLock { $0 += .seconds(seconds) }
        }
    }

    private let clock = Clock()
    private let writer = CollectingWriter()
    private let warnings: RepeatedWarnings

    init() {
        let (clock, writer) = (clock, writer)
        let logger = Logger(label: "a") {
            DaemonLogHandler(label: $0, format: .journal, writer: writer, environment: [:])
        }
        warnings = RepeatedWarnings(logger: logger, keyLimit: 3, now: { clock.now })
    }

    @Test func aRepetitionIsCounted() {
        for index in 0..<43 { warnings.warn("a", "late by \(index)", metadata: ["camera": "gate"]) }
        #expect(writer.lines == ["<4>late by 0 camera=gate\n"])
        clock.advance(59)
        warnings.flush(now: clock.now)
        #expect(writer.lines.count == 1)
        clock.advance(1)
        warnings.flush(now: clock.now)
        #expect(writer.lines.dropFirst() == ["<4>late by 0 … 42 more in 60 s camera=gate\n"])
    }

    @Test func theNextWarningOfAnyKindEndsAnInterval() {
        warnings.warn("a", "first")
        warnings.warn("a", "first")
        clock.advance(90)
        warnings.warn("b", "second")
        #expect(writer.lines == ["<4>first\n", "<4>first … 1 more in 90 s\n", "<4>second\n"])
    }

    @Test func ongoingWarningsAreReportedOncePerInterval() {
        for _ in 0..<300 {
            warnings.warn("a", "late")
            clock.advance(1)
        }
        warnings.flush(now: clock.now)
        #expect(
            writer.lines == [
                "<4>late\n", "<4>late … 59 more in 60 s\n", "<4>late … 60 more in 60 s\n",
                "<4>late … 60 more in 60 s\n",
                "<4>late … 60 more in 60 s\n", "<4>late … 60 more in 60 s\n",
            ])
    }

    @Test func aWarningThatStoppedIsNewAgain() {
        warnings.warn("a", "late by 1")
        clock.advance(60)
        warnings.warn("a", "late by 2")
        #expect(writer.lines == ["<4>late by 1\n", "<4>late by 2\n"])
    }

    @Test func keysAreBounded() {
        for index in 0..<1000 { warnings.warn("\(index)", "file \(index)") }
        #expect(writer.lines == ["<4>file 0\n", "<4>file 1\n", "<4>file 2\n", "<4>file 3\n"])
        clock.advance(60)
        warnings.flush(now: clock.now)
        #expect(writer.lines.dropFirst(4) == ["<4>warnings of other kinds … 996 more in 60 s\n"])
        // The keys that were not repeated have been removed.
        warnings.warn("new", "new")
        #expect(writer.lines.last == "<4>new\n")
    }

    @Test func flushingNothingWritesNothing() {
        warnings.flush(now: clock.now + .seconds(1000))
        #expect(writer.lines.isEmpty)
    }
}
