/// The low-pass filter over samples that is applied to maps before they are drawn or ranked: the binomial filter of
/// order 4.
///
/// A stem with temporal stride 2 applies different weights to even and odd samples, so that saliency alternates from
/// sample to sample in every clip. The filter's response at half the sample rate, the frequency of that alternation, is
/// (6 - 2·4 + 2·1)/16 = 0.
public enum TemporalLowPass {
    /// Centre first; the weights sum to 1 over both sides.
    static let weights: [Float] = [6.0 / 16, 4.0 / 16, 1.0 / 16]

    /// The filter's reach in samples on either side.
    static var reach: Int { weights.count - 1 }

    /// The neighbours of a sample in its run and their weights. They are reflected at the run's ends without repeating
    /// the end sample, so that an alternation continues beyond the ends and is removed there too.
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

    /// The filtered values of one run of samples, with equally many values per sample.
    ///
    /// - Parameters:
    ///   - values: `[samples, …]`, of any sign.
    ///   - samples: the number of samples in `values`; at least 1 unless there are no values.
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
