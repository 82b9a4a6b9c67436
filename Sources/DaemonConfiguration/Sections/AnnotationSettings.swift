import Decode
import Encode
import Engine
import Files
import FoundationEssentials
import Pipeline

/// How the videos of a drop folder are annotated: what `annotate` takes as options.
package struct AnnotationSettings: Sendable, Equatable {
    package var sampling = SamplingRequest()
    package var saliency = SaliencyRequest()
    package var drawing = DrawingRequest()
    package var video = VideoSettings()
    package var audio = AudioPolicy.compatible
    /// Windows of a video that are measured whether they can be trusted.
    package var trustWindows = 0

    package init(
        sampling: SamplingRequest = SamplingRequest(), saliency: SaliencyRequest = SaliencyRequest(),
        drawing: DrawingRequest = DrawingRequest(), video: VideoSettings = VideoSettings(),
        audio: AudioPolicy = AudioPolicy.compatible, trustWindows: Int = 0
    ) {
        self.sampling = sampling
        self.saliency = saliency
        self.drawing = drawing
        self.video = video
        self.audio = audio
        self.trustWindows = trustWindows
    }

    /// Keys and values as the configuration has them; what is nil comes from the model.
    ///
    /// `background`, `noise-average`, `baseline`, `sign`, `legend`, `outline`, `fragmented`, `audio`, `stream` and `trust-windows` are there only
    /// where they are not what they always were: the key of a job is made of these, and has to be the same from one version to the next.
    package func entries(container: OutputContainer) -> [(key: String, value: String)] {
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

extension AnnotationSettings {
    /// - Parameter isLive: leaves the stride to the caller; a camera's windows are not measured, and its sound goes by its own keys.
    package init(
        below key: String, _ reader: inout SettingsReader, container: OutputContainer, isLive: Bool = false
    ) throws(SettingsError) {
        sampling.window = try reader.int("\(key).window", 1...4096)
        if !isLive { sampling.stride = try reader.int("\(key).stride", 1...(sampling.window ?? 4096)) }
        if let rate = try reader.text("\(key).fps") {
            if let rate = SamplingRequest.Rate(rate) {
                sampling.rate = rate
            } else {
                try reader.refuse("\(key).fps", "has to be native or a rate up to 1000, not \(rate)")
            }
        }
        sampling.shortSide = try reader.int("\(key).short-side", 32...4096)
        sampling.fit = try reader.choice("\(key).fit", default: .crop)
        if let text = try reader.text("\(key).background") {
            if let color = BackgroundColor(text) {
                sampling.background = color
            } else {
                try reader.refuse("\(key).background", "has to be a colour such as white or #RRGGBB, not \(text)")
            }
        }
        saliency.method = try reader.choice("\(key).method", default: .guidedBackprop)
        saliency.settings = try reader.methodSettings(below: key)
        saliency.target = try reader.text("\(key).target", default: "top1")
        saliency.sign = try reader.choice("\(key).sign", default: .absolute)
        // What goes with a method or a sign that is itself wrong is not known.
        let (hasMethod, hasSign) = (reader.isRight("\(key).method"), reader.isRight("\(key).sign"))
        if hasMethod, hasSign, let problem = saliency.problem {
            try reader.refuse("\(key).\(problem.setting)", problem.reason)
        }
        drawing.colormap = try reader.choice("\(key).colormap", default: .standard(for: saliency.sign))
        if hasSign, let problem = drawing.colormap.problem(for: saliency.sign) {
            try reader.refuse("\(key).colormap", problem)
        }
        drawing.opacity = try reader.number("\(key).opacity", 0...1, default: 0.7)
        drawing.burnsLabels = try reader.flag("\(key).burn-labels", default: false)
        drawing.hasLegend = try reader.flag("\(key).legend", default: false)
        drawing.outlinesCrop = try reader.flag("\(key).outline", default: true)
        video.crf = try reader.int("\(key).crf", 0...(container == .webm ? 63 : 51))
        video.preset = try reader.choice("\(key).preset", default: .veryfast)
        sampling.stream = try reader.int("\(key).stream", SamplingRequest.streams)
        if !isLive {
            video.isFragmented = try reader.flag("\(key).fragmented", default: false)
            audio = try reader.choice("\(key).audio", default: .compatible)
            trustWindows = try reader.int("\(key).trust-windows", 0...WindowTrust.windowsRange.upperBound, default: 0)
        }
    }
}

extension AnnotationSettings {
    /// What tells jobs with the same content and model apart: JSON, the same text for the same settings.
    package func canonical(container: OutputContainer) -> String {
        let fields = Dictionary(uniqueKeysWithValues: entries(container: container).map { ($0.key, $0.value) })
        guard let data = try? JSONEncoder.sorted().encode(fields) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }

    /// The settings that `canonical` told of.
    ///
    /// - Throws: `SettingsError` for what no version of this program wrote.
    package static func decode(canonical: String) throws(SettingsError) -> (Self, OutputContainer) {
        let origin = "options of a job"
        guard let fields = try? JSONDecoder().decode([String: String].self, from: Data(canonical.utf8)) else {
            throw SettingsError(origin: origin, reason: "cannot be read")
        }
        var tree = ConfigTree(origin: origin)
        for (key, text) in fields.sorted(by: { $0.key < $1.key }) {
            tree.add(ConfigTree.Entry(key: "job.\(key)", value: .text(text)))
        }
        var reader = SettingsReader(tree)
        let container: OutputContainer = try reader.choice("job.container", default: .mp4)
        let settings = try AnnotationSettings(below: "job", &reader, container: container)
        try reader.refuseUnknown()
        try reader.finish()
        return (settings, container)
    }
}

extension SamplingRequest.Rate {
    /// `native`, or samples a second up to 1000; nil for anything else.
    package init?(_ text: String) {
        if text == "native" {
            self = .native
        } else if let value = Double(text), value.isFinite, value > 0, value <= 1000 {
            self = .framesPerSecond(value)
        } else {
            return nil
        }
    }
}

extension SettingsReader {
    /// The settings of saliency methods; whether they go with the method is the request's to say.
    mutating func methodSettings(below parent: String) throws(SettingsError) -> MethodSettings {
        var settings = MethodSettings()
        for setting in MethodSetting.all {
            let key = "\(parent).\(setting.key)"
            guard let value = try text(key) else { continue }
            if let reason = setting.read(value, into: &settings) { try refuse(key, reason) }
        }
        return settings
    }
}
