import Files
import Glibc
import TestSupport
import Testing

@Suite struct FileMoveTests {
    let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    @Test func movesUnderAFreeName() throws {
        try folder.write([1], to: "a")
        try FileMove.move(folder.file("a"), to: folder.file("b"))
        #expect(try folder.listing() == ["b"])
    }

    @Test func neverReplaces() throws {
        try folder.write([1], to: "a")
        try folder.write([2], to: "b")
        let error = #expect(throws: FileError.self) { try FileMove.move(folder.file("a"), to: folder.file("b")) }
        #expect(error?.code == .exists)
        #expect(try folder.bytes(of: "a") == [1])
        #expect(try folder.bytes(of: "b") == [2])
    }

    @Test func interruptedMoveIsCompleted() throws {
        try folder.write([1], to: "a")
        #expect(link(folder.file("a"), folder.file("b")) == 0)
        try FileMove.move(folder.file("a"), to: folder.file("b"))
        #expect(try folder.listing() == ["b"])
    }

    /// `/dev/shm` is a separate file system on every Linux with shared memory.
    @Test func movesToAnotherFileSystem() throws {
        let other = try TemporaryDirectory(in: "/dev/shm")
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        try folder.write(bytes, to: "a")
        try FileMove.move(folder.file("a"), to: other.file("a"))
        #expect(try other.bytes(of: "a") == bytes)
        #expect(try other.listing() == ["a"])
        #expect(try folder.listing() == [])
    }
}
