import Decode
import Engine

/// A `SamplingRequest` with the model's manifest filled in.
struct ResolvedSampling: Sendable, Equatable {
    /// T and the distance of two windows, in samples.
    var window: Int
    var stride: Int
    var rate: FrameRate
    var preparation: PicturePreparation

    /// - Throws: `invalidRequest` if the stride is longer than the window.
    init(_ request: SamplingRequest, manifest: ModelManifest) throws(ModelError) {
        window = request.window ?? manifest.clipLength
        stride = request.stride ?? max(1, window / 2)
        guard stride <= window else {
            throw ModelError(
                .invalidRequest,
                "the stride (\(stride)) is longer than the window (\(window)): frames would be left out")
        }
        rate =
            switch request.rate {
            case .model: .framesPerSecond(manifest.framesPerSecond)
            case .native: .native
            case .framesPerSecond(let value): .framesPerSecond(value)
            }
        preparation = PicturePreparation(
            fit: request.fit, shortSide: request.shortSide ?? manifest.shortSide,
            shortSideIsExplicit: request.shortSide != nil, width: manifest.pictureSize, height: manifest.pictureSize)
    }

    /// Samples a second; nil where every frame is a sample.
    var framesPerSecond: Double? {
        if case .framesPerSecond(let value) = rate { value } else { nil }
    }
}

extension ClipWindow {
    convenience init(source: SourceProperties, sampling: ResolvedSampling) throws(MediaError) {
        try self.init(
            source: source, preparation: sampling.preparation, length: sampling.window, stride: sampling.stride,
            rate: sampling.rate)
    }
}
