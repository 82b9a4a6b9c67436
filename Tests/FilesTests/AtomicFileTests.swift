import TestSupport
import Testing

@testable import Files

@Suite struct AtomicFileTests {
    @Test func appearsCompleteUnderItsName() throws {
        let directory = try TemporaryDirectory()
        let file = try AtomicFile(directory.file("a"))
        try file.write([1, 2] as [UInt8])
        try file.write([0x0403] as [UInt16])
        let staged = try #require(try directory.listing().first)
        #expect(staged.hasPrefix(".a.") && staged.hasSuffix(TemporaryName.suffix))
        try file.commit()
        #expect(try directory.listing() == ["a"])
        #expect(try directory.bytes(of: "a") == [1, 2, 3, 4])
    }

    @Test func leavesNothingWithoutCommit() throws {
        let directory = try TemporaryDirectory()
        do {
            let file = try AtomicFile(directory.file("a"))
            try file.write([1] as [UInt8])
        }
        #expect(try directory.listing().isEmpty)
    }

    @Test func refusesToReplace() throws {
        let directory = try TemporaryDirectory()
        try directory.write([9], to: "a")
        let error = #expect(throws: FileError.self) { try AtomicFile(directory.file("a")).commit() }
        #expect(error?.code == .exists)
        #expect(try directory.listing() == ["a"])
        #expect(try directory.bytes(of: "a") == [9])
    }

    @Test func refusesToReplaceFileThatAppearedMeanwhile() throws {
        let directory = try TemporaryDirectory()
        let file = try AtomicFile(directory.file("a"))
        try directory.write([9], to: "a")
        var error: FileError?
        do throws(FileError) { try file.commit() } catch let failure { error = failure }
        #expect(error?.code == .exists)
        #expect(try directory.listing() == ["a"])
        #expect(try directory.bytes(of: "a") == [9])
    }

    @Test func replacesWhenAsked() throws {
        let directory = try TemporaryDirectory()
        try directory.write([9, 9], to: "a")
        let file = try AtomicFile(directory.file("a"), replacing: true)
        try file.write([7] as [UInt8])
        try file.commit()
        #expect(try directory.bytes(of: "a") == [7])
        #expect(try directory.listing() == ["a"])
    }

    @Test func namesMissingFolder() throws {
        let directory = try TemporaryDirectory()
        let error = #expect(throws: FileError.self) { try AtomicFile(directory.file("no/a")).commit() }
        #expect(error?.code == .cannotWrite)
        #expect(error?.description.contains("no/a") == true)
    }
}
