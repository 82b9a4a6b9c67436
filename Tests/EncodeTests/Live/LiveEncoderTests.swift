import CFFmpeg
import Media
import TestSupport
import Testing

@testable import Encode

@Suite struct LiveEncoderTests {
    init() {
        av_log_set_level(AV_LOG_QUIET)
    }

    @Test("Every picture comes out before the next goes in", arguments: [1, 3])
    func noDelay(_ threads: Int) throws {
        let encoder = try LiveEncoder(
            source: Fixtures.source(width: 320, height: 240), settings: VideoSettings(threads: threads), name: "gate")
        let maker = CanvasMaker(format: encoder.format)
        for index in 0..<60 {
            let frame = try Fixtures.frame(width: 320, height: 240, index: index, pts: Int64(512 * index))
            let pictures = try encoder.encode(
                maker.canvas(of: frame), wallClock: 1000 + Double(index), isKeyFrame: false)
            #expect(pictures.count == 1)
            let picture = try #require(pictures.first)
            #expect(picture.time == Double(index) / 25 && picture.wallClock == 1000 + Double(index))
            #expect(picture.duration == 0.04)
            #expect(picture.packet.pointer.pointee.pts == picture.packet.pointer.pointee.dts)
        }
        #expect(try encoder.finish().isEmpty)
    }

    @Test("A key frame comes every two seconds", arguments: [3, 5, 25])
    func keyFramesComeInTime(_ rate: Int) throws {
        var times: [Double] = []
        try LiveMaterial.pictures(9 * rate, rate: rate) { if $0.isKeyFrame { times.append($0.time) } }
        #expect(times.first == 0)
        for (time, next) in zip(times, times.dropFirst()) { #expect(next - time <= 2.001 && next - time > 1.5) }
        #expect(try #require(times.last) > 6.9)
    }

    @Test func keyFramesComeOnDemand() throws {
        var keys: [Int] = []
        var index = 0
        try LiveMaterial.pictures(
            60, isKeyFrame: { [7, 8, 30].contains(Int((($0 - LiveMaterial.noon) * 25).rounded())) }
        ) {
            if $0.isKeyFrame { keys.append(index) }
            index += 1
        }
        // Fifty pictures after the last there is none yet.
        #expect(keys == [0, 7, 8, 30])
    }

    @Test func picturesOfAnotherKindAreRefused() throws {
        let encoder = try LiveMaterial.encoder()
        let maker = CanvasMaker(format: CanvasFormat(width: 32, height: 32, color: ColorDescription()))
        let frame = try Fixtures.frame(width: 32, height: 32)
        #expect(throws: MediaError.self) {
            try encoder.encode(maker.canvas(of: frame), wallClock: 0, isKeyFrame: false)
        }
    }
}
