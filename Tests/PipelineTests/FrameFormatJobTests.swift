import Decode
import Encode
import Foundation
import Media
import TestSupport
import Testing

@testable import Pipeline

/// Frames that are not plain 8-bit video, from input to output file.
@Suite struct FrameFormatJobTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func annotate(
        _ input: String, to output: String, sampling: SamplingRequest = SamplingRequest(), opacity: Double = 0
    ) async throws -> Sidecar {
        let request = AnnotateRequest(
            input: input, output: folder.file(output), sampling: sampling,
            drawing: DrawingRequest(opacity: opacity), video: VideoSettings(crf: 4))
        return try await AnnotateJob(request: request, model: try await TinyModel.load()).run().sidecar
    }

    private func probe(_ path: String, _ entries: String) throws -> String {
        try MediaFactory.ffprobe(["-select_streams", "v:0", "-show_entries", entries, "-of", "default=nw=1", path])
    }

    @Test(
        "A grey or palette frame first: the output has the colours of all", arguments: ["gray", "pal8"],
        ["mp4", "mkv", "webm"])
    func colourReturns(format: String, container: String) async throws {
        for index in 0..<6 {
            let palette = format == "pal8" ? ",split[a][b];[a]palettegen[p];[b][p]paletteuse" : ""
            try MediaFactory.ffmpeg([
                "-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=1", "-vf",
                "trim=start_frame=\(index):end_frame=\(index + 1)" + (index == 0 ? palette : ""), "-pix_fmt",
                index == 0 ? format : "rgb24", "-frames:v", "1", "-update", "1", folder.file("g\(index).png"),
            ])
        }
        let input = folder.file("first.mov")
        try MediaFactory.ffmpeg(["-framerate", "25", "-i", folder.file("g%d.png"), "-c", "copy", input])
        let sidecar = try await annotate(input, to: "out.\(container)")
        #expect(sidecar.source.frames == 6)
        #expect(sidecar.warnings.contains { $0.contains("size or format changes once, first at 0.04 s") })
        let found = try MediaFactory.rgbFrames(folder.file("out.\(container)"))
        let expected = try (0..<6).flatMap { try MediaFactory.rgbFrames(folder.file("g\($0).png")) }
        #expect(found.count == expected.count)
        // 4:2:0 and the encoder lose a little; without its colour a frame is 60 away.
        for frame in 0..<6 {
            let part = frame * 96 * 64 * 3..<(frame + 1) * 96 * 64 * 3
            let error = part.reduce(0.0) { $0 + abs(Double(found[$1]) - Double(expected[$1])) } / Double(part.count)
            #expect(error < 16, "frame \(frame): \(error)")
        }
    }

    @Test("Colours hidden by transparency are not in the output", arguments: ["mp4", "webm"])
    func transparency(container: String) async throws {
        let input = folder.file("alpha.webm")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "color=s=96x64:r=25:d=0.4,format=rgba,geq=r=230:g=20:b=20:a='if(lt(X,48),0,255)'",
            "-c:v",
            "libvpx-vp9", "-pix_fmt", "yuva420p", "-b:v", "2M", "-auto-alt-ref", "0", input,
        ])
        let sidecar = try await annotate(input, to: "out.\(container)")
        #expect(sidecar.warnings.contains { $0.contains("10 frames with transparency shown on black") })
        let black = try MediaFactory.rgbFrames(folder.file("out.\(container)"))
        let middle = (32 * 96 + 10) * 3
        #expect(black[middle..<middle + 3].allSatisfy { $0 < 12 }, "\(black[middle..<middle + 3])")
        let sampling = SamplingRequest(background: BackgroundColor(red: 0, green: 0, blue: 255))
        _ = try await annotate(input, to: "blue.\(container)", sampling: sampling)
        let blue = try MediaFactory.rgbFrames(folder.file("blue.\(container)"))
        #expect(blue[middle + 2] > 230 && blue[middle] < 25 && blue[middle + 1] < 25, "\(blue[middle..<middle + 3])")
    }

    @Test(
        "HDR keeps its tags and mastering metadata, and the conversion is reported",
        .enabled(if: MediaFactory.hasEncoder("libx265")), arguments: ["mp4", "mov", "mkv", "webm"])
    func highDynamicRange(container: String) async throws {
        let input = folder.file("pq.mp4")
        let master = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)"
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=0.4", "-pix_fmt", "yuv420p10le", "-c:v", "libx265",
            "-x265-params",
            "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:master-display=\(master):max-cll=1000,400",
            "-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc", input,
        ])
        let sidecar = try await annotate(input, to: "out.\(container)", opacity: 0.7)
        #expect(sidecar.warnings.contains { $0.contains("HDR (PQ)") && $0.contains("203 cd/m²") })
        #expect(sidecar.warnings.contains { $0.contains("8 bits") })
        let tags = try probe(
            folder.file("out.\(container)"), "stream=color_space,color_transfer,color_primaries:stream_side_data_list")
        for tag in ["color_space=bt2020nc", "color_transfer=smpte2084", "color_primaries=bt2020"] {
            #expect(tags.contains(tag), "\(tags)")
        }
        for value in ["max_content=1000", "max_average=400", "Mastering display metadata"] {
            #expect(tags.contains(value), "\(tags)")
        }
        // 34000/50000 with another denominator if the container stores floats.
        #expect(tags.contains("red_x="), "\(tags)")
    }

    @Test("A name too long for its folder is refused before any work", arguments: [248, 252, 300])
    func longNames(length: Int) async throws {
        let input = folder.file("in.mp4")
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=0.4", input])
        let stem = String(repeating: "n", count: length)
        // "….mp4" fits with 251 letters, "….json" with 250.
        if length <= 250 {
            _ = try await annotate(input, to: stem + ".mp4")
            #expect(
                try folder.listing() == ["in.mp4", stem + ".json", stem + ".mp4", stem + ".vtt"])
            return
        }
        let request = AnnotateRequest(input: folder.file("none.mp4"), output: folder.file(stem + ".ts"))
        let error = #expect(throws: MediaError.self) { try request.checkOutput() }
        #expect(error?.code == .cannotWrite)
        #expect(
            error?.reason.contains("bytes, and its folder takes 255 at most") == true, "\(String(describing: error))")
        #expect(try folder.listing() == ["in.mp4"])
    }
}
