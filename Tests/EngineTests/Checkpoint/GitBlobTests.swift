import TestSupport
import Testing

@testable import Engine

@Suite struct GitBlobTests {
    /// Values of `git hash-object`; the second file is longer than one piece that is read.
    @Test(arguments: [
        (0, "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"), ((1 << 20) + 77, "8b0d5a511fa0aceac64b0eda0ce81c8da7efb5b0"),
    ])
    func idsEqualThoseOfGit(count: Int, id: String) throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write((0..<count).map { UInt8(truncatingIfNeeded: $0) }, to: "blob")
        #expect(try GitBlob.id(ofFile: path) == id)
    }

    @Test func aMissingFileIsAnError() throws {
        let error = #expect(throws: ModelError.self) { try GitBlob.id(ofFile: "/nonexistent/file") }
        #expect(error?.code == .cannotOpen)
    }
}
