import Testing

@testable import Pipeline

@Suite struct LivePreviewTests {
    private let start = ContinuousClock.now

    /// The number of frames that a viewer gets in twelve seconds from a source at `rate` fps.
    private func claims(_ preview: LivePreview, rate: Double, from begin: Double = 0, jitter: Double = 0) -> [Double] {
        (0..<Int(rate * 12)).compactMap { index in
            let time = begin + Double(index) / rate + (index.isMultiple(of: 2) ? jitter : 0)
            return preview.claim(at: start.advanced(by: .seconds(time))) ? time : nil
        }
    }

    @Test(arguments: [15.0, 25, 30, 29.97, 12, 7, 5]) func frameRateIsTheRequestedOne(rate: Double) {
        let preview = LivePreview(rate: 5)
        let viewer = preview.images()
        let times = claims(preview, rate: rate, jitter: 0.01)
        #expect((59...61).contains(times.count), "\(times.count)")
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 < 0.2 + 1 / rate + 0.011 })
        _ = consume viewer
    }

    @Test func slowSourceGivesAllFrames() {
        let preview = LivePreview(rate: 5)
        let viewer = preview.images()
        #expect(claims(preview, rate: 3).count == 36)
        // After a pause, and with a clock that is behind the former one.
        #expect(claims(preview, rate: 3, from: 3600).count == 36)
        #expect(claims(preview, rate: 3, from: 100).count == 36)
        _ = consume viewer
    }

    @Test func noViewersGetNoFrames() {
        #expect(claims(LivePreview(rate: 5), rate: 15).isEmpty)
    }
}
