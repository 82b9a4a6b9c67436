import Engine
import Pipeline

extension Settings {
    /// Holds the classes that folders and cameras name against the model's, which the configuration alone does not know.
    ///
    /// - Throws: `SettingsError` for a class that the model does not have.
    func checkClasses(_ manifest: ModelManifest) throws(SettingsError) {
        let explained =
            watches.map { (key: "watch.\($0.name).target", saliency: $0.annotation.saliency) }
            + cameras.map { (key: "camera.\($0.name).target", saliency: $0.annotation.saliency) }
        for (key, saliency) in explained {
            do throws(ModelError) {
                try SaliencyTarget(saliency.target).resolve(manifest: manifest)
            } catch {
                throw SettingsError(origin: Self.origin, key: key, reason: error.reason)
            }
        }
        for camera in cameras {
            guard let unknown = camera.events.unknownClasses(labels: manifest.labels).first else { continue }
            throw SettingsError(
                origin: Self.origin, key: "camera.\(camera.name).events.on-class",
                reason: "the model has no class \(unknown)\(NearMisses.hint(unknown, in: manifest.labels))")
        }
    }

    private static let origin = "the configuration"
}
