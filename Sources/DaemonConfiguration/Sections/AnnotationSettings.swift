import Decode
import Encode
import Engine
import Files
import FoundationEssentials
import Pipeline

/// How the videos of a drop folder are annotated: what `annotate` takes as options.
package struct AnnotationSettings: Sendable, Equatable {
    package var container = OutputContainer.mp4
    package var sampling = SamplingRequest()
    package var saliency = SaliencyRequest()
    package var drawing = DrawingRequest()
    package var video = VideoSettings()
    package var audio = AudioPolicy.compatible
    /// Windows of a video that are measured whether they can be trusted.
    package var trustWindows = 0

    package init(
        container: OutputContainer = .mp4, sampling: SamplingRequest = SamplingRequest(),
        saliency: SaliencyRequest = SaliencyRequest(), drawing: DrawingRequest = DrawingRequest(),
        video: VideoSettings = VideoSettings(), audio: AudioPolicy = AudioPolicy.compatible, trustWindows: Int = 0
    ) {
        self.container = container
        self.sampling = sampling
        self.saliency = saliency
        self.drawing = drawing
        self.video = video
        self.audio = audio
        self.trustWindows = trustWindows
    }
}

extension AnnotationSettings {
    /// - Parameter isLive: leaves out what belongs to files; a camera has settings of its own for the stride and its sound.
    package init(below key: String, _ reader: inout SettingsReader, isLive: Bool = false) throws(SettingsError) {
        self.init()
        try reader.read(isLive ? Self.table : Self.tableOfFiles, below: key, into: &self)
        // What goes with a method or a sign that is itself wrong is not known.
        let (hasMethod, hasSign) = (reader.isRight("\(key).method"), reader.isRight("\(key).sign"))
        if hasMethod, hasSign, let problem = saliency.problem {
            try reader.refuse("\(key).\(problem.setting)", problem.reason)
        }
        if hasSign, let problem = drawing.colormap.problem(for: saliency.sign) {
            try reader.refuse("\(key).colormap", problem)
        }
    }

    /// Keys and values as the configuration has them; what is nil comes from the model.
    package var entries: [(key: String, value: ConfigTree.Value)] { Self.tableOfFiles.entries(of: self) }

    /// What tells jobs with the same content and model apart: JSON, the same text for the same settings.
    package var canonical: String {
        let fields = Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0.value.text) })
        guard let data = try? JSONEncoder.sorted().encode(fields) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }

    /// The settings that `canonical` told of.
    ///
    /// - Throws: `SettingsError` for what no version of this program wrote.
    package static func decode(canonical: String) throws(SettingsError) -> Self {
        let origin = "options of a job"
        guard let fields = try? JSONDecoder().decode([String: String].self, from: Data(canonical.utf8)) else {
            throw SettingsError(origin: origin, reason: "cannot be read")
        }
        var tree = ConfigTree(origin: origin)
        for (key, text) in fields.sorted(by: { $0.key < $1.key }) {
            tree.add(ConfigTree.Entry(key: "job.\(key)", value: .text(text)))
        }
        var reader = SettingsReader(tree)
        let settings = try AnnotationSettings(below: "job", &reader)
        try reader.refuseUnknown()
        try reader.finish()
        return settings
    }
}
