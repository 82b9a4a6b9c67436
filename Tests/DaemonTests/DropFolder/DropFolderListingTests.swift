import Files
import Foundation
import TestSupport
import Testing

@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService

@Suite struct DropFolderListingTests {
    let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func dropFolder(_ path: String? = nil, _ change: (inout DropFolderSettings) -> Void = { _ in })
        -> DropFolderSettings
    {
        var dropFolder = DropFolderSettings.sample(path ?? folder.path)
        change(&dropFolder)
        return dropFolder
    }

    private func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
    }

    @Test func listsRegularFilesThatAreNotTemporary() throws {
        let taken = ["a.mp4", "b with blanks.MOV", "c", "ü.mkv", "part.mp4"]
        let passed = [
            ".hidden.mp4", "a.part", "A.PART", "b.mp4.tmp", "c.partial", "d.crdownload", "e.json", "e.vtt", "backup~",
            ".clip.1a2b.saliencyd-partial",
        ]
        for name in taken + passed { try folder.write([1], to: name) }
        try makeFolder("folder.mp4")
        try folder.write([1], to: "folder.mp4/inside.mp4")
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("link.mp4"), withDestinationPath: folder.file("a.mp4"))
        #expect(mkfifo(folder.file("pipe.mp4"), 0o600) == 0)
        let listing = try DropFolderListing(dropFolder(), keepsPassedOver: true)
        #expect(listing.files.map(\.name) == taken.sorted())
        #expect(listing.folders == [""])
        #expect(Set(listing.passedOver.map(\.name)) == Set(passed + ["folder.mp4", "link.mp4", "pipe.mp4"]))
        #expect(try DropFolderListing(dropFolder()).passedOver.isEmpty)
    }

    @Test func subfoldersAreListedIfConfigured() throws {
        for name in ["day/night", "raw", ".git", "elsewhere"] { try makeFolder(name) }
        for name in ["a.mp4", "day/b.mp4", "day/night/c.mp4", "day/n.txt", "raw/d.mp4", ".git/e.mp4"] {
            try folder.write([1], to: name)
        }
        #expect(symlink(folder.file("elsewhere"), folder.file("door")) == 0)
        try folder.write([1], to: "elsewhere/f.mp4")
        let listing = try DropFolderListing(
            dropFolder {
                $0.hasSubfolders = true
                $0.names = NamePatterns(include: ["*.mp4"], exclude: ["raw", "elsewhere"])
            }, keepsPassedOver: true)
        #expect(listing.files.map(\.name) == ["a.mp4", "day/b.mp4", "day/night/c.mp4"])
        #expect(listing.folders.sorted() == ["", "day", "day/night"])
        let reasons = Dictionary(uniqueKeysWithValues: listing.passedOver.map { ($0.name, $0.reason) })
        #expect(reasons.keys.sorted() == [".git", "day/n.txt", "door", "elsewhere", "raw"])
        #expect(reasons["door"]?.contains("link") == true && reasons["day/n.txt"]?.contains("include") == true)
    }

    /// Files that are not videos are skipped by their names alone.
    @Test func patternsSelectFiles() throws {
        for number in 0..<300 { try folder.write([1], to: "\(number).txt") }
        try folder.write([1], to: "clip.MP4")
        #expect(try DropFolderListing(dropFolder { $0.names.include = ["*.mp4"] }).files.map(\.name) == ["clip.MP4"])
        #expect(try DropFolderListing(dropFolder { $0.names.exclude = ["*.txt"] }).files.map(\.name) == ["clip.MP4"])
    }

    @Test func reportsExplainWhyAFileIsNotTaken() throws {
        try makeFolder("raw")
        for name in ["a.mp4", "notes.txt", "raw/b.mp4", ".c.mp4"] { try folder.write([1, 2], to: name) }
        let dropFolder = dropFolder { $0.names.exclude = ["*.txt"] }
        var outcomes = FileOutcomes()
        let waiting = try #require(try outcomes.reports(dropFolder, "a.mp4").first)
        #expect(waiting.state == .waiting && waiting.bytes == 2 && waiting.reason.contains("5.0 s"))
        let file = try #require(try DropFolderListing(dropFolder).files.first)
        outcomes.record(file, .job, "It is job 7.", job: 7)
        #expect(
            try outcomes.reports(dropFolder).map { "\($0.name) \($0.state.rawValue)" } == [
                ".c.mp4 passed_over", "a.mp4 job", "notes.txt passed_over", "raw passed_over",
            ])
        #expect(try outcomes.reports(dropFolder, "notes.txt").first?.reason == "It is not taken: `exclude` has *.txt.")
        #expect(try outcomes.reports(dropFolder, "raw/b.mp4").first?.reason.contains("subfolders: true") == true)
        #expect(try outcomes.reports(dropFolder, "none.mp4").isEmpty)
        // After a change it counts as another file.
        try folder.write([1, 2, 3], to: "a.mp4")
        #expect(try outcomes.reports(dropFolder, "a.mp4").first?.state == .waiting)
        outcomes.keep([])
        #expect(try outcomes.reports(dropFolder, "a.mp4").first?.job == nil)
    }

    @Test func aNameThatIsNotUTF8IsTaken() throws {
        let name: [CChar] = folder.path.utf8.map { CChar(bitPattern: $0) } + [0x2F, -1, -2, 0]
        let descriptor = open(name, O_CREAT | O_WRONLY, 0o600)
        #expect(descriptor >= 0)
        close(descriptor)
        #expect(try DropFolderListing(dropFolder()).files.map(\.name) == ["\u{EFFF}\u{EFFE}"])
        unlink(name)
    }

    @Test func aFolderThatIsGoneIsNamed() {
        let error = #expect(throws: FileError.self) { try DropFolderListing(dropFolder(folder.file("none"))) }
        #expect(error?.description.contains("none") == true)
    }

    @Test func touchingAFileChangesItsStamp() throws {
        try folder.write([1], to: "a")
        let held = try HeldFolder(folder.path)
        let before = try #require(DroppedFile(folder: held, name: "a"))
        #expect(DroppedFile(folder: held, name: "a") == before)
        var times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)]
        #expect(utimensat(AT_FDCWD, folder.file("a"), &times, 0) == 0)
        #expect(DroppedFile(folder: held, name: "a") != before)
    }
}
