import CFFmpeg
import Decode
import Glibc
import Media
import TestSupport
import Testing

@testable import Encode

/// Faults of FFmpeg's MP4 muxer that this module works around, shown with the libraries that run here. Where a test
/// fails because a fault is fixed, restrict the workaround to older versions (docs/ffmpeg.md).
@Suite struct MuxerFaultTests {
    /// `TimedTextStream.coarsestUnit`
    @Test func abortsOverTextInTicksCoarserThanTheFrames() async {
        await #expect(processExitsWith: .signal(SIGABRT)) { try FragmentedOutput.write(textRate: 1000) }
    }

    @Test func takesTextInFinerTicks() async {
        await #expect(processExitsWith: .success) { try FragmentedOutput.write(textRate: 96_000) }
    }

    /// `Muxer.longestStep`, and the splitting of texts in `TimedTextStream`
    @Test func abortsOverAStepOfTextBeyond31Bits() async {
        await #expect(processExitsWith: .signal(SIGABRT)) {
            try FragmentedOutput.write(textRate: 96_000, jump: 3e9 / 96_000)
        }
    }

    @Test func takesAStepOfTextWithin31Bits() async {
        await #expect(processExitsWith: .success) {
            try FragmentedOutput.write(textRate: 96_000, jump: 2e9 / 96_000)
        }
    }

    /// `ADTSRemover`
    @Test func refusesHeadersOfAACInFragments() throws {
        let output = try FragmentedOutput()
        let sound = try output.muxer.addStream()
        let parameters = try #require(sound.pointee.codecpar)
        parameters.pointee.codec_type = AVMEDIA_TYPE_AUDIO
        parameters.pointee.codec_id = AV_CODEC_ID_AAC
        parameters.pointee.sample_rate = 48_000
        parameters.pointee.frame_size = 1024
        av_channel_layout_default(&parameters.pointee.ch_layout, 1)
        sound.pointee.time_base = AVRational(num: 1, den: 48_000)
        try output.begin()
        let adts: [UInt8] = [0xff, 0xf1, 0x4c, 0x40, 0x02, 0x1f, 0xfc] + [UInt8](repeating: 0, count: 10)
        #expect(throws: MediaError.self) {
            for index in 0..<10 {
                try output.write(output.frame, [0xff, 0xd8], at: Double(index) / 25, duration: 0.04)
                try output.write(sound, adts, at: Double(index) * 1024 / 48_000, duration: 1024.0 / 48_000)
            }
        }
    }
}

/// A fragmented MP4 file written by FFmpeg's muxer without this module's workarounds.
private final class FragmentedOutput {
    static let rate: Int32 = 90_000

    let muxer: FileMuxer
    let frame: UnsafeMutablePointer<AVStream>

    init() throws {
        av_log_set_level(AV_LOG_QUIET)
        // The folder is removed at once, so that an abort leaves no files. The open file stays writable.
        let directory = try TemporaryDirectory()
        let file = try withExtendedLifetime(directory) {
            try StagedFile(destination: directory.file("out.mp4"), replaces: false)
        }
        muxer = try FileMuxer(container: .mp4, file: file)
        frame = try muxer.addStream()
        let parameters = try #require(frame.pointee.codecpar)
        parameters.pointee.codec_type = AVMEDIA_TYPE_VIDEO
        parameters.pointee.codec_id = AV_CODEC_ID_MJPEG
        (parameters.pointee.width, parameters.pointee.height) = (64, 48)
        frame.pointee.time_base = AVRational(num: 1, den: Self.rate)
    }

    /// Two seconds of frames, a fragment for every ten, and a text for every fragment.
    ///
    /// - Parameters:
    ///   - textRate: ticks a second of the texts' time stamps.
    ///   - jump: seconds by which the second half is later.
    static func write(textRate: Int32, jump: Double = 0) throws {
        let output = try FragmentedOutput()
        let text = try output.muxer.addStream()
        let parameters = try #require(text.pointee.codecpar)
        parameters.pointee.codec_type = AVMEDIA_TYPE_SUBTITLE
        parameters.pointee.codec_id = AV_CODEC_ID_MOV_TEXT
        text.pointee.time_base = AVRational(num: 1, den: textRate)
        try output.begin()
        for index in 0..<50 {
            let time = Double(index) / 25 + (index < 25 ? 0 : jump)
            let isKey = index % 10 == 0
            if isKey { try output.write(text, [0, 5] + Array("hello".utf8), at: time, duration: 0.4) }
            try output.write(output.frame, [0xff, 0xd8], at: time, duration: 0.04, isKey: isKey)
        }
        try output.muxer.writeTrailer()
    }

    func begin() throws {
        try muxer.writeHeader(
            options: OutputContainer.mp4.muxerOptions(frameUnit: Rational(1, Self.rate), isFragmented: true))
    }

    /// - Parameters:
    ///   - time: seconds.
    ///   - duration: seconds.
    func write(
        _ stream: UnsafeMutablePointer<AVStream>, _ bytes: [UInt8], at time: Double, duration: Double,
        isKey: Bool = true
    ) throws {
        let packet = try PacketBuffer.holding(bytes)
        let rate = Double(stream.pointee.time_base.den)
        packet.pointer.pointee.pts = Int64((time * rate).rounded())
        packet.pointer.pointee.dts = packet.pointer.pointee.pts
        packet.pointer.pointee.duration = Int64((duration * rate).rounded())
        packet.pointer.pointee.stream_index = stream.pointee.index
        if isKey { packet.pointer.pointee.flags |= AV_PKT_FLAG_KEY }
        try muxer.write(packet)
    }
}
