import Foundation
import TestSupport
import Testing

@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService

@Suite struct FolderEventsTests {
    @Test func reportsMovedAndWrittenFiles() async throws {
        let (folder, elsewhere) = (try TemporaryDirectory(), try TemporaryDirectory())
        let (hints, continuation) = AsyncStream.makeStream(of: Set<String>.self)
        let events = try #require(FolderEvents(folder: folder.path) { continuation.yield($0) })
        var iterator = hints.makeAsyncIterator()

        try folder.write([1], to: "written.mp4")
        #expect(await iterator.next()?.contains("written.mp4") == false)

        try elsewhere.write([1], to: "moved.mp4")
        #expect(rename(elsewhere.file("moved.mp4"), folder.file("moved.mp4")) == 0)
        var movedIn: Set<String> = []
        while !movedIn.contains("moved.mp4"), let names = await iterator.next() { movedIn.formUnion(names) }
        #expect(movedIn == ["moved.mp4"])
        withExtendedLifetime(events) {}
    }

    @Test func reportsFilesInAddedSubfolders() async throws {
        let (folder, elsewhere) = (try TemporaryDirectory(), try TemporaryDirectory())
        let (hints, continuation) = AsyncStream.makeStream(of: Set<String>.self)
        let events = try #require(FolderEvents(folder: folder.path) { continuation.yield($0) })
        var iterator = hints.makeAsyncIterator()
        #expect(mkdir(folder.file("day"), 0o777) == 0 && symlink("day", folder.file("link")) == 0)
        #expect(await iterator.next() != nil)
        #expect(events.add("day") == true && events.add("day") == false)
        #expect(events.add("none") == nil && events.add("link") == nil)
        try elsewhere.write([1], to: "a.mp4")
        #expect(rename(elsewhere.file("a.mp4"), folder.file("day/a.mp4")) == 0)
        var movedIn: Set<String> = []
        while !movedIn.contains("day/a.mp4"), let names = await iterator.next() { movedIn.formUnion(names) }
        #expect(movedIn == ["day/a.mp4"])
        withExtendedLifetime(events) {}
    }

    @Test func aMissingFolderHasNoEvents() throws {
        #expect(FolderEvents(folder: try TemporaryDirectory().file("none")) { _ in } == nil)
    }
}
