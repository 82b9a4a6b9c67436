import CFFmpeg
import Decode
import TestSupport
import Testing

@testable import Encode

/// Closed captions in the side data of frames.
@Suite struct ClosedCaptionTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        av_log_set_level(AV_LOG_QUIET)
    }

    /// Two characters of field 1 (CEA-608), different ones for each frame.
    private static func captions(_ index: Int) -> [UInt8] { [0xfc, UInt8(0x41 + index), 0x20] }

    private func write(_ name: String, _ format: AVPixelFormat, width: Int) throws -> (path: String, warnings: [String])
    {
        let path = directory.file(name)
        let writer = try VideoWriter(path: path, source: Fixtures.source(width: width))
        let maker = CanvasMaker(format: writer.format)
        for index in 0..<5 {
            let frame = try Fixtures.frame(
                width: width, height: 48, format: format, index: index, pts: Int64(index) * 512)
            let bytes = Self.captions(index)
            let side = try #require(av_frame_new_side_data(frame.buffer.pointer, AV_FRAME_DATA_A53_CC, bytes.count))
            side.pointee.data.update(from: bytes, count: bytes.count)
            try writer.write(maker.canvas(of: frame))
        }
        try writer.finish()
        return (path, writer.warnings)
    }

    @Test(
        "Captions stay with their frames, whatever is done to the pixels", arguments: ["mp4", "mov", "mkv", "ts"],
        // Unchanged, converted, and with one column added.
        [(AV_PIX_FMT_YUV420P, 64), (AV_PIX_FMT_YUV422P, 64), (AV_PIX_FMT_YUV420P, 65)])
    func captionsAreKept(_ ending: String, _ kind: (format: AVPixelFormat, width: Int)) throws {
        let source = try VideoFileSource(write("out.\(ending)", kind.format, width: kind.width).path)
        var found: [[UInt8]] = []
        while let item = try source.next() {
            guard case .frame(let frame) = item else { continue }
            let side = try #require(av_frame_get_side_data(frame.buffer.pointer, AV_FRAME_DATA_A53_CC))
            found.append(Array(UnsafeBufferPointer(start: side.pointee.data, count: side.pointee.size)))
        }
        #expect(found == (0..<5).map(Self.captions))
    }

    @Test func lossInWebMIsReported() throws {
        #expect(
            try write("out.webm", AV_PIX_FMT_YUV420P, width: 64).warnings == [
                "webm files hold no closed captions (CEA-608, CEA-708) in their frames; they are left out"
            ])
    }
}
