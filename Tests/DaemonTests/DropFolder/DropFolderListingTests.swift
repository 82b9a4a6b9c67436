import Foundation
import TestSupport
import Testing

@testable import Daemon

@Suite struct DropFolderListingTests {
    let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    @Test func takesRegularFilesThatAreNobodysTemporaryOnes() throws {
        let taken = ["a.mp4", "b with blanks.MOV", "c", "ü.mkv", "part.mp4"]
        let passed = [
            ".hidden.mp4", "a.part", "A.PART", "b.mp4.tmp", "c.partial", "d.crdownload", "e.json", "e.vtt", "backup~",
            ".clip.1a2b.saliencyd-partial",
        ]
        for name in taken + passed { try folder.write([1], to: name) }
        try FileManager.default.createDirectory(atPath: folder.file("folder.mp4"), withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("link.mp4"), withDestinationPath: folder.file("a.mp4"))
        #expect(mkfifo(folder.file("pipe.mp4"), 0o600) == 0)
        #expect(try DropFolderListing.files(in: folder.path).map(\.name).sorted() == taken.sorted())
    }

    @Test func aNameThatIsNotUTF8IsTaken() throws {
        let name: [CChar] = folder.path.utf8.map { CChar(bitPattern: $0) } + [0x2F, -1, -2, 0]
        let descriptor = open(name, O_CREAT | O_WRONLY, 0o600)
        #expect(descriptor >= 0)
        close(descriptor)
        #expect(try DropFolderListing.files(in: folder.path).map(\.name) == ["\u{EFFF}\u{EFFE}"])
        unlink(name)
    }

    @Test func aFolderThatIsGoneIsNamed() {
        let error = #expect(throws: DropFolderError.self) {
            try DropFolderListing.files(in: folder.file("none"))
        }
        #expect(error?.description.contains("none") == true)
    }

    @Test func touchingAFileChangesItsStamp() throws {
        try folder.write([1], to: "a")
        let before = try #require(DroppedFile(folder: folder.path, name: "a"))
        #expect(DroppedFile(folder: folder.path, name: "a") == before)
        var times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)]
        #expect(utimensat(AT_FDCWD, folder.file("a"), &times, 0) == 0)
        #expect(DroppedFile(folder: folder.path, name: "a") != before)
    }
}
