import Testing

@testable import Encode

@Suite struct HeldHeatTests {
    private let width = 10
    private let height = 8
    private var count: Int { width * height }

    private func heat(_ frames: [[Float]], sigma: Double = 0) -> HeatPlane {
        let values = frames.flatMap(\.self)
        return HeldHeat(width: width, height: height, smoothing: HeatSmoothing(spatialSigma: sigma))
            .heat(after: values.span, frames: frames.count)
    }

    private func spot(at place: Int, _ value: Float = 1) -> [Float] {
        (0..<count).map { $0 == place ? value : 0 }
    }

    @Test("Only the last quarter of the window is used", arguments: [4, 8, 64])
    func lastQuarter(_ frames: Int) {
        let maps = (0..<frames).map { $0 < frames - frames / 4 ? spot(at: 3, 100) : spot(at: 42) }
        let plane = heat(maps)
        #expect(plane.values[3] == 0)
        // The percentile of a map with a single hot spot is 0: the spot is drawn with full heat.
        #expect(plane.values.enumerated().allSatisfy { $0.offset == 42 || $0.element == 0 })
    }

    @Test func windowOfOneFrame() {
        let ramp = (0..<count).map { Float($0) }
        let plane = heat([ramp])
        #expect(plane.values.first == 0)
        #expect(plane.values.last == 255)
        #expect(zip(plane.values, plane.values.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test func rangeIsAveragedOverWindows() {
        let carrier = HeldHeat(width: width, height: height, smoothing: HeatSmoothing(spatialSigma: 0))
        let ramp = (0..<count).map { Float($0) }
        let strong = carrier.heat(after: ramp.span, frames: 1)
        let tenth = ramp.map { $0 / 10 }
        let weak = carrier.heat(after: tenth.span, frames: 1)
        // The range has moved by 0.4 of the difference: 1 - 0.4 · 0.9 = 0.64 of the old range is full heat, and a tenth
        // is 16 %.
        #expect(strong.values.last == 255)
        #expect(abs(Int(weak.values.last ?? 0) - Int((255 * 0.1 / 0.64).rounded())) <= 2)
    }

    @Test func signsAreKept() {
        let ramp = (0..<count).map { Float($0) - 40 }
        let plane = HeldHeat(width: width, height: height, sign: .signed, smoothing: HeatSmoothing(spatialSigma: 0))
            .heat(after: ramp.span, frames: 1)
        #expect(plane.values[0] == 1 && plane.values[40] == 128)
        // The percentile of 80 magnitudes is the second largest, 39: 39 is full heat, as -40 is.
        #expect(plane.values[79] == 255 && plane.values[60] == 128 + 65)
    }

    @Test("Flat and empty maps are cold", arguments: [0, 1, 1e30] as [Float])
    func flatMaps(_ value: Float) {
        #expect(heat([[Float](repeating: value, count: count)], sigma: 2).values.allSatisfy { $0 == 0 })
    }
}
