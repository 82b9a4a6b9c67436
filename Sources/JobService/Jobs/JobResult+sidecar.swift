import Jobs
import Pipeline

extension JobResult {
    /// Characters of a label that are kept: it comes from the model's file.
    private static let labelLimit = 1_000

    /// What a video's record says of it.
    package init(_ sidecar: Sidecar, seconds: Double?) {
        let longest = FoundPrediction.longest(sidecar.found).map { found in
            Prediction(
                label: found.label.map { String($0.prefix(Self.labelLimit)) }, index: found.index,
                probability: found.probability)
        }
        self.init(length: sidecar.source.duration, seconds: seconds, answer: longest)
    }
}
