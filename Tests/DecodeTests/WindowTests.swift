import Media
import TestSupport
import Testing

@testable import Decode

/// Windows compared with a simple specification: list all samples, cut them into windows, pad the last.
struct WindowTests {
    /// One tick, as below.
    private static let tolerance = 1e-4 + 1e-9

    /// An expected window.
    private struct Expected: Equatable {
        var first: Int
        var frames: [Int]
        var padded: Int
    }

    /// The specification: from the frames' times and the end of the last, the frame of each sample of every window.
    private func specification(
        times: [Double], end: Double, rate: FrameRate, length: Int, stride: Int
    ) -> [Expected] {
        var shown: [Int] = []
        switch rate {
        case .native: shown = Array(times.indices)
        case .framesPerSecond(let fps):
            var k = 0
            while Double(k) / fps + Self.tolerance < end || k == 0 {
                shown.append(times.lastIndex { $0 <= Double(k) / fps + Self.tolerance } ?? 0)
                k += 1
            }
        }
        var windows: [Expected] = []
        var start = 0
        while true {
            let isWhole = start + length <= shown.count
            let slice = shown[min(start, shown.count)..<min(start + length, shown.count)]
            windows.append(
                Expected(
                    first: start, frames: slice + Array(repeating: shown[shown.count - 1], count: length - slice.count),
                    padded: length - slice.count))
            if !isWhole || start + length >= shown.count { return windows }
            start += stride
        }
    }

    private func windows(
        times: [Double], durations: [Double], rate: FrameRate, length: Int, stride: Int
    ) throws -> (windows: [Window], converted: [Int], heldMaximum: Int) {
        // Ticks of 0.1 ms: the tolerance is a tick.
        var sampler = try ClipSampler<Int>(
            length: length, stride: stride, rate: rate, timeBase: Rational(1, 10_000), nominalInterval: 0.04)
        var converted: [Int] = []
        var result: [Window] = []
        var heldMaximum = 0
        let convert = { (index: Int) throws(MediaError) -> ClipFrame in
            converted.append(index)
            return ClipFrame(
                pixels: .bytes([]), width: 0, height: 0, channels: 3, sourceIndex: index, sourceTime: times[index],
                isCorrupt: index % 13 == 12)
        }
        for index in times.indices {
            result += try sampler.append(index, time: times[index], duration: durations[index], convert: convert)
            heldMaximum = max(heldMaximum, sampler.heldCount)
        }
        result += try sampler.finish(convert: convert)
        return (result, converted, heldMaximum)
    }

    @Test(arguments: 0..<300)
    func agreesWithSpecification(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let length = Int.random(in: 1...12, using: &random)
        let stride = Int.random(in: 1...length, using: &random)
        let count = Int.random(in: 1...60, using: &random)
        let rate: FrameRate =
            [
                .native, .framesPerSecond(25), .framesPerSecond(6), .framesPerSecond(60), .framesPerSecond(29.97),
            ].randomElement(using: &random) ?? .native
        // Steps in ticks of 0.1 ms, offset by half a tick from any sample so that the tolerance decides nothing.
        var tick = 0
        var times: [Double] = [0]
        for _ in 1..<max(2, count) {
            tick += Int.random(in: 1...(Int.random(in: 0...9, using: &random) == 0 ? 9000 : 700), using: &random)
            times.append((Double(tick) + 0.37) / 10_000)
        }
        times = Array(times.prefix(count))
        let durations = times.indices.map { index in
            index + 1 < count ? times[index + 1] - times[index] : 0.0412
        }
        let end = times[count - 1] + durations[count - 1]
        let expected = specification(times: times, end: end, rate: rate, length: length, stride: stride)
        let (windows, converted, heldMaximum) = try windows(
            times: times, durations: durations, rate: rate, length: length, stride: stride)

        #expect(
            windows.map {
                Expected(first: $0.firstSample, frames: $0.frames.map(\.sourceIndex), padded: $0.paddedCount)
            }
                == expected)
        #expect(windows.map(\.index) == Array(windows.indices))
        #expect(windows.allSatisfy { $0.frames.count == length && $0.times.count == length })
        #expect(windows.allSatisfy { $0.containsCorruption == $0.frames.contains(where: \.isCorrupt) })
        // Only sampled frames are converted, each once; no more than T are held.
        #expect(converted == Array(Set(expected.flatMap(\.frames))).sorted() || rate == .native)
        #expect(Set(converted).count == converted.count)
        #expect(heldMaximum <= length)
        if case .framesPerSecond(let fps) = rate {
            for window in windows {
                for (k, time) in window.times.enumerated() {
                    #expect(abs(time - Double(window.firstSample + k) / fps) < 1e-6)
                }
            }
        }
    }

    @Test func samplesOnOneFrameShareIt() throws {
        let (windows, converted, _) = try windows(
            times: [0, 1.0 / 6], durations: [1.0 / 6, 1.0 / 6], rate: .framesPerSecond(25), length: 8, stride: 8)
        #expect(converted == [0, 1])
        #expect(windows.count == 2)
        #expect(windows[0].frames.prefix(5).allSatisfy { $0 === windows[0].frames[0] })
        #expect(windows[0].frames.map(\.sourceIndex) == [0, 0, 0, 0, 0, 1, 1, 1])
        #expect(windows[1].frames.map(\.sourceIndex) == Array(repeating: 1, count: 8))
        #expect(windows[1].paddedCount == 7)
    }

    @Test(arguments: [
        (64, 64, [0]), (65, 64, [0, 64]), (96, 32, [0, 32]), (97, 32, [0, 32, 64]), (1, 1, [0]), (63, 1, [0]),
    ])
    func coversEverySampleOnce(count: Int, stride: Int, starts: [Int]) throws {
        let times = (0..<count).map { Double($0) / 25 }
        let (windows, _, _) = try windows(
            times: times, durations: times.map { _ in 0.04 }, rate: .framesPerSecond(25), length: 64, stride: stride)
        #expect(windows.map(\.firstSample) == starts)
        #expect(windows.dropLast().allSatisfy { $0.paddedCount == 0 })
        #expect(windows.last?.paddedCount == (starts.last ?? 0) + 64 - count)
    }

    @Test func longStillFrameCompletesSeveralWindows() throws {
        let (windows, converted, _) = try windows(
            times: [0, 10], durations: [10, 0.04], rate: .framesPerSecond(25), length: 16, stride: 16)
        #expect(windows.count == 16)
        #expect(converted == [0, 1])
        #expect(windows[14].frames.allSatisfy { $0.sourceIndex == 0 })
    }

    @Test(arguments: [FrameRate.native, .framesPerSecond(25), .framesPerSecond(50)])
    func startsAtTheGivenTime(rate: FrameRate) throws {
        let fps = if case .framesPerSecond(let value) = rate { value } else { 25.0 }
        for (start, expected) in [
            (0.0, 0), (0.4, 10), (0.41, rate == .native ? 11 : 10), (0.78, rate == .native ? nil : 19), (9, nil),
        ] {
            var sampler = try ClipSampler<Int>(
                length: 4, stride: 4, rate: rate, start: start, timeBase: Rational(1, 10_000), nominalInterval: 0.04)
            var windows: [Window] = []
            let convert = { (index: Int) throws(MediaError) -> ClipFrame in
                ClipFrame(
                    pixels: .bytes([]), width: 0, height: 0, channels: 3, sourceIndex: index,
                    sourceTime: Double(index) / 25, isCorrupt: false)
            }
            for index in 0..<20 {
                windows += try sampler.append(index, time: Double(index) / 25, duration: 0.04, convert: convert)
            }
            windows += try sampler.finish(convert: convert)
            #expect(windows.first?.frames.first?.sourceIndex == expected, "\(start)")
            #expect(windows.first.map(\.firstSample) == expected.map { _ in 0 })
            if let times = windows.first?.times, rate != .native {
                #expect(times.enumerated().allSatisfy { abs($1 - start - Double($0) / fps) < 1e-9 })
            }
        }
    }

    @Test func refusesInvalidSettings() {
        for (length, stride, rate) in [
            (0, 1, FrameRate.native), (4, 0, .native), (4, 5, .native), (4, 4, .framesPerSecond(0)),
            (4, 4, .framesPerSecond(.nan)), (4, 4, .framesPerSecond(-1)), (4, 4, .framesPerSecond(.infinity)),
        ] {
            #expect(throws: MediaError.self) {
                _ = try ClipSampler<Int>(
                    length: length, stride: stride, rate: rate, timeBase: Rational(1, 25), nominalInterval: 0.04)
            }
        }
    }

    @Test func noFramesGiveNoWindows() throws {
        var sampler = try ClipSampler<Int>(
            length: 4, stride: 2, rate: .native, timeBase: Rational(1, 25), nominalInterval: 0.04)
        #expect(
            try sampler.finish { _ throws(MediaError) in throw MediaError(.damaged, "never asked") }.isEmpty)
    }
}
