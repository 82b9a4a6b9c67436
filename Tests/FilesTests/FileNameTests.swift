import Files
import Glibc
import TestSupport
import Testing

struct FileNameTests {
    private func bytes(_ string: String) -> [UInt8] {
        string.fileBytes.dropLast().map { UInt8(bitPattern: $0) }
    }

    @Test(
        "Every row of bytes has a string of its own and comes back",
        arguments: [
            [], Array("plain.mp4".utf8), Array("ünï–😀".utf8), [0xE9], [0x63, 0xE9, 0x2E, 0x6D], [0xFF, 0xFE], [0xC3],
            [0xF0, 0x9F],
            [0xED, 0xA0, 0x80], Array("\u{EF80}\u{EFFF}".utf8), Array("\u{EFE9}x".utf8), [0xC0, 0xAF],
            [0x80, 0xC3, 0xA9, 0x80],
        ] as [[UInt8]])
    func roundTrip(_ name: [UInt8]) {
        #expect(bytes(FileName.string(name)) == name)
    }

    @Test("Random bytes survive a round trip, and no two names map to the same string")
    func random() {
        var random = SeededGenerator(seed: 3)
        var seen: [String: [UInt8]] = [:]
        let alphabet: [UInt8] = [0x61, 0xC3, 0xA9, 0xEE, 0xBE, 0xBF, 0x80, 0xFF, 0xE9]
        for _ in 0..<3000 {
            var name: [UInt8] = []
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                name.append(alphabet[Int.random(in: 0..<alphabet.count, using: &random)])
            }
            let string = FileName.string(name)
            #expect(bytes(string) == name)
            #expect(seen.updateValue(name, forKey: string).map { $0 == name } ?? true)
        }
    }

    @Test("Valid UTF-8 names are unchanged")
    func plain() {
        for name in ["a", "ü", "日本", "a b\n", "\u{10FFFF}"] { #expect(FileName.string(Array(name.utf8)) == name) }
        #expect(FileName.string([0x63, 0xE9]) == "c\u{EFE9}")
    }

    @Test("Files with such names can be read, written, moved and listed")
    func files() throws {
        let directory = try TemporaryDirectory()
        let name = "caf\u{EFE9}.txt"
        let file = try AtomicFile(directory.file(name))
        try file.write([1, 2, 3] as [UInt8])
        try file.commit()
        #expect(FileName.entries(of: directory.path) == [name])
        #expect(try ReadableFile(directory.file(name)).contents(limit: 10) == [1, 2, 3])
        #expect(mkdir(directory.file("to"), 0o777) == 0)
        let held = try #require(try HeldFolder(directory.path).file(name))
        #expect(try held.move(into: directory.file("to")) == directory.file("to/\(name)"))
        #expect(FileName.entries(of: directory.file("to")) == [name])
        #expect(FileName.isFolder(directory.path) && !FileName.isFolder(directory.file("to/\(name)")))
        #expect(unlink(directory.file("to/\(name)").fileBytes) == 0)
        #expect(FileName.entries(of: directory.file("none")) == nil)
    }
}
