import Files
import Foundation
import Jobs
import Synchronization
import TestSupport
import Testing

@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService

@Suite("FileIngest", .hangLimit)
struct FileIngestTests {
    /// Of a file that does not open as video yet, only the beginning is read.
    @Test func onlyAdmittedFilesAreReadCompletely() async throws {
        let daemon = try await DaemonHarness()
        try daemon.root.write(Array("not a video".utf8), to: "in/junk.mp4")
        let (dropFolder, contents) = (daemon.dropFolder(), ContentRegistry(now: { .distantFuture }))
        guard
            case .incomplete = try await daemon.ingest(
                "junk.mp4", of: dropFolder, contents: contents, mayBeIncomplete: true)
        else {
            Issue.record("taken")
            return
        }
        let held = try #require(try HeldFolder(dropFolder.folder).file("junk.mp4"))
        #expect(contents.known(held) == nil)
        guard case .admitted(.new(let job)) = try await daemon.ingest("junk.mp4", of: dropFolder, contents: contents)
        else {
            Issue.record("not taken")
            return
        }
        #expect(contents.known(held) == job.key.content)
    }

    @Test func anUnchangedFileIsReadOnce() throws {
        let folder = try TemporaryDirectory()
        try folder.write([1, 2, 3], to: "a")
        let contents = ContentRegistry(now: { .distantFuture })
        func read() throws -> (content: String, isRead: Bool) {
            let file = try #require(try HeldFolder(folder.path).file("a"))
            let isRead = Mutex(false)
            let content = try contents.content(of: file) {
                isRead.withLock { $0 = true }
                return false
            }
            return (content, isRead.withLock { $0 })
        }
        let first = try read()
        #expect(first.isRead && contents.location(of: first.content) == folder.file("a"))
        let again = try read()
        #expect(again.content == first.content && !again.isRead)
        try folder.write([1, 2, 4], to: "a")
        let second = try read()
        #expect(second.isRead && second.content != first.content)
    }

    /// A change within the granularity of the file system's time stamps would not be visible in the stamp.
    @Test func aRecentlyChangedFileIsReadAgain() throws {
        let folder = try TemporaryDirectory()
        try folder.write([1], to: "a")
        let file = try #require(try HeldFolder(folder.path).file("a"))
        let changed = Date(timeIntervalSince1970: Double(file.stamp.changedNanoseconds) / 1e9)
        let contents = ContentRegistry(now: { changed })
        let content = try contents.content(of: file) { false }
        #expect(contents.known(file) == nil)
        #expect(contents.location(of: content) == folder.file("a"))
    }

    @Test func theOldestContentIsForgotten() throws {
        let folder = try TemporaryDirectory()
        let contents = ContentRegistry(capacity: 2, now: { .distantFuture })
        let files = try (0..<3).map { number in
            try folder.write([UInt8(number)], to: "\(number)")
            return try #require(try HeldFolder(folder.path).file("\(number)"))
        }
        let hashes = try files.map { file in try contents.content(of: file) { false } }
        #expect(files.map { contents.known($0) != nil } == [false, true, true])
        #expect(hashes.map { contents.location(of: $0) != nil } == [false, true, true])
    }

    @Test func parallelIngestsAreLimitedAndUnique() {
        var dropFolder = DropFolderSettings.sample("/in")
        dropFolder.settle = 0
        var scan = FolderScanState(dropFolder: dropFolder)
        let files = (0..<5).map { number in
            DroppedFile(
                name: "\(number)",
                stamp: FileStamp(
                    device: 1, inode: UInt64(number), size: 1, modifiedNanoseconds: 0, changedNanoseconds: 0))
        }
        scan.observe(files, movedIn: [])
        let begun = (0..<5).map { _ in scan.begin(atMost: 2)?.file.name }
        #expect(begun == ["0", "1", nil, nil, nil])
        // Another scan returns none of them again.
        scan.observe(files, movedIn: [])
        scan.end(files[0], .done)
        #expect(scan.begin(atMost: 2)?.file.name == "2")
        scan.end(files[1], .later(.seconds(3600)))
        scan.observe(files, movedIn: [])
        #expect((0..<5).map { _ in scan.begin(atMost: 9)?.file.name } == ["3", "4", nil, nil, nil])
    }
}
