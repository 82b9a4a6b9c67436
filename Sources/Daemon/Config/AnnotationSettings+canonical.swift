import Configuration
import Encode
import Foundation

extension AnnotationSettings {
    /// What tells jobs with the same content and model apart: JSON, the same text for the same settings.
    func canonical(container: OutputContainer) -> String {
        let fields = Dictionary(uniqueKeysWithValues: entries(container: container).map { ($0.key, $0.value) })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(fields) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }

    /// The settings that `canonical` told of.
    ///
    /// - Throws: `SettingsError` for what no version of this program wrote.
    static func decode(canonical: String) throws(SettingsError) -> (Self, OutputContainer) {
        let origin = "options of a job"
        guard let fields = try? JSONDecoder().decode([String: String].self, from: Data(canonical.utf8)) else {
            throw SettingsError(origin: origin, reason: "cannot be read")
        }
        let values = fields.map {
            (AbsoluteConfigKey(["job", $0.key]), ConfigValue(.string($0.value), isSecret: false))
        }
        let provider = InMemoryProvider(values: Dictionary(values, uniquingKeysWith: { $1 }))
        var reader = SettingsReader(
            reader: ConfigReader(provider: provider), lines: KeyLines(), file: origin,
            overridden: Set(fields.keys.map { "job.\($0)" }))
        let container: OutputContainer = try reader.choice("job.container", default: .mp4)
        let settings = try AnnotationSettings(below: "job", &reader, container: container)
        try reader.refuseUnknown()
        try reader.finish()
        return (settings, container)
    }
}
