import Foundation
import TestSupport
import Testing

@testable import Engine

/// Measures that compare two maps, checked with other software and by hand.
@Suite struct MapMetricTests {
    private struct Golden: Decodable {
        struct Maps: Decodable {
            var shape: [Int]
            var x: [Float]
            var y: [Float]
            var spearman: Double
            var ssim: Double
        }

        struct Parts: Decodable {
            var products: [Double]
            var losses: [Double]
            var infidelity: Double
        }

        var maps: Maps
        var parts: Parts
    }

    private func golden() throws -> Golden {
        try JSONDecoder().decode(Golden.self, from: Data(GoldenMaterial.bytes("evidence/golden.json")))
    }

    private func maps() throws -> (x: SaliencyMap, y: SaliencyMap, golden: Golden.Maps) {
        let golden = try golden().maps
        func map(_ values: [Float]) -> SaliencyMap {
            SaliencyMap(frames: golden.shape[0], height: golden.shape[1], width: golden.shape[2], values: values)
        }
        return (map(golden.x), map(golden.y), golden)
    }

    @Test("Spearman with ties and SSIM agree with SciPy and scikit-image")
    func agreement() throws {
        let (x, y, golden) = try maps()
        let rank = try #require(RankCorrelation(x.values).with(y.values))
        #expect(abs(rank - golden.spearman) < 1e-12)
        // The golden maps are in double precision; these are the nearest floats.
        let similarity = try #require(StructuralSimilarity.mean(x, y, range: 1))
        #expect(abs(similarity - golden.ssim) < 1e-6)
    }

    @Test("Infidelity agrees with Captum's, with its scaling")
    func captum() throws {
        let parts = try golden().parts
        let value = Infidelity.value(products: parts.products, losses: parts.losses)
        #expect(abs(value.infidelity - parts.infidelity) < 1e-10 * parts.infidelity)
    }

    @Test(
        "Infidelity by hand: nothing is unexplained if losses are proportional, everything if they are unrelated")
    func infidelityByHand() {
        let foretold = Infidelity.value(products: [1, 2, 0], losses: [-3, -6, 0])
        #expect(foretold == Infidelity.Value(infidelity: 0, unexplained: 0))
        let unrelated = Infidelity.value(products: [1, 1], losses: [2, -2])
        #expect(unrelated == Infidelity.Value(infidelity: 4, unexplained: 1))
        #expect(Infidelity.value(products: [0, 0], losses: [1, 1]).unexplained == 1)
    }

    @Test("Ranks: increasing functions keep them, the reverse order inverts them, constant values have none")
    func ranks() throws {
        let values: [Float] = [3, -1, 0.5, 0.5, 7, -0.0]
        let ranks = RankCorrelation(values)
        #expect(ranks.with(values.map { $0 * $0 * $0 }) == 1)
        #expect(ranks.with(values.map { -$0 }) == -1)
        #expect(ranks.with([1, 1, 1, 1, 1, 1]) == nil)
        #expect(ranks.with([1, 2]) == nil)
        // Ranks 1 2.5 2.5 4 and 1 2 3 4: 4.5 / √(4.5 · 5).
        let tied = try #require(RankCorrelation([1, 2, 2, 3]).with([1, 2, 3, 4]))
        #expect(abs(tied - (0.9).squareRoot()) < 1e-15)
    }

    @Test("Orders follow the values; equal values and both zeros keep their order")
    func orders() {
        let values: [Float] = [0, -2, 5, -0.0, 5, -7.5]
        #expect(ValueOrder.descending(values) == [2, 4, 0, 3, 1, 5])
        #expect(ValueOrder.ascending(values) == [5, 1, 0, 3, 2, 4])
    }

    @Test("Orders of many values are those of a sort by value and place")
    func longOrders() {
        var random = SplitMix(seed: 4, stream: 0)
        // Half of the values are equal to others.
        let values = (0..<5000).map { _ in
            random.uniform() < 0.5 ? Float(random.index(below: 7)) - 3 : Float(random.uniform() * 1e-30 - 5e-31)
        }
        let places = values.indices.map { UInt32($0) }
        #expect(ValueOrder.ascending(values) == places.sorted { (values[Int($0)], $0) < (values[Int($1)], $1) })
        #expect(ValueOrder.descending(values) == places.sorted { (-values[Int($0)], $0) < (-values[Int($1)], $1) })
        #expect(ValueOrder.ascending([]).isEmpty && ValueOrder.descending([1]) == [0])
    }

    @Test("The jackknife's error of a mean is its standard error; of infidelity, that of leaving each box out")
    func jackknife() throws {
        let values = [2.0, 4, 4, 4, 5, 5, 7, 9]
        let error = try #require(
            Jackknife.standardError(values.count) { left in
                (values.reduce(0, +) - values[left]) / Double(values.count - 1)
            })
        // The deviations' squares are 32 in total, by 7, by 8.
        #expect(abs(error - (32.0 / 7 / 8).squareRoot()) < 1e-12)
        #expect(Jackknife.standardError(1) { _ in 0 } == nil)

        let losses = [3.0, -1, 2, 0.5, 4]
        let products = [[2.0, 1, 1, 0, 3], [1, 1, 1, 1, 1], [0.5, 0, 2, 1, 1]]
        let maps = products.map { BoxPredictions(products: $0, losses: losses) }
        func without(_ left: Int, _ values: [Double]) -> [Double] {
            values.indices.filter { $0 != left }.map { values[$0] }
        }
        func unexplained(_ map: Int, without left: Int) -> Double {
            Infidelity.value(products: without(left, products[map]), losses: without(left, losses)).unexplained
        }
        for map in maps.indices {
            for left in losses.indices {
                #expect(abs(maps[map].unexplained(without: left) - unexplained(map, without: left)) < 1e-12)
            }
        }
        let whole = products.map { Infidelity.value(products: $0, losses: losses).unexplained }
        let ratio = try #require(maps[0].ratio(to: [maps[1], maps[2]]))
        #expect(abs(ratio.ratio - whole[0] / ((whole[1] + whole[2]) / 2)) < 1e-12)
        let expected = try #require(
            Jackknife.standardError(losses.count) {
                unexplained(0, without: $0) / ((unexplained(1, without: $0) + unexplained(2, without: $0)) / 2)
            })
        #expect(abs(try #require(ratio.standardError) - expected) < 1e-12)
        let mean = BoxPredictions.mean([maps[1], maps[2]])
        #expect(abs(mean.unexplained - (whole[1] + whole[2]) / 2) < 1e-12 && mean.standardError != nil)
        #expect(maps[0].value.unexplained == whole[0])
        // Maps that predict everything leave nothing to compare with.
        #expect(maps[0].ratio(to: [BoxPredictions(products: losses, losses: losses)]) == nil)
    }

    @Test("A map is similar to itself in any unit and sign, but not to noise; small frames have no SSIM")
    func similarity() throws {
        let (x, y, _) = try maps()
        let doubled = SaliencyMap(frames: x.frames, height: x.height, width: x.width, values: x.values.map { -2 * $0 })
        let same = MapSimilarity(to: x).of(doubled)
        #expect(same.rankCorrelation == 1)
        #expect(abs(try #require(same.structuralSimilarity) - 1) < 1e-9)
        let other = MapSimilarity(to: x).of(y)
        #expect(try #require(other.rankCorrelation) < 0.95)
        #expect(try #require(other.structuralSimilarity) < 0.95)
        let small = SaliencyMap(frames: 1, height: 6, width: 9, values: [Float](repeating: 0, count: 54))
        #expect(StructuralSimilarity.mean(small, small, range: 1) == nil)
        #expect(StructuralSimilarity.mean(x, small, range: 1) == nil)
    }

    @Test("Pointing game and energy by hand")
    func masks() throws {
        // Two frames of 4x5; the first one's peak is at (3, 1), the second has no mask.
        var values = [Float](repeating: 1, count: 40)
        values[1 * 5 + 3] = 4
        let map = SaliencyMap(frames: 2, height: 4, width: 5, values: values)
        var mask = [Bool](repeating: false, count: 40)
        mask[1 * 5 + 0] = true
        mask[2 * 5 + 1] = true
        // (1, 2) is √5 from the peak, (0, 1) is 3.
        let missed = try MaskAgreement(map, mask: mask, tolerance: 2.2)
        #expect(missed == (try MaskAgreement(map, mask: mask, tolerance: 0)))
        #expect((missed.hits, missed.frames) == (0, 1))
        #expect(try #require(missed.energy) == 2.0 / 23)
        #expect(missed.area == 0.1)
        #expect(try MaskAgreement(map, mask: mask, tolerance: 2.3).hits == 1)
        mask[1 * 5 + 3] = true
        #expect(try MaskAgreement(map, mask: mask, tolerance: 0).hits == 1)
        #expect(throws: ModelError.self) { try MaskAgreement(map, mask: [Bool](repeating: false, count: 40)) }
        #expect(throws: ModelError.self) { try MaskAgreement(map, mask: [true]) }
    }

    @Test("A curve's area follows the trapezoidal rule")
    func area() {
        #expect(PixelCurve(fractions: [0, 0.5, 1], probabilities: [1, 0.5, 0]).area == 0.5)
        #expect(PixelCurve(fractions: [0, 0.25, 1], probabilities: [0, 1, 1]).area == 0.875)
    }
}
