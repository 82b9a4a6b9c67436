import Decode
import Encode
import Engine
import Pipeline

extension AnnotationSettings {
    private static let standard = AnnotationSettings()

    /// The settings that videos and live streams have in common.
    ///
    /// Some are written only if they differ from the value that they had before they became settings: the key of a job
    /// consists of what is written, and must be the same in each version.
    package static let table: [Setting<AnnotationSettings>] =
        [
            Setting(
                "window", .integer(SamplingRequest.windows), ifSet: \.sampling.window, valueName: "frames",
                help: "Frames the network sees at once (default: the model's; 64 as published)."),
            Setting(
                "fps", valueName: "rate",
                help: "Samples a second, or native for every frame as it comes (default: the model's; 25 as published)."
            ) { key, reader, settings throws(SettingsError) in
                guard let text = try reader.text(key) else { return }
                guard let rate = SamplingRequest.Rate(text) else {
                    return try reader.refuse(key, "has to be native or a rate up to 1000, not \(text)")
                }
                settings.sampling.rate = rate
            } value: {
                $0.sampling.rate.text.map { .text($0) }
            },
            Setting(
                "short-side", .integer(32...4096), ifSet: \.sampling.shortSide, valueName: "pixels",
                help: "Length the frame's short side is resized to (default: the model's; 256 as published)."),
            Setting(
                "fit", .choice(), at: \.sampling.fit,
                help: """
                    What the network sees of a frame: the centre (crop), all of it with bars (letterbox), or all of it without \
                    (full; the network then runs on the whole resized frame).
                    """),
            Setting(
                "background", .color, at: \.sampling.background, valueName: "colour",
                help: "What shows where frames are transparent: a name such as white, or #RRGGBB."
            ).unless(standard),
            Setting(
                "method", .choice(), at: \.saliency.method,
                help:
                    "How saliency is computed. The default was chosen by measurements on film: docs/methods/default.md."
            ),
        ]
        + MethodSetting.shared.map(Setting.init)
        + [
            Setting.text(
                "target", at: \.saliency.target, valueName: "class",
                help: """
                    The class to explain: top1 (the network's answer, window by window), a class index, or a label; contrast:A,B \
                    for A's logit less B's, log-prob:A for the logarithm of A's probability. explain takes several, each with \
                    its own --target (default: top1).
                    """),
            Setting(
                "sign", .choice(), at: \.saliency.sign, valueName: "sign",
                help: """
                    What is shown: how much a pixel counts (absolute), or also whether it speaks for the target or against it \
                    (signed), where the method says so.
                    """
            ).unless(standard),
            colormap,
            Setting(
                "opacity", .number(0...1), at: \.drawing.opacity, valueName: "0…1",
                help: "How strongly the hottest pixels are covered."),
            Setting("burn-labels", .flag, at: \.drawing.burnsLabels),
            Setting("legend", .flag, at: \.drawing.hasLegend).unless(standard),
            Setting("outline", .flag, at: \.drawing.outlinesCrop).unless(standard),
            crf,
            Setting("preset", .choice(), at: \.video.preset, help: "Speed against size, for MP4 and MKV."),
            Setting(
                "stream", .integer(SamplingRequest.streams), ifSet: \.sampling.stream, valueName: "index",
                help: """
                    The video stream of a file with several, by its index as ffprobe shows it (default: one that moves, then the \
                    file's default, then the largest).
                    """),
        ]
        + MethodSetting.parameters.map(Setting.init)

    /// The same settings, and those that only files have. The container comes first, because others depend on it.
    package static let tableOfFiles: [Setting<AnnotationSettings>] =
        [Setting("container", .choice(), at: \.container)]
        + table
        + [
            stride,
            Setting("fragmented", .flag, at: \.video.isFragmented).unless(standard),
            Setting(
                "audio", .choice(), at: \.audio,
                help: """
                    Sound is copied where the container holds it and players decode it there, else transcoded (compatible), \
                    copied wherever the container holds it (copy), or left out (none).
                    """
            ).unless(standard),
            Setting("trust-windows", .integer(0...WindowTrust.windowsRange.upperBound), at: \.trustWindows).unless(
                standard),
        ]

    private static let stride: Setting<AnnotationSettings> = {
        let help = "Frames from one window to the next, 1 to the window (default: half the window)."
        var stride = Setting<AnnotationSettings>("stride", valueName: "frames", help: help) {
            key, reader, settings throws(SettingsError) in
            if let value = try reader.value(key, .integer(settings.sampling.strides)) {
                settings.sampling.stride = value
            }
        } value: {
            $0.sampling.stride.map { .text(String($0)) }
        }
        stride.problem = { settings in
            settings.sampling.stride.flatMap { SettingForm.integer(settings.sampling.strides).problem(with: $0) }
        }
        return stride
    }()

    /// The default colormap depends on the sign.
    private static let colormap: Setting<AnnotationSettings> = {
        let help = """
            The heat's colours: turbo, inferno, viridis or jet, and for --sign signed coolwarm or bwr (default: the first of \
            each).
            """
        var colormap = Setting<AnnotationSettings>("colormap", valueName: "colormap", help: help) {
            key, reader, settings throws(SettingsError) in
            settings.drawing.colormap = try reader.value(key, .choice()) ?? .standard(for: settings.saliency.sign)
        } value: {
            .text($0.drawing.colormap.rawValue)
        }
        colormap.problem = { $0.drawing.colormap.problem(for: $0.saliency.sign) }
        return colormap
    }()

    /// The maximum depends on the container.
    private static let crf: Setting<AnnotationSettings> = {
        let help = "Constant quality: 0 (lossless) to 51 for MP4 and MKV, to 63 for WebM (default: 18 and 28)."
        var crf = Setting<AnnotationSettings>("crf", valueName: "number", help: help) {
            key, reader, settings throws(SettingsError) in
            if let value = try reader.value(key, .integer(settings.container.crfRange)) { settings.video.crf = value }
        } value: {
            $0.video.crf.map { .text(String($0)) }
        }
        crf.problem = { settings in
            settings.video.crf.flatMap { SettingForm.integer(settings.container.crfRange).problem(with: $0) }
        }
        return crf
    }()
}

extension Setting where Root == AnnotationSettings {
    /// A setting of saliency methods. `SaliencyRequest` checks whether it can be used with the method.
    init(_ setting: MethodSetting) {
        self.init(setting.key, valueName: setting.valueName, help: setting.help) {
            key, reader, settings throws(SettingsError) in
            guard let text = try reader.text(key) else { return }
            if let reason = setting.read(text, into: &settings.saliency.settings) { try reader.refuse(key, reason) }
        } value: {
            setting.entry(in: $0.saliency.settings).map { .text($0) }
        }
    }
}

extension SettingForm where Value == BackgroundColor {
    static var color: Self {
        Self(
            value: { BackgroundColor($0) }, text: { $0.description },
            requirement: { "a colour such as white or #RRGGBB" })
    }
}

extension SamplingRequest.Rate {
    /// `native`, or up to 1000 samples per second; nil for any other text.
    package init?(_ text: String) {
        if text == "native" {
            self = .native
        } else if let value = Double(text), value.isFinite, value > 0, value <= 1000 {
            self = .framesPerSecond(value)
        } else {
            return nil
        }
    }

    /// The rate as it is written in the configuration; nil for the model's own.
    fileprivate var text: String? {
        switch self {
        case .model: nil
        case .native: "native"
        case .framesPerSecond(let value): "\(value)"
        }
    }
}
