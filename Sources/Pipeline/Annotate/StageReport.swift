import Decode
import Engine

/// What one of an annotate job's threads has to say at its end.
enum StageReport: Sendable {
    case reader(AnnotateReader.Report)
    case explainer(AnnotateExplainer.Report)
    case writer(AnnotateWriter.Report)
}

/// The reports of all three.
struct Reports: Sendable {
    private var reader = AnnotateReader.Report()
    private var explainer = AnnotateExplainer.Report()
    private var writer = AnnotateWriter.Report()

    mutating func take(_ report: StageReport) {
        switch report {
        case .reader(let report): reader = report
        case .explainer(let report): explainer = report
        case .writer(let report): writer = report
        }
    }

    /// The record of the whole job.
    func sidecar(request: AnnotateRequest, model: LoadedModel, sampling: ResolvedSampling) throws -> Sidecar {
        guard let properties = reader.properties else {
            throw MediaError(.noVideo, "no picture could be decoded", file: request.input)
        }
        return Sidecar(
            saliencyd: saliencydVersion,
            source: Sidecar.Source(
                name: properties.name, container: properties.container, codec: properties.codec,
                width: properties.width, height: properties.height, rotation: properties.rotation,
                frames: writer.frames, duration: writer.duration),
            model: model.description,
            method: Sidecar.Method(
                name: request.saliency.method.rawValue, smoothSamples: request.saliency.smoothSamples,
                seed: request.saliency.seed, noiseAverage: request.saliency.usedNoiseAverage,
                steps: request.saliency.usedSteps, baseline: request.saliency.usedBaseline,
                sign: request.saliency.usedSign, parameters: request.saliency.usedParameters,
                target: request.saliency.target, window: sampling.window, stride: sampling.stride,
                framesPerSecond: sampling.framesPerSecond, fit: sampling.preparation.fit.rawValue,
                clipWidth: explainer.clipWidth, clipHeight: explainer.clipHeight),
            windows: explainer.windows, unexplained: explainer.unexplained,
            warnings: model.warnings + reader.warnings.map(\.message) + explainer.warnings + writer.warnings,
            interrupted: reader.isInterrupted)
    }
}
