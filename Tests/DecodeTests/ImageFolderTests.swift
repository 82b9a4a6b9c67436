import CFFmpeg
import Files
import Glibc
import TestSupport
import Testing

@testable import Decode

/// Which files of a folder are frames, and their orientation.
struct FrameFolderTests {
    private func image(_ path: String, _ more: [String] = []) throws {
        try MediaFactory.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1", "-frames:v", "1", "-update", "1"] + more + [path])
    }

    @Test("Names without digits are read in natural order if no name has digits")
    func namesWithoutDigits() throws {
        let directory = try TemporaryDirectory()
        for name in ["beta.png", "alpha.png", "Gamma.PNG"] { try image(directory.file(name)) }
        try directory.write([1], to: "notes.txt")
        let folder = try ImageFolder(directory.path)
        #expect(folder.names == ["Gamma.PNG", "alpha.png", "beta.png"])
        #expect(folder.ignored == ["notes.txt"])
        #expect(try Reading(try SourceOpener.open(directory.path)).frames.count == 3)
        // Beside numbered files they are taken for covers.
        try image(directory.file("f1.png"))
        #expect(try ImageFolder(directory.path).names == ["f1.png"])
    }

    @Test("TIFF", arguments: ["rgb24", "gray", "rgb48le", "pal8", "rgba", "gray16le"])
    func tiff(format: String) throws {
        let directory = try TemporaryDirectory()
        let palette = ["-vf", "split[a][b];[a]palettegen[p];[b][p]paletteuse"]
        for name in ["a1.tif", "a2.tiff"] {
            try image(directory.file(name), format == "pal8" ? palette : ["-pix_fmt", format])
        }
        let source = try SourceOpener.open(directory.path)
        let frames = try Reading(source).frames
        #expect(frames.count == 2)
        let converter = try FrameConverter(source: source.properties, preparation: .unchanged(source.properties))
        let expected = try MediaFactory.rgbFrames(directory.file("a1.tif"))
        let bytes = try converter.convert(try #require(frames.last)).bytes
        #expect(zip(bytes, expected).allSatisfy { abs(Int($0) - Int($1)) <= 1 } && bytes.count == expected.count)
    }

    /// A JPEG with an Exif segment that contains only the orientation, directly after the first marker.
    private func setOrientation(_ value: UInt8, of name: String, in directory: TemporaryDirectory) throws {
        let tiff: [UInt8] = [
            0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0, 0, 0, 0, 0,
        ]
        let body = Array("Exif\0\0".utf8) + tiff
        let length = body.count + 2
        let segment = [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + body
        let bytes = try directory.bytes(of: name)
        try directory.write(Array(bytes[..<2]) + segment + Array(bytes[2...]), to: name)
    }

    @Test("Each JPEG is rotated by its own Exif orientation", arguments: 1...8)
    func exif(orientation: Int) throws {
        let directory = try TemporaryDirectory()
        for index in 0..<2 {
            let name = "IMG_\(index).JPG"
            try image(directory.file(name), ["-q:v", "2", "-pix_fmt", "yuvj444p"])
            try setOrientation(UInt8(orientation), of: name, in: directory)
        }
        let source = try SourceOpener.open(directory.path)
        let p = source.properties
        #expect((p.width, p.height) == (orientation > 4 ? (48, 64) : (64, 48)))
        let frames = try Reading(source).frames
        let converter = try FrameConverter(source: p, preparation: .unchanged(p))
        // The `ffmpeg` command rotates it too.
        let expected = try MediaFactory.rgbFrames(directory.file("IMG_0.JPG"))
        for frame in frames {
            let bytes = try converter.convert(frame).bytes
            #expect(bytes.count == expected.count && frames.count == 2)
            #expect(zip(bytes, expected).allSatisfy { abs(Int($0) - Int($1)) <= 3 })
        }
    }

    @Test("A frame with another orientation than the first is rotated by its own, and scaled to the first one's size")
    func mixedOrientations() throws {
        let directory = try TemporaryDirectory()
        for (index, orientation) in [1, 6, 3].enumerated() {
            try image(directory.file("a\(index).jpg"), ["-q:v", "2"])
            try setOrientation(UInt8(orientation), of: "a\(index).jpg", in: directory)
        }
        let reading = try Reading(try SourceOpener.open(directory.path))
        #expect(reading.frames.map { [$0.width, $0.height] } == [[64, 48], [64, 48], [64, 48]])
        let warning = try #require(reading.warnings.first { $0.kind == .changedFrames })
        #expect(
            warning.message.contains("first at a1.jpg: from 64x48 yuvj420p to 48x64 yuvj420p"), "\(warning.message)")
    }

    @Test("Folders, files in them and videos whose names are not UTF-8 are opened")
    func otherNames() throws {
        let directory = try TemporaryDirectory()
        // Latin-1: café.
        let folder = directory.file("caf\u{EFE9}")
        #expect(mkdir(folder.fileBytes, 0o777) == 0)
        try image(directory.file("a.png"))
        for index in 0..<2 {
            let path = "\(folder)/\u{EFFC}ber\(index).png"
            #expect(link(directory.file("a.png"), path.fileBytes) == 0)
        }
        #expect(try Reading(try SourceOpener.open(folder)).frames.count == 2)
        let plain = directory.file("clip.mp4")
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=0.2", plain])
        let clip = directory.file("cl\u{EFE9}p.mp4")
        #expect(rename(plain, clip.fileBytes) == 0)
        #expect(try Reading(try SourceOpener.open(clip)).frames.count == 5)
        FileName.entries(of: folder)?.forEach { #expect(unlink("\(folder)/\($0)".fileBytes) == 0) }
        #expect(rmdir(folder.fileBytes) == 0 && unlink(clip.fileBytes) == 0)
    }
}
