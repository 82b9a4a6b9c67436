extension Settings {
    /// Holds the cameras' classes against the model's, which the configuration alone does not know.
    ///
    /// - Throws: `SettingsError` for a class that the model does not have.
    func checkClasses(labels: [String]) throws(SettingsError) {
        for camera in cameras {
            guard let unknown = camera.events.unknownClasses(labels: labels).first else { continue }
            throw SettingsError(
                origin: "the configuration", key: "camera.\(camera.name).events.on-class",
                reason: "the model has no class \(unknown)")
        }
    }
}
