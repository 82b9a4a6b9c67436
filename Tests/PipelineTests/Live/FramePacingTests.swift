import Testing

@testable import Pipeline

@Suite struct FramePacingTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start.advanced(by: .seconds(seconds)) }

    /// The output times of frames at 15 fps whose heat becomes final one window at a time.
    ///
    /// - Parameters:
    ///   - stride: seconds from one window to the next.
    ///   - cost: seconds from the end of window `index` until it is explained.
    private func releases(
        stride: Double, window: Double = 1.6, seconds: Double = 60, longest: Double = 3.2,
        cost: (_ index: Int) -> Double
    ) -> [Double] {
        var pacing = FramePacing(longest: longest)
        var (noted, now) = (-1, 0.0)
        return (0..<Int(seconds * 15)).map { frame in
            let due = Double(frame) / 15
            let index = Int(due / stride)
            let final = Double(index) * stride + window + cost(index)
            if index > noted {
                noted = index
                pacing.record(final - due, at: at(final))
            }
            now = max(now, final, due)
            now = max(now, due + pacing.delay(at: at(now)))
            return now
        }
    }

    private func longestSilence(_ times: [Double], from begin: Double) -> Double {
        let late = times.filter { $0 > begin }
        return zip(late, late.dropFirst()).map { $1 - $0 }.max() ?? 9
    }

    @Test(arguments: [0.4, 0.8, 1.6]) func framesThatBecomeFinalTogetherAreOutputEvenly(stride: Double) {
        let times = releases(stride: stride) { _ in 0.3 }
        #expect(longestSilence(times, from: 5) < 0.07)
        // Not later than the slowest frame requires.
        let delay = (times.last ?? 0) - Double(times.count - 1) / 15
        #expect(delay < 1.6 + 0.3 + 0.1)
    }

    @Test func slowWindowDelaysLaterOnes() {
        let times = releases(stride: 0.8) { index in index == 20 ? 0.9 : Double(index % 3) / 10 }
        // One pause, as long as the additional time of the window, and none when the delay decreases again.
        let silences = zip(times, times.dropFirst()).map { $1 - $0 }.filter { $0 > 0.1 }
        #expect(silences.count { $0 > 0.2 } <= 2)
        #expect(longestSilence(times, from: 25) < 0.11)
        let delay = (times.last ?? 0) - Double(times.count - 1) / 15
        #expect(delay < 1.6 + 0.2 + 0.1)
    }

    @Test func delayIsBounded() {
        let times = releases(stride: 0.8, longest: 1.7) { _ in 0.05 }
        #expect(times.enumerated().allSatisfy { $1 - Double($0) / 15 <= 1.701 })
    }

    @Test func framesWithoutHeatDoNotWait() {
        var pacing = FramePacing(longest: 3)
        #expect(pacing.delay(at: at(0)) == 0 && pacing.delay(at: at(100)) == 0)
    }
}
