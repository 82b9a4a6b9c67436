import Encode
import Files
import Foundation

extension AnnotationSettings {
    /// What tells jobs with the same content and model apart: JSON, the same text for the same settings.
    func canonical(container: OutputContainer) -> String {
        let fields = Dictionary(uniqueKeysWithValues: entries(container: container).map { ($0.key, $0.value) })
        guard let data = try? JSONEncoder.sorted().encode(fields) else { return "{}" }
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
