import Engine
import Pipeline

extension Settings {
    /// Holds the classes that folders and cameras name against the model's, which the configuration alone does not know.
    ///
    /// - Throws: `SettingsError` for all classes that the model does not have.
    func checkClasses(_ manifest: ModelManifest) throws(SettingsError) {
        var problems: [SettingsError] = []
        let explained =
            watches.map { (key: "watch.\($0.name).target", saliency: $0.annotation.saliency) }
            + cameras.map { (key: "camera.\($0.name).target", saliency: $0.annotation.saliency) }
        for (key, saliency) in explained {
            do throws(ModelError) {
                try SaliencyTarget(saliency.target).resolve(manifest: manifest)
            } catch {
                problems.append(SettingsError(origin: Self.origin, key: key, reason: error.reason))
            }
        }
        for camera in cameras {
            for unknown in camera.events.unknownClasses(labels: manifest.labels) {
                problems.append(
                    SettingsError(
                        origin: Self.origin, key: "camera.\(camera.name).events.on-class",
                        reason: "the model has no class \(unknown)\(NearMisses.hint(unknown, in: manifest.labels))"))
            }
        }
        if let error = SettingsError(all: problems) { throw error }
    }

    private static let origin = "the configuration"
}
