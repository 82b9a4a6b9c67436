import Files
import Glibc
import TestSupport
import Testing

/// An open file stays the same file: no other file is read, moved or deleted in its place.
@Suite struct HeldFileTests {
    let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func held(_ name: String, _ bytes: [UInt8] = [1, 2, 3]) throws -> HeldFile {
        try folder.write(bytes, to: name)
        return try #require(try HeldFolder(folder.path).file(name))
    }

    /// Replaces `name` by another file.
    private func replace(_ name: String, _ bytes: [UInt8]) throws {
        try folder.write(bytes, to: "other")
        #expect(rename(folder.file("other"), folder.file(name)) == 0)
    }

    @Test func linksAreNotFollowed() throws {
        try folder.write([1], to: "file")
        #expect(mkdir(folder.file("inside"), 0o777) == 0)
        try folder.write([2], to: "inside/file")
        #expect(symlink(folder.file("file"), folder.file("link")) == 0)
        #expect(symlink(folder.file("inside"), folder.file("door")) == 0)
        #expect(symlink("nowhere", folder.file("dangling")) == 0)
        let held = try HeldFolder(folder.path)
        #expect(try held.file("inside/file")?.contents(limit: 1) == [2])
        for name in ["link", "door/file", "dangling", "inside", "none", "none/file", "file/x", "", "inside/"] {
            #expect(try held.file(name) == nil, "\(name)")
        }
        for name in ["../b/file", "inside/../file", "./file", "/\(folder.file("file"))", "inside//file"] {
            #expect(try held.file(name) == nil, "\(name)")
        }
        #expect(held.entry("link") == .link && held.entry("inside") == .folder && held.entry("none") == nil)
    }

    @Test func pipeIsRefusedWithoutBlocking() throws {
        #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
        let held = try HeldFolder(folder.path)
        #expect(try held.file("pipe") == nil)
        #expect(held.entry("pipe") == .other)
    }

    /// A folder that is moved away and replaced by a link remains the folder that was opened.
    @Test func openFolderIsKeptWhenItsPathIsReplaced() throws {
        #expect(mkdir(folder.file("in"), 0o777) == 0 && mkdir(folder.file("elsewhere"), 0o777) == 0)
        try folder.write([1], to: "in/a")
        try folder.write([2], to: "elsewhere/a")
        let held = try HeldFolder(folder.file("in"))
        #expect(rename(folder.file("in"), folder.file("was")) == 0)
        #expect(symlink("elsewhere", folder.file("in")) == 0)
        #expect(try held.file("a")?.contents(limit: 1) == [1])
        #expect(try held.names() == ["a"])
    }

    @Test func openFileIsReadWhenItsNameIsReused() throws {
        let file = try held("a")
        try replace("a", [9, 9])
        #expect(try file.contents(limit: 10) == [1, 2, 3])
        #expect(try ReadableFile(file.descriptorPath).contents(limit: 10) == [1, 2, 3])
        #expect(try ContentHash.of(file) == ContentHash.of(file.descriptorPath))
        #expect(file.isUnchanged && !file.isInPlace)
    }

    @Test func modificationIsNoticed() throws {
        let file = try held("a")
        #expect(file.isUnchanged && file.isInPlace)
        try folder.write([1, 2, 3, 4], to: "a")
        #expect(!file.isUnchanged && !file.isInPlace)
        #expect(throws: FileError.self) { try file.remove() }
        #expect(try folder.bytes(of: "a") == [1, 2, 3, 4])
    }

    @Test func fileIsDeleted() throws {
        try held("a").remove()
        #expect(try folder.listing() == [])
    }

    @Test(arguments: [true, false]) func otherFileWithItsNameIsKept(_ isDeleting: Bool) throws {
        let file = try held("a")
        try replace("a", [9])
        #expect(mkdir(folder.file("to"), 0o777) == 0)
        let error = #expect(throws: FileError.self) {
            if isDeleting { try file.remove() } else { _ = try file.move(into: folder.file("to")) }
        }
        #expect(error?.reason.contains("no longer the file") == true)
        #expect(try folder.listing() == ["a", "to"])
        #expect(try folder.bytes(of: "a") == [9])
        #expect(FileName.entries(of: folder.file("to")) == [])
    }

    @Test func existingNameGetsANumber() throws {
        for (index, name) in ["clip.mp4", "clip-2.mp4", ".hidden", "plain"].enumerated() {
            try folder.write([UInt8(index)], to: name)
        }
        let from = try TemporaryDirectory()
        for (name, expected) in [
            ("clip.mp4", "clip-3.mp4"), (".hidden", ".hidden-2"), ("plain", "plain-2"), ("new.a.b", "new.a.b"),
        ] {
            try from.write([9], to: name)
            let file = try #require(try HeldFolder(from.path).file(name))
            #expect(try file.move(into: folder.path) == folder.file(expected))
            #expect(try folder.bytes(of: expected) == [9])
        }
        #expect(try from.listing() == [])
        #expect(try folder.bytes(of: "clip.mp4") == [0])
    }

    /// `/dev/shm` is a separate file system on every Linux with shared memory.
    @Test func movesToAnotherFileSystem() throws {
        let other = try TemporaryDirectory(in: "/dev/shm")
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        #expect(try held("a", bytes).move(into: other.path) == other.file("a"))
        #expect(try other.bytes(of: "a") == bytes)
        #expect(try other.listing() == ["a"])
        #expect(try folder.listing() == [])
    }

    @Test func interruptedMoveIsCompleted() throws {
        try folder.write([1], to: "a")
        #expect(mkdir(folder.file("to"), 0o777) == 0)
        #expect(link(folder.file("a"), folder.file("to/a")) == 0)
        let file = try #require(try HeldFolder(folder.path).file("a"))
        #expect(try file.move(into: folder.file("to")) == folder.file("to/a"))
        #expect(try folder.listing() == ["to"])
        #expect(FileName.entries(of: folder.file("to")) == ["a"])
    }

    @Test func missingFolderKeepsTheSource() throws {
        let file = try held("a")
        #expect(throws: FileError.self) { try file.move(into: folder.file("none")) }
        #expect(try folder.listing() == ["a"])
    }

    @Test func interruptedRemovalIsUndone() throws {
        try folder.write([1], to: ".clip.mp4.1f\(HeldFile.removedSuffix)")
        try folder.write([2], to: ".b.2f\(HeldFile.removedSuffix)")
        try folder.write([3], to: "b")
        HeldFile.restoreRemoved(in: try HeldFolder(folder.path))
        #expect(try folder.listing() == ["b", "b-2", "clip.mp4"])
        #expect(try folder.bytes(of: "b") == [3] && folder.bytes(of: "b-2") == [2])
    }
}
