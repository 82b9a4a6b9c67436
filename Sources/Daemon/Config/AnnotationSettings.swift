import Encode
import Engine
import Pipeline

/// How the videos of a watch are annotated: what `annotate` takes as options.
struct AnnotationSettings: Sendable, Equatable {
    var sampling = SamplingRequest()
    var saliency = SaliencyRequest()
    var drawing = DrawingRequest()
    var video = VideoSettings()
    var audio = AudioPolicy.compatible
    /// Windows of a video that are measured whether they can be trusted.
    var trustWindows = 0

    /// Keys and values as the configuration has them; what is nil comes from the model.
    ///
    /// `background`, `noise-average`, `baseline`, `sign`, `legend`, `outline`, `fragmented`, `audio`, `stream` and `trust-windows` are there only
    /// where they are not what they always were: the key of a job is made of these, and has to be the same from one version to the next.
    func entries(container: OutputContainer) -> [(key: String, value: String)] {
        let rate: String? =
            switch sampling.rate {
            case .model: nil
            case .native: "native"
            case .framesPerSecond(let value): "\(value)"
            }
        let first: [(String, String?)] = [
            ("container", container.rawValue), ("window", sampling.window.map(String.init)),
            ("stride", sampling.stride.map(String.init)), ("fps", rate),
            ("short-side", sampling.shortSide.map(String.init)), ("fit", sampling.fit.rawValue),
            ("background", sampling.background == .black ? nil : sampling.background.description),
            ("method", saliency.method.name),
        ]
        let others: [(String, String?)] = [
            ("target", saliency.target),
            ("sign", saliency.sign == .absolute ? nil : saliency.sign.rawValue),
            ("colormap", drawing.colormap.rawValue),
            ("opacity", "\(drawing.opacity)"), ("burn-labels", "\(drawing.burnsLabels)"),
            ("legend", drawing.hasLegend ? "true" : nil), ("outline", drawing.outlinesCrop ? nil : "false"),
            ("crf", video.crf.map(String.init)), ("preset", video.preset.rawValue),
            ("fragmented", video.isFragmented ? "true" : nil),
            ("audio", audio == .compatible ? nil : audio.rawValue), ("stream", sampling.stream.map(String.init)),
            ("trust-windows", trustWindows == 0 ? nil : String(trustWindows)),
        ]
        func set(_ entries: [(String, String?)]) -> [(key: String, value: String)] {
            entries.compactMap { key, value in value.map { (key, $0) } }
        }
        return set(first) + saliency.settings.entries(MethodSetting.shared) + set(others)
            + saliency.settings.entries(MethodSetting.parameters)
    }
}
