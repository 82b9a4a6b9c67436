import CFFmpeg
import Media
import TestSupport
import Testing

@testable import Encode

@Suite struct LiveEncoderTests {
    init() {
        av_log_set_level(AV_LOG_QUIET)
    }

    @Test("Every frame is output before the next one is submitted", arguments: [1, 3])
    func noDelay(_ threads: Int) throws {
        let encoder = try LiveEncoder(
            source: Fixtures.source(width: 320, height: 240), settings: VideoSettings(threads: threads), name: "gate")
        let maker = CanvasMaker(format: encoder.format)
        for index in 0..<60 {
            let frame = try Fixtures.frame(width: 320, height: 240, index: index, pts: Int64(512 * index))
            let frames = try encoder.encode(
                maker.canvas(of: frame), wallClock: 1000 + Double(index), isKeyFrame: false)
            #expect(frames.count == 1)
            let encoded = try #require(frames.first)
            #expect(encoded.time == Double(index) / 25 && encoded.wallClock == 1000 + Double(index))
            #expect(encoded.duration == 0.04)
            #expect(encoded.packet.pointer.pointee.pts == encoded.packet.pointer.pointee.dts)
        }
        #expect(try encoder.finish().isEmpty)
    }

    @Test("There is a key frame every two seconds", arguments: [3, 5, 25])
    func keyFramesComeInTime(_ rate: Int) throws {
        var times: [Double] = []
        try LiveMaterial.frames(9 * rate, rate: rate) { if $0.isKeyFrame { times.append($0.time) } }
        #expect(times.first == 0)
        for (time, next) in zip(times, times.dropFirst()) { #expect(next - time <= 2.001 && next - time > 1.5) }
        #expect(try #require(times.last) > 6.9)
    }

    @Test func keyFramesComeOnDemand() throws {
        var keys: [Int] = []
        var index = 0
        try LiveMaterial.frames(
            60, isKeyFrame: { [7, 8, 30].contains(Int((($0 - LiveMaterial.noon) * 25).rounded())) }
        ) {
            if $0.isKeyFrame { keys.append(index) }
            index += 1
        }
        // There is none in the fifty frames after the last key frame.
        #expect(keys == [0, 7, 8, 30])
    }

    @Test func framesOfAnotherKindAreRefused() throws {
        let encoder = try LiveMaterial.encoder()
        let maker = CanvasMaker(format: CanvasFormat(width: 32, height: 32, color: ColorDescription()))
        let frame = try Fixtures.frame(width: 32, height: 32)
        #expect(throws: MediaError.self) {
            try encoder.encode(maker.canvas(of: frame), wallClock: 0, isKeyFrame: false)
        }
    }
}
