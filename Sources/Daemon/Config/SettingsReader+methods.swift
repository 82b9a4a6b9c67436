import Engine

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
