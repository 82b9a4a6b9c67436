import CFFmpeg
import TestSupport
import Testing

@testable import Encode

/// Interlacing and the chroma location are preserved.
@Suite struct InterlaceTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        av_log_set_level(AV_LOG_QUIET)
    }

    /// The field flags of every frame: "1,1" for interlaced with the top field first.
    private func fields(_ path: String) throws -> Set<String> {
        Set(
            try MediaFactory.probe(
                path, ["-select_streams", "v", "-show_entries", "frame=interlaced_frame,top_field_first"]))
    }

    private func interlaced(isTopFirst: Bool, size: String = "128x96") throws -> String {
        let input = directory.file("in.mp4")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=size=\(size):rate=50:duration=1", "-vf",
            "tinterlace=mode=interleave_\(isTopFirst ? "top" : "bottom"),setfield=\(isTopFirst ? "tff" : "bff")",
            "-c:v", "libx264", "-flags", "+ildct+ilme", "-x264-params", isTopFirst ? "tff=1" : "bff=1", input,
        ])
        return input
    }

    @Test(arguments: ["mp4", "mov", "mkv", "ts"], [true, false])
    func interlacingIsKept(_ ending: String, _ isTopFirst: Bool) throws {
        let input = try interlaced(isTopFirst: isTopFirst)
        let output = directory.file("out.\(ending)")
        let warnings = try remake(input, output)
        #expect(warnings.count == 1 && warnings[0].hasPrefix("the source is interlaced, and so is the output"))
        #expect(try fields(output) == [isTopFirst ? "1,1" : "1,0"])
        let order = try MediaFactory.probe(output, ["-select_streams", "v", "-show_entries", "stream=field_order"])
        let original = try MediaFactory.probe(input, ["-select_streams", "v", "-show_entries", "stream=field_order"])
        #expect(Set(order) == Set(original) && !order.contains("progressive"))
        // The lines of the two fields are not mixed.
        let difference = try MediaFactory.ffmpeg([
            "-i", input, "-i", output, "-lavfi", "psnr=stats_file=-", "-f", "null", "-",
        ])
        let values = String(decoding: difference, as: UTF8.self).split(separator: "\n").compactMap { line in
            line.split(separator: " ").first { $0.hasPrefix("psnr_y:") }.flatMap { Double($0.dropFirst(7)) }
        }
        #expect(values.count == 25 && values.allSatisfy { $0 > 35 })
    }

    @Test func lossOfFieldsIsReported() throws {
        let web = try remake(interlaced(isTopFirst: true), directory.file("out.webm"))
        #expect(web.count == 1 && web[0].contains("which webm files do not hold"))
        // Fields in H.264 need a height that is a multiple of 4.
        let input = directory.file("in.mkv")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=size=128x98:rate=50:duration=1", "-vf",
            "tinterlace=mode=interleave_top,setfield=tff", "-c:v", "mpeg2video", "-flags", "+ildct+ilme", input,
        ])
        let odd = try remake(input, directory.file("out.mp4"))
        #expect(odd.count == 1 && odd[0].contains("at 98 lines"))
    }

    @Test func progressiveFramesStayProgressive() throws {
        let input = directory.file("in.mp4")
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=size=128x96:rate=25:duration=1", input])
        let output = directory.file("out.mp4")
        #expect(try remake(input, output).isEmpty)
        #expect(try fields(output) == ["0,0"])
    }

    private func location(_ path: String) throws -> [String] {
        try MediaFactory.probe(path, ["-select_streams", "v", "-show_entries", "stream=chroma_location"])
    }

    /// JPEG's chroma samples are between the luma columns, MPEG's on the left column, and those of UHD on the top row
    /// too.
    @Test(arguments: ["mp4", "mov", "mkv"]) func chromaLocationIsKept(_ ending: String) throws {
        let frame = ["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=0.4"]
        let jpeg = directory.file("in.avi")
        try MediaFactory.ffmpeg(frame + ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p", jpeg])
        let half = directory.file("half.avi")
        try MediaFactory.ffmpeg(frame + ["-c:v", "mjpeg", "-pix_fmt", "yuvj422p", half])
        let corner = directory.file("corner.mp4")
        try MediaFactory.ffmpeg(
            frame + ["-c:v", "libx264", "-bsf:v", "h264_metadata=chroma_sample_loc_type=2", corner])
        let left = directory.file("left.mp4")
        try MediaFactory.ffmpeg(frame + ["-c:v", "libx264", left])
        let all = [(jpeg, "center"), (half, "center"), (corner, "topleft"), (left, "left")]
        for (index, (input, expected)) in all.enumerated() {
            let output = directory.file("out-\(index).\(ending)")
            _ = try remake(input, output)
            #expect(try location(output) == [expected])
        }
    }

    /// The edge of heat in chroma follows the samples' position: half a pixel further right where they are centred.
    @Test func heatFollowsTheChroma() throws {
        func shares(_ location: AVChromaLocation) -> HeatGrid {
            HeatGrid(
                count: 32, step: 2, site: location.isBetweenColumns ? 1 : 0.5, length: 64, origin: 0, extent: 64,
                heatCount: 64)
        }
        // Heat values are at 0.5, 1.5, …: a sample at 0.5 gets only the first, one at 1 the mean of both.
        #expect(shares(AVCHROMA_LOC_LEFT).weight[0] == 0)
        #expect(shares(AVCHROMA_LOC_CENTER).weight[0] == 64)
        #expect(AVCHROMA_LOC_TOPLEFT.rowOffset == 0 && AVCHROMA_LOC_LEFT.rowOffset == 0.5)
        #expect(AVCHROMA_LOC_BOTTOM.rowOffset == 1 && AVCHROMA_LOC_BOTTOM.isBetweenColumns)
    }
}
