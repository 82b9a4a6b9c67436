import Glibc
import TestSupport
import Testing

@testable import Files

@Suite struct ReadableFileTests {
    @Test func readsByPosition() throws {
        let directory = try TemporaryDirectory()
        let file = try ReadableFile(directory.write(Array(0..<100), to: "a"))
        #expect(file.size == 100)
        #expect(try file.bytes(at: 10, count: 3) == [10, 11, 12])
        #expect(try file.bytes(at: 100, count: 0) == [])
        #expect(try file.values(UInt16.self, at: 1, count: 2) == [0x0201, 0x0403])
        #expect(try file.contents(limit: 100).count == 100)
    }

    @Test(arguments: [(0, 101), (100, 1), (101, 0), (-1, 1), (1, -1), (1, Int.max), (Int.max, Int.max)])
    func refusesRangesOutsideTheFile(offset: Int, count: Int) throws {
        let directory = try TemporaryDirectory()
        let file = try ReadableFile(directory.write(Array(0..<100), to: "a"))
        Self.expectRefusal(file, offset: offset, count: count)
        Self.constants.withUnsafeBytes {
            Self.expectRefusal(EmbeddedFile("a", constants: $0), offset: offset, count: count)
        }
    }

    private static let constants = [UInt8](0..<100)

    private static func expectRefusal(_ file: some ReadableBytes, offset: Int, count: Int) {
        let error = #expect(throws: FileError.self) { try file.bytes(at: offset, count: count) }
        #expect(error?.code == .truncated)
        #expect(throws: FileError.self) { try file.values(Double.self, at: offset, count: count) }
    }

    @Test func memoryBehavesLikeAFile() throws {
        try Self.constants.withUnsafeBytes { memory throws in
            let file = EmbeddedFile("a", constants: memory)
            #expect(file.size == 100)
            #expect(try file.bytes(at: 10, count: 3) == [10, 11, 12])
            #expect(try file.bytes(at: 100, count: 0) == [])
            #expect(try file.values(UInt16.self, at: 1, count: 2) == [0x0201, 0x0403])
            #expect(try file.contents(limit: 100) == Self.constants)
            #expect(throws: FileError.self) { try file.contents(limit: 99) }
        }
    }

    @Test func throwsWhenTheFileShrinks() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(Array(0..<100), to: "a")
        let file = try ReadableFile(path)
        #expect(truncate(path, 50) == 0)
        let error = #expect(throws: FileError.self) { try file.bytes(at: 0, count: 100) }
        #expect(error?.code == .truncated)
    }

    @Test func opensOnlyRegularFiles() throws {
        let directory = try TemporaryDirectory()
        #expect(mkfifo(directory.file("pipe"), 0o600) == 0)
        for path in [directory.path, directory.file("pipe"), directory.file("missing"), "/dev/zero"] {
            let error = #expect(throws: FileError.self) { try ReadableFile(path) }
            #expect(error?.code == .cannotOpen)
            #expect(error?.path == path)
        }
    }

    @Test func limitsReadingWholeFiles() throws {
        let directory = try TemporaryDirectory()
        let file = try ReadableFile(directory.write(Array(0..<100), to: "a"))
        #expect(throws: FileError.self) { try file.contents(limit: 99) }
    }
}
