import Files
import Foundation
import Logging
import Pipeline
import ServiceLifecycle
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import Events

@Suite(.hangLimit) struct EventSinkTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func lines(_ name: String) throws -> [String] {
        String(decoding: try folder.bytes(of: name), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    // MARK: The file

    @Test func everyEventIsALineOfTheFile() async throws {
        try folder.write(Array("before\n".utf8), to: "events")
        let file = EventFile<CameraEvent>(path: folder.file("events"))
        for number in 1...3 { try await file.deliver(.sample(number)) }
        #expect(try lines("events").dropFirst().map { Array($0.utf8) } == (1...3).map { CameraEvent.sample($0).json() })
    }

    @Test func aRotatedOrRemovedFileIsCreatedAgain() async throws {
        let file = EventFile<CameraEvent>(path: folder.file("events"))
        try await file.deliver(.sample(1))
        try FileManager.default.moveItem(atPath: folder.file("events"), toPath: folder.file("events.1"))
        try folder.write([], to: "events")
        try await file.deliver(.sample(2))
        #expect(try lines("events.1").count == 1 && lines("events").count == 1)
        try FileManager.default.removeItem(atPath: folder.file("events"))
        try await file.deliver(.sample(3))
        #expect(try lines("events").first.map { Array($0.utf8) } == CameraEvent.sample(3).json())
    }

    @Test func whatIsNoFileIsNamed() async throws {
        #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
        for path in [folder.file("pipe"), "/dev/full", folder.path, folder.file("none/events")] {
            let error = await #expect(throws: FileError.self) {
                try await EventFile<CameraEvent>(path: path).deliver(.sample())
            }
            #expect(error?.path == path)
        }
    }

    // MARK: The still

    @Test func theStillIsTheNextImage() async throws {
        let preview = LivePreview(rate: 5)
        let stills = EventStills(preview: preview, clock: HandClock())
        preview.publish(PreviewImage(jpeg: [1], wallClock: 1))
        let taken = Task { try await stills.deliver(.sample(still: folder.file("a.jpg"))) }
        while preview.viewerCount == 0 { await Task.yield() }
        preview.publish(PreviewImage(jpeg: [2, 3], wallClock: 2))
        try await taken.value
        #expect(try folder.bytes(of: "a.jpg") == [2, 3])
        // The end of an event has no still.
        try await stills.deliver(.sample(state: .ended, still: folder.file("b.jpg")))
        #expect(try folder.listing() == ["a.jpg"])
    }

    @Test func withoutAnImageThereIsNoStill() async throws {
        let clock = HandClock()
        let stills = EventStills(preview: LivePreview(rate: 5), clock: clock)
        let taken = Task { try await stills.deliver(.sample(still: folder.file("a.jpg"))) }
        #expect(await clock.sleeper() == EventStills.timeout)
        clock.advance(by: EventStills.timeout)
        await #expect(throws: (any Error).self) { try await taken.value }
        #expect(try folder.listing() == [])
    }

    // MARK: Dispatching

    /// Accepts events when a test allows it.
    private final class SlowSink: EventSink {
        let name = "slow"
        let capacity = 3
        private let permits = AsyncStream.makeStream(of: Void.self)
        private let state = Mutex<[Int]>([])
        let arrivals = AsyncStream.makeStream(of: Int.self)

        func deliver(_ event: CameraEvent) async throws {
            arrivals.continuation.yield(event.connection)
            var iterator = permits.stream.makeAsyncIterator()
            guard await iterator.next() != nil else { throw CancellationError() }
            state.withLock { $0.append(event.connection) }
        }

        func release(_ count: Int) {
            for _ in 0..<count { permits.continuation.yield() }
        }

        var taken: [Int] { state.withLock { $0 } }
    }

    private static func event(_ number: Int) -> CameraEvent {
        var event = CameraEvent.sample(number)
        event.connection = number
        return event
    }

    @Test func aSlowSinkLosesTheOldestAndDelaysNoOther() async throws {
        let (slow, file) = (SlowSink(), EventFile<CameraEvent>(path: folder.file("events")))
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let dispatcher = EventDispatcher<CameraEvent>(
            sinks: [slow, file], warnings: RepeatedWarnings(logger: log), clock: HandClock())
        let group = ServiceGroup(services: [dispatcher], logger: log)
        let running = Task { try await group.run() }
        dispatcher.add(Self.event(1))
        var arrivals = slow.arrivals.stream.makeAsyncIterator()
        #expect(await arrivals.next() == 1)
        for number in 2...6 { dispatcher.add(Self.event(number)) }
        #expect(dispatcher.lost == 2)
        slow.release(4)
        for expected in 4...6 { #expect(await arrivals.next() == expected) }
        // Events that wait at the end are still delivered.
        await group.triggerGracefulShutdown()
        try await running.value
        #expect(slow.taken == [1, 4, 5, 6])
        #expect(try lines("events").count == 6)
    }

    @Test func undeliverableEventsAreDroppedWhenTheDaemonStops() async throws {
        let (slow, clock) = (SlowSink(), HandClock())
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let dispatcher = EventDispatcher<CameraEvent>(
            sinks: [slow], warnings: RepeatedWarnings(logger: log), clock: clock)
        let group = ServiceGroup(services: [dispatcher], logger: log)
        let running = Task { try await group.run() }
        dispatcher.add(Self.event(1))
        var arrivals = slow.arrivals.stream.makeAsyncIterator()
        #expect(await arrivals.next() == 1)
        await group.triggerGracefulShutdown()
        #expect(await clock.sleeper() == EventDispatcher<CameraEvent>.grace)
        clock.advance(by: EventDispatcher<CameraEvent>.grace)
        try await running.value
        #expect(dispatcher.lost == 1)
    }
}
