import TestSupport
import Testing

@testable import Engine

@Suite("Saliency maps")
struct SaliencyMapTests {
    private func map(_ values: [Float]) -> SaliencyMap {
        SaliencyMap(frames: 1, height: 1, width: values.count, values: values)
    }

    /// numpy.percentile([4, 1, 3, 2, 10], q), linear.
    @Test(
        "Percentiles agree with NumPy's",
        arguments: [(0.0, 1.0), (10, 1.4), (50, 3), (75, 4), (99, 9.76), (100, 10), (62.5, 3.5), (-5, 1), (200, 10)])
    func percentile(_ percent: Double, _ expected: Double) {
        #expect((map([4, 1, 3, 2, 10]).percentile(percent) - expected).magnitude < 1e-12)
    }

    @Test("Percentiles of many values agree with sorting", arguments: [1, 2, 3, 100, 1001])
    func selection(_ count: Int) {
        var random = SeededGenerator(seed: UInt64(count))
        // Also with few distinct values, so that many are equal to the pivot.
        for values in [random.normals(count), random.normals(count).map { ($0 * 2).rounded() }] {
            let sorted = values.sorted()
            for percent in [0.0, 1, 33.3, 50, 99, 100] {
                let position = Double(count - 1) * percent / 100
                let (low, fraction) = (Int(position), position - position.rounded(.down))
                let next = Double(sorted[min(low + 1, count - 1)])
                let expected = Double(sorted[low]) + (next - Double(sorted[low])) * fraction
                #expect((map(values).percentile(percent) - expected).magnitude < 1e-12)
            }
        }
    }

    @Test("The display map subtracts the minimum, divides by the percentile and clips")
    func normalized() {
        // Minimum 1, 99th percentile 9.76: (x - 1) / 8.76.
        let expected = [4.0, 1, 3, 2, 10].map { Float(min(($0 - 1) / 8.76, 1)) }
        for (value, wanted) in zip(map([4, 1, 3, 2, 10]).normalized(), expected) {
            #expect((value - wanted).magnitude < 1e-6)
        }
        #expect(map([3, 3, 3]).normalized() == [0, 0, 0])
        #expect(map([]).normalized().isEmpty)
        // So sparse that the percentile is the minimum: larger values are still visible.
        let sparse = [Float](repeating: 0, count: 999) + [5]
        #expect(map(sparse).normalized().last == 1)
        #expect(map(sparse).normalized().dropLast().allSatisfy { $0 == 0 })
    }

    @Test("Statistics")
    func statistics() {
        let statistics = map([4, 1, 3, 2, 10]).statistics
        #expect(statistics.minimum == 1)
        #expect(statistics.maximum == 10)
        #expect(statistics.mean == 4)
        #expect((statistics.percentile99 - 9.76).magnitude < 1e-12)
    }

    @Test("With signs, 0 stays 0 and the percentile of magnitudes becomes 1")
    func signs() {
        let map = SaliencyMap(frames: 1, height: 1, width: 5, values: [-4, -2, 0, 1, 2])
        #expect(map.normalizedWithSigns(percentile: 75) == [-1, -1, 0, 0.5, 1])
        #expect(map.normalizedWithSigns(percentile: 100) == [-1, -0.5, 0, 0.25, 0.5])
        let still = SaliencyMap(frames: 1, height: 1, width: 3, values: [0, 0, 0])
        #expect(still.normalizedWithSigns() == [0, 0, 0])
        let few = SaliencyMap(frames: 1, height: 1, width: 4, values: [0, 0, 0, -3])
        #expect(few.normalizedWithSigns(percentile: 10) == [0, 0, 0, -1])
    }
}
