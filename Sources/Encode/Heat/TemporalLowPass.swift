/// The low-pass over samples that maps are drawn and ranked with: the binomial of order 4.
///
/// A stem with stride 2 in time sees even and odd samples through different weights, so that saliency alternates from sample
/// to sample whatever the clip shows. The filter's response at half the sample rate, where that alternation lies, is
/// (6 - 2·4 + 2·1)/16 = 0.
public enum TemporalLowPass {
    /// Centre first; they sum to 1 over both sides.
    static let weights: [Float] = [6.0 / 16, 4.0 / 16, 1.0 / 16]

    /// Samples that the filter reaches on either side.
    static var reach: Int { weights.count - 1 }

    /// The neighbours of a sample in its run and their weights; reflected at the run's ends, without repeating the end itself,
    /// so that an alternation goes on beyond them and is removed there too.
    ///
    /// - Precondition: `run` contains `index`.
    static func taps(_ index: Int, in run: Range<Int>) -> [(index: Int, weight: Float)] {
        (-reach...reach).map { offset in
            var place = index + offset
            if run.count == 1 { place = index }
            while !run.contains(place) {
                place = place < run.lowerBound ? 2 * run.lowerBound - place : 2 * (run.upperBound - 1) - place
            }
            return (place, weights[abs(offset)])
        }
    }

    /// The values of one run of samples, each sample's as many, filtered.
    ///
    /// - Parameters:
    ///   - values: `[samples, …]`, of any sign.
    ///   - samples: how many `values` hold; at least 1 unless there are no values.
    public static func filtered(_ values: [Float], samples: Int) -> [Float] {
        guard samples > 0 else { return values }
        precondition(values.count % samples == 0)
        let size = values.count / samples
        return [Float](unsafeUninitializedCapacity: values.count) { result, count in
            for sample in 0..<samples {
                let taps = taps(sample, in: 0..<samples)
                for position in 0..<size {
                    var sum: Float = 0
                    for tap in taps { sum += tap.weight * values[tap.index * size + position] }
                    result.initializeElement(at: sample * size + position, to: sum)
                }
            }
            count = values.count
        }
    }
}
