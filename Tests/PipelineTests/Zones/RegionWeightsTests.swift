import Decode
import Encode
import Engine
import Media
import Testing

@testable import Pipeline

@Suite struct RegionWeightsTests {
    /// A frame of 160 x 160 pixels for a network with an input of 16 x 16.
    private static let mapping = FrameMapping(
        clipWidth: 16, clipHeight: 16, originX: 0, originY: 0, scaleX: 10, scaleY: 10)

    private static func weights(masks: [String] = [], zones: [String] = []) throws -> RegionWeights {
        func regions(_ texts: [String]) throws -> [FrameRegion] {
            try texts.enumerated().map { FrameRegion(name: "r\($0)", polygon: try Polygon($1)) }
        }
        return RegionWeights(
            FrameRegions(masks: try regions(masks), zones: try regions(zones)), mapping: mapping, sourceWidth: 160,
            sourceHeight: 160)
    }

    private static let left = "0,0 0.5,0 0.5,1 0,1"
    private static let right = "0.5,0 1,0 1,1 0.5,1"
    private static let all = "0,0 1,0 1,1 0,1"

    /// Four samples, each with the same value in every cell of a column.
    private static func explanation(columns: [Float]) -> Explanation {
        let values = (0..<4 * 16).flatMap { _ in columns }
        return Explanation(
            logits: [1, 0], target: ResolvedTarget(index: 0, contrast: nil),
            map: SaliencyMap(frames: 4, height: 16, width: 16, values: values.map(\.magnitude)), signed: values,
            method: "test", cost: PassCount())
    }

    private static func halves(_ left: Float, _ right: Float) -> [Float] {
        (0..<16).map { $0 < 8 ? left : right }
    }

    @Test func sharesAreRelativeToTheWholeMap() throws {
        let weights = try Self.weights(zones: [Self.left, Self.right, Self.all])
        let shares = weights.shares(of: Self.explanation(columns: Self.halves(3, 1)).map)
        #expect(shares.map(\.name) == ["r0", "r1", "r2"])
        #expect(shares.map(\.share) == [0.75, 0.25, 1] && shares.map(\.area) == [0.5, 0.5, 1])
    }

    @Test func withoutHeatOrWithoutNumbersSharesAreZero() throws {
        let weights = try Self.weights(zones: [Self.left])
        for columns in [Self.halves(0, 0), Self.halves(.nan, 1), Self.halves(1, .infinity)] {
            let shares = weights.shares(of: Self.explanation(columns: columns).map)
            #expect(shares == [ZoneShare(name: "r0", share: 0, area: 0.5)])
        }
        #expect(try Self.weights(masks: [Self.left]).shares(of: Self.explanation(columns: Self.halves(1, 1)).map) == [])
    }

    @Test func masksRemoveHeatBeforeSharesAreComputed() throws {
        let weights = try Self.weights(masks: ["0,0 0.25,0 0.25,1 0,1"], zones: [Self.left, Self.right])
        let masked = weights.masked(Self.explanation(columns: Self.halves(-2, 1)))
        #expect(masked.map.values[0..<16] == [0, 0, 0, 0, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1])
        #expect(masked.signed?[48..<64] == [0, 0, 0, 0, -2, -2, -2, -2, 1, 1, 1, 1, 1, 1, 1, 1])
        #expect(masked.logits == [1, 0] && masked.target == 0)
        let shares = weights.shares(of: masked.map)
        #expect(shares.map(\.share) == [0.5, 0.5])
        // Shares of the twelve remaining columns.
        #expect(zip(shares.map(\.area), [4.0 / 12, 8.0 / 12]).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    @Test func partlyCoveredCellKeepsTheRest() throws {
        // One and a quarter columns; then the same area in two masks that meet within a cell.
        let one = ["0,0 0.078125,0 0.078125,1 0,1"]
        let two = ["0,0 0.07,0 0.07,1 0,1", "0.07,0 0.078125,0 0.078125,1 0.07,1"]
        for masks in [one, two] {
            let masked = try Self.weights(masks: masks).masked(Self.explanation(columns: Self.halves(4, 1)))
            #expect(masked.map.values[0] == 0 && masked.map.values[2] == 4)
            #expect(abs(masked.map.values[1] - 3) < 1e-5)
        }
    }

    @Test func nonNumbersAreRemovedUnderAMask() throws {
        let weights = try Self.weights(masks: [Self.left], zones: [Self.right])
        let masked = weights.masked(Self.explanation(columns: Self.halves(.nan, 1)))
        #expect(weights.shares(of: masked.map) == [ZoneShare(name: "r0", share: 1, area: 1)])
    }

    @Test func zonesThatCannotHaveHeatAreNamed() throws {
        #expect(try Self.weights(masks: [Self.left], zones: [Self.left, Self.right]).unseenZones == ["r0"])
        let crop = FrameMapping(clipWidth: 16, clipHeight: 16, originX: 80, originY: 0, scaleX: 5, scaleY: 10)
        let regions = FrameRegions(zones: [FrameRegion(name: "door", polygon: try Polygon(Self.left))])
        let weights = RegionWeights(regions, mapping: crop, sourceWidth: 160, sourceHeight: 160)
        #expect(weights.unseenZones == ["door"])
        #expect(
            weights.shares(of: Self.explanation(columns: Self.halves(1, 1)).map)
                == [ZoneShare(name: "door", share: 0, area: 0)])
    }

    @Test("Masked heat is not drawn at either latency", arguments: [LiveRequest.Latency.smooth, .low])
    func drawn(_ latency: LiveRequest.Latency) throws {
        let weights = try Self.weights(masks: [Self.left])
        for sign in [HeatSign.absolute, .signed] {
            let heat = LiveHeat(latency: latency, sign: sign)
            // The left side is the hottest.
            let columns: [Float] = (0..<16).map { $0 < 8 ? 9 : Float($0 % 3) }
            try heat.add(weights.masked(Self.explanation(columns: columns)), of: .sample, caption: "")
            let plane = try #require(heat.drawn(at: 0).plane)
            // Smoothing spreads a little heat across the mask's edge: by at most 6 cells.
            for row in 0..<16 { #expect(plane.values[row * 16..<row * 16 + 2] == [sign.none, sign.none]) }
            #expect(plane.values.contains { $0 == 255 })
        }
    }
}

extension SampleBuffer.Due {
    /// Four samples from 0 s on.
    fileprivate static var sample: SampleBuffer.Due {
        let frames = (0..<4).map { index in
            ClipFrame(
                pixels: .bytes([0, 0, 0]), width: 1, height: 1, channels: 3, sourceIndex: index,
                sourceTime: Double(index) / 25, isCorrupt: false)
        }
        let window = Window(
            index: 0, firstSample: 0, frames: frames, times: frames.map(\.sourceTime), paddedCount: 0,
            containsCorruption: false)
        return SampleBuffer.Due(window: window, stride: nil, skipped: 0, nextStart: 4)
    }
}
