import Decode
import Encode
import Engine

/// What one of a job's threads has to say at its end.
enum StageReport<Record: Sendable>: Sendable {
    case reader(AnnotateReader.Report)
    case explainer(ExplainerReport<Record>)
    case writer(AnnotateWriter.Report)
}

/// The reports of all three.
struct StageReports<Record: Sendable>: Sendable {
    private(set) var reader = AnnotateReader.Report()
    private(set) var explainer = ExplainerReport<Record>()
    private(set) var writer = AnnotateWriter.Report()

    mutating func take(_ report: StageReport<Record>) {
        switch report {
        case .reader(let report): reader = report
        case .explainer(let report): explainer = report
        case .writer(let report): writer = report
        }
    }

    /// - Throws: `MediaError.noVideo` if nothing was read.
    func source(of input: String) throws(MediaError) -> Sidecar.Source {
        guard let properties = reader.properties else {
            throw MediaError(.noVideo, "no picture could be decoded", file: input)
        }
        return Sidecar.Source(
            name: properties.name, container: properties.container, codec: properties.codec,
            width: properties.width, height: properties.height, rotation: properties.rotation,
            frames: writer.frames, duration: writer.duration,
            firstFrameTime: writer.firstFrameTime > 0 ? writer.firstFrameTime : nil)
    }

    /// The labels as a WebVTT file.
    var captions: String {
        let first = writer.firstFrameTime
        return WebVTT(
            writer.labels.map { WebVTT.Cue(text: $0.text, start: first + $0.start, end: first + $0.end) }
        ).document
    }

    var warnings: [String] { reader.warnings.map(\.message) + explainer.warnings + writer.warnings }
}

extension StageReports<Sidecar.WindowRecord> {
    /// The record of the whole job.
    func sidecar(request: AnnotateRequest, model: LoadedModel, sampling: ResolvedSampling) throws -> Sidecar {
        Sidecar(
            saliencyd: saliencydVersion,
            source: try source(of: request.input),
            model: model.description,
            method: Sidecar.Method(
                name: request.saliency.method.rawValue, smoothSamples: request.saliency.smoothSamples,
                seed: request.saliency.seed, noiseAverage: request.saliency.usedNoiseAverage,
                steps: request.saliency.usedSteps, baseline: request.saliency.usedBaseline,
                sign: request.saliency.usedSign, parameters: request.saliency.usedParameters,
                target: request.saliency.target, window: sampling.window, stride: sampling.stride,
                framesPerSecond: sampling.framesPerSecond, fit: sampling.preparation.fit.rawValue,
                clipWidth: explainer.clipWidth, clipHeight: explainer.clipHeight),
            windows: explainer.records, unexplained: explainer.unexplained,
            warnings: model.warnings + warnings,
            interrupted: reader.isInterrupted)
    }
}
