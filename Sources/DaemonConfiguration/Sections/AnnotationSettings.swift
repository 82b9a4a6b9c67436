import Decode
import Encode
import Engine
import Files
import FoundationEssentials
import Pipeline

/// The settings for annotating the videos of a drop folder, which correspond to the options of `annotate`.
package struct AnnotationSettings: Sendable, Equatable {
    package var container = OutputContainer.mp4
    package var sampling = SamplingRequest()
    package var saliency = SaliencyRequest()
    package var drawing = DrawingRequest()
    package var video = VideoSettings()
    package var audio = AudioPolicy.compatible
    /// The number of windows per video whose trust is measured.
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
    /// - Parameter isLive: whether to leave out the settings of files; a camera has its own settings for the stride and
    ///   its sound.
    package init(below key: String, _ reader: inout SettingsReader, isLive: Bool = false) throws(SettingsError) {
        self.init()
        try reader.read(isLive ? Self.table : Self.tableOfFiles, below: key, into: &self)
        // If the method or the sign is itself invalid, it is unknown which settings can be combined with it.
        let (hasMethod, hasSign) = (reader.isRight("\(key).method"), reader.isRight("\(key).sign"))
        if hasMethod, hasSign, let problem = saliency.problem {
            try reader.refuse("\(key).\(problem.setting)", problem.reason)
        }
        if hasSign, let problem = drawing.colormap.problem(for: saliency.sign) {
            try reader.refuse("\(key).colormap", problem)
        }
    }

    /// The keys and values as they are written in the configuration; values that are nil come from the model.
    package var entries: [(key: String, value: ConfigTree.Value)] { Self.tableOfFiles.entries(of: self) }

    /// The JSON text that distinguishes jobs with the same content and model. Equal settings have equal texts.
    package var canonical: String {
        let fields = Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0.value.text) })
        guard let data = try? JSONEncoder.sorted().encode(fields) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }

    /// The settings that `canonical` describes.
    ///
    /// - Throws: `SettingsError` for a text that no version of this program wrote.
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
