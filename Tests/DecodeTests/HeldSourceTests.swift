import Files
import Foundation
import Media
import TestSupport
import Testing

@testable import Decode

/// An open source is read from its descriptor; its path is only its name and a hint at its format.
@Suite struct HeldSourceTests {
    @Test(arguments: ["clip.mp4", "clip.mkv", "clip.webp", "clip.avi"])
    func openFileIsReadWhenItsNameIsReused(_ name: String) throws {
        let folder = try TemporaryDirectory()
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25", "-frames:v", "5", folder.file(name)])
        let held = try #require(try HeldFolder(folder.path).file(name))
        #expect(unlink(folder.file(name)) == 0)
        #expect(symlink("/etc/passwd", folder.file(name)) == 0)
        let source = try SourceOpener.open(folder.file(name), held: held)
        #expect(source.properties.name == folder.file(name))
        // libwebp merges frames that look alike.
        #expect(try Reading(source).frames.count == (name == "clip.webp" ? 2 : 5))
        #expect(throws: MediaError.self) { try SourceOpener.open(folder.file(name)) }
    }

    @Test func openArrayIsReadWhenItsNameIsReused() throws {
        let folder = try TemporaryDirectory()
        let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 32, 32, 3), }"
        let text = header + String(repeating: " ", count: 117 - header.count) + "\n"
        let magic: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0]
        try folder.write(magic + Array(text.utf8) + [UInt8](repeating: 7, count: 2 * 32 * 32 * 3), to: "clip.npy")
        let held = try #require(try HeldFolder(folder.path).file("clip.npy"))
        #expect(unlink(folder.file("clip.npy")) == 0)
        #expect(try Reading(try SourceOpener.open(folder.file("clip.npy"), held: held)).frames.count == 2)
    }
}
