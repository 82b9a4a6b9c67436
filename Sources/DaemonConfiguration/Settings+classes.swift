import Engine
import Pipeline

extension Settings {
    /// Checks that the model has the classes of folders and cameras, which the configuration alone does not show.
    ///
    /// - Throws: `SettingsError` that lists all classes that the model does not have.
    package func checkClasses(_ manifest: ModelManifest) throws(SettingsError) {
        var problems: [SettingsError] = []
        let explained =
            dropFolders.map { (key: "folders.\($0.name).target", saliency: $0.annotation.saliency) }
            + cameras.map { (key: "cameras.\($0.name).target", saliency: $0.annotation.saliency) }
        for (key, saliency) in explained {
            do throws(ModelError) {
                try SaliencyTarget(saliency.target).resolve(manifest: manifest)
            } catch {
                problems.append(SettingsError(origin: Self.origin, key: key, reason: error.reason))
            }
        }
        for camera in cameras {
            let named =
                [(key: "events", classes: camera.events.onClass)]
                + camera.zones.map { (key: "zones.\($0.name)", classes: $0.onClass) }
            for (key, unknown) in named.flatMap({ key, classes in
                (classes?.unknown(labels: manifest.labels) ?? []).map { (key, $0) }
            }) {
                problems.append(
                    SettingsError(
                        origin: Self.origin, key: "cameras.\(camera.name).\(key).on-class",
                        reason: "the model has no class \(unknown)\(NearMisses.hint(unknown, in: manifest.labels))"))
            }
        }
        if let error = SettingsError(all: problems) { throw error }
    }

    private static let origin = "the configuration"
}
