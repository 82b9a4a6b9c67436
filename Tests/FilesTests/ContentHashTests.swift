import Files
import TestSupport
import Testing

@Suite struct ContentHashTests {
    let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    /// The examples of FIPS 180-4, and lengths around that of one chunk.
    @Test func equalsDigestOfAllBytes() throws {
        try folder.write(Array("abc".utf8), to: "abc")
        #expect(
            try ContentHash.of(folder.file("abc"))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        for count in [0, (1 << 20) - 1, 1 << 20, (1 << 20) + 1] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try folder.write(bytes, to: "file")
            var digest = SHA256()
            digest.update(bytes)
            #expect(try ContentHash.of(folder.file("file")) == digest.hexDigest())
        }
    }

    @Test func endsWhenCancelled() throws {
        try folder.write([1], to: "file")
        #expect(throws: CancellationError.self) { try ContentHash.of(folder.file("file"), isCancelled: { true }) }
    }

    @Test func missingFileIsAnError() throws {
        #expect(throws: FileError.self) { try ContentHash.of(folder.file("none")) }
        #expect(throws: FileError.self) { try ContentHash.of(folder.path) }
    }
}
