import CFFmpeg
import Glibc
import Media
import TestSupport
import Testing

@testable import Decode

/// Features that FFmpeg lacks and this module implements, checked with the libraries in use. Where a test fails because
/// FFmpeg has gained the feature, FFmpeg's can be used from that version on (docs/ffmpeg.md).
@Suite struct ReaderFaultTests {
    /// `AnimatedWebP`
    @Test(.enabled(if: MediaFactory.hasEncoder("libwebp_anim")))
    func animatedWebPIsNotDecoded() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("a.webp")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=64x48:r=10:d=0.5", "-c:v", "libwebp_anim", "-loop", "0", path,
        ])
        av_log_set_level(AV_LOG_QUIET)
        let bytes = try directory.bytes(of: "a.webp")
        let packet = try PacketBuffer()
        try #require(av_new_packet(packet.pointer, Int32(bytes.count)) == 0)
        packet.pointer.pointee.data.update(from: bytes, count: bytes.count)
        let decoder = try CodecContext.open(images: AV_CODEC_ID_WEBP, maximumPixels: 1 << 20)
        guard case .failed = decoder.send(packet) else {
            Issue.record("FFmpeg decodes animated WebP")
            return
        }
    }

    /// `VideoStream.alphaDecoder`
    @Test(
        .enabled(if: MediaFactory.hasEncoder("libvpx-vp9") && MediaFactory.hasEncoder("libvpx")),
        arguments: ["libvpx-vp9", "libvpx"])
    func alphaOfWebMIsPassedOver(encoder: String) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("a.webm")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "color=red@0.5:s=64x48:r=5:d=1,format=yuva420p", "-c:v", encoder, "-auto-alt-ref", "0",
            path,
        ])
        let formats = try MediaFactory.probe(path, ["-select_streams", "v", "-show_entries", "frame=pix_fmt"])
        #expect(Set(formats) == ["yuv420p"])
    }

    /// `SnapshotStream`
    @Test func theEndOfAnAnswerWithoutLengthIsAnError() throws {
        let server = try StreamServer { connection in
            connection.beginHTTP(type: "image/jpeg")
            connection.send(Array("all".utf8))
        }
        av_log_set_level(AV_LOG_QUIET)
        var connection: UnsafeMutablePointer<AVIOContext>?
        try #require(avio_open(&connection, "http://127.0.0.1:\(server.port)/", AVIO_FLAG_READ) == 0)
        defer { avio_closep(&connection) }
        var bytes = [UInt8](repeating: 0, count: 100)
        var counts: [Int32] = []
        repeat { counts.append(avio_read_partial(connection, &bytes, 100)) } while counts.last ?? 0 > 0
        #expect(counts == [3, saliency_averror(EIO)])
    }

    /// `TLSRelay`: the options of TLS that other protocols have. `timeout` is found, so the search works.
    @Test(arguments: [("tls_verify", false), ("ca_file", false), ("verifyhost", false), ("timeout", true)])
    func rtspHasNoOptionForCertificates(name: String, exists: Bool) throws {
        var options = try #require(av_find_input_format("rtsp")).pointee.priv_class
        let found = withUnsafeMutablePointer(to: &options) { av_opt_find($0, name, nil, 0, AV_OPT_SEARCH_FAKE_OBJ) }
        #expect((found != nil) == exists)
    }
}
