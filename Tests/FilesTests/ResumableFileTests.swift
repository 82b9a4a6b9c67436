import TestSupport
import Testing

@testable import Files

@Suite struct ResumableFileTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func append(_ bytes: [UInt8], to file: ResumableFile) throws {
        try bytes.withUnsafeBytes { try file.append($0) }
    }

    @Test func writtenBytesAreKept() throws {
        do {
            let file = try ResumableFile(folder.file("a.part"))
            #expect(try file.size == 0)
            try append([1, 2, 3], to: file)
        }
        let file = try ResumableFile(folder.file("a.part"))
        #expect(try file.size == 3)
        try append([4], to: file)
        #expect(try folder.bytes(of: "a.part") == [1, 2, 3, 4])
        try file.restart()
        try append([5], to: file)
        try file.commit(as: folder.file("a"))
        #expect(try folder.listing() == ["a"])
        #expect(try folder.bytes(of: "a") == [5])
    }

    @Test(arguments: ["missing/a.part", "."]) func unwritableFileIsNamed(_ name: String) {
        let error = #expect(throws: FileError.self) { try ResumableFile(folder.file(name)) }
        #expect(error?.code == .cannotWrite)
        #expect(error?.path == folder.file(name))
    }

    @Test func oneOwnerAtATime() throws {
        do {
            let first = try WorkFolder(folder.file(".a.part"))
            let error = #expect(throws: FileError.self) { _ = try WorkFolder(folder.file(".a.part")) }
            #expect(error?.code == .exists)
            #expect(first.file("b") == folder.file(".a.part/b"))
        }
        _ = try WorkFolder(folder.file(".a.part"))
        #expect(try folder.listing() == [".a.part"])
    }

    @Test func aFolderWithTheNameIsDisplaced() throws {
        for round in 0..<2 {
            let work = try WorkFolder(folder.file(".a.part"))
            try folder.write([UInt8(round)], to: ".a.part/b")
            try work.commit(as: folder.file("a"), displacing: folder.file(".a.old"))
        }
        #expect(try folder.listing() == [".a.old", "a"])
        #expect(try folder.bytes(of: "a/b") == [1])
        #expect(try folder.bytes(of: ".a.old/b") == [0])
    }
}
