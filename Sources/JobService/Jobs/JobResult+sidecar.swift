import Jobs
import Pipeline

extension JobResult {
    /// The number of characters of a label that are kept, since labels come from the model's file.
    private static let labelLimit = 1_000

    /// The result according to a video's record.
    package init(_ sidecar: Sidecar, seconds: Double?) {
        let longest = FoundPrediction.longest(sidecar.found).map { found in
            Prediction(
                label: found.label.map { String($0.prefix(Self.labelLimit)) }, index: found.index,
                probability: found.probability)
        }
        self.init(length: sidecar.source.duration, seconds: seconds, answer: longest)
    }
}
