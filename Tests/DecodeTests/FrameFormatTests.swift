import CFFmpeg
import TestSupport
import Testing

@testable import Decode

/// Sources whose frames differ in pixel format: no frame is degraded to the format of the first one.
struct FrameFormatTests {
    private static let size = "64x48"

    /// PNG files of a colourful, moving clip, of which the first has the pixel format `format`.
    private func frames(_ directory: TemporaryDirectory, first format: String, count: Int = 4) throws -> [String] {
        try (0..<count).map { index in
            let path = directory.file("g\(index).png")
            var filter = "trim=start_frame=\(index):end_frame=\(index + 1)"
            if index == 0, format == "pal8" { filter += ",split[a][b];[a]palettegen[p];[b][p]paletteuse" }
            let pixels = index > 0 ? "rgb24" : format
            try MediaFactory.ffmpeg([
                "-f", "lavfi", "-i", "testsrc2=s=\(Self.size):r=25:d=1", "-vf", filter, "-pix_fmt", pixels, "-frames:v",
                "1", "-update", "1", path,
            ])
            return path
        }
    }

    /// Every frame as the network's input, without resizing.
    private func seen(_ source: any FrameSource) throws -> (bytes: [[UInt8]], reading: Reading) {
        let converter = try FrameConverter(source: source.properties, preparation: .unchanged(source.properties))
        let reading = try Reading(source)
        return (try reading.frames.map { try converter.convert($0).bytes }, reading)
    }

    @Test(
        "Folders: every frame equals what ffmpeg decodes, whatever the format of the first one",
        arguments: ["pal8", "gray", "monob", "ya8", "gray16be", "rgb48be", "rgba"])
    func folders(format: String) throws {
        let directory = try TemporaryDirectory()
        let paths = try frames(directory, first: format)
        let (bytes, reading) = try seen(try SourceOpener.open(directory.path))
        #expect(bytes.count == 4)
        #expect(reading.count(.skippedFrames) == 0 && reading.count(.corruptPackets) == 0)
        for (path, bytes) in zip(paths, bytes) {
            let expected = try MediaFactory.rgbFrames(path)
            #expect(bytes.count == expected.count)
            // 16 bits are rounded to 8.
            #expect(zip(bytes, expected).allSatisfy { abs(Int($0) - Int($1)) <= 1 }, "\(path)")
        }
        #expect(reading.count(.changedFrames) == 1)
        let warning = try #require(reading.warnings.first { $0.kind == .changedFrames })
        #expect(warning.message.contains("first at g1.png: from 64x48 \(format) to 64x48 rgb24"), "\(warning.message)")
    }

    @Test(
        "Videos: a first frame of another format costs no later one", arguments: ["pal8", "gray"],
        ["mov", "avi", "mkv"])
    func videos(format: String, container: String) throws {
        let directory = try TemporaryDirectory()
        let paths = try frames(directory, first: format)
        let path = directory.file("clip.\(container)")
        try MediaFactory.ffmpeg(["-framerate", "25", "-i", directory.file("g%d.png"), "-c", "copy", path])
        let (bytes, reading) = try seen(try SourceOpener.open(path))
        #expect(reading.count(.corruptPackets) == 0)
        let expected = try paths.map { try MediaFactory.rgbFrames($0) }
        #expect(bytes.map(\.count) == expected.map(\.count))
        // A palette is converted to RGB with swscale's filter.
        #expect(zip(bytes.joined(), expected.joined()).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
        let warning = try #require(reading.warnings.first { $0.kind == .changedFrames })
        #expect(warning.message.contains("first at 0.04 s: from 64x48 \(format)"), "\(warning.message)")
    }

    @Test("A change of size is reported, and all frames have the first one's size")
    func sizes() throws {
        let directory = try TemporaryDirectory()
        for (index, size) in ["64x48", "64x48", "96x72", "64x48"].enumerated() {
            try MediaFactory.ffmpeg([
                "-f", "lavfi", "-i", "color=c=0xC08040:s=\(size):d=0.04,format=rgb24", "-frames:v", "1", "-update", "1",
                directory.file("g\(index).png"),
            ])
        }
        let (bytes, reading) = try seen(try SourceOpener.open(directory.path))
        #expect(bytes.allSatisfy { $0 == bytes[0] })
        let warning = try #require(reading.warnings.first { $0.kind == .changedFrames })
        #expect(warning.count == 2)
        #expect(
            warning.message == "the frames' size or format changes 2 times, first at g2.png: from 64x48 rgb24 to 96x72 "
                + "rgb24; all are shown with 64x48 pixels")
    }

    @Test(
        "Regression: the first frame has a palette or is grey", .tags(.shared), .enabled(if: SharedMaterial.isPresent))
    func reported() throws {
        for name in ["f_first_pal", "f_first_gray", "palfirst.mov", "grayfirst.avi"] {
            guard let path = SharedMaterial.path("cases/files/\(name)"),
                SourceOpener.isFolder(path) || name.contains(".")
            else { continue }
            guard let source = try? SourceOpener.open(path) else { continue }
            let (bytes, reading) = try seen(source)
            #expect(bytes.count == 20 && reading.count(.corruptPackets) == 0, "\(name)")
            // The last frame has colour: its channels differ.
            let last = try #require(bytes.last)
            let colorful = stride(from: 0, to: last.count, by: 3).count { abs(Int(last[$0]) - Int(last[$0 + 2])) > 40 }
            #expect(colorful > last.count / 12, "\(name)")
        }
    }
}
