extension Settings {
    /// - Parameter needsWork: whether settings that mention neither folders nor cameras are an error; the file may have
    ///   been cut short.
    /// - Throws: `SettingsError` for all values that are not allowed, and for unknown keys.
    package init(_ source: SettingsReader, needsWork: Bool = true) throws(SettingsError) {
        var reader = source
        self.init()
        try reader.read(Self.table, below: "", into: &self)
        http.tokens = try reader.sections("http.tokens", example: TokenSettings.example) {
            name, reader throws(SettingsError) in
            try TokenSettings(named: name, &reader)
        }
        mqtt = try MQTTSettings.read(&reader)
        dropFolders = try reader.sections("folders", example: DropFolderSettings.example) {
            name, reader throws(SettingsError) in
            try DropFolderSettings(named: name, &reader)
        }
        cameras = try reader.sections("cameras", example: CameraSettings.example) {
            name, reader throws(SettingsError) in
            try CameraSettings(named: name, &reader)
        }
        try reader.refuseUnknown()
        try check(&reader)
        try checkFolders(&reader)
        try reader.finish()
        guard !needsWork || reader.isSaid("folders") || reader.isSaid("cameras") else {
            throw SettingsError(
                origin: reader.tree.origin,
                reason: "names neither folders nor cameras; write `folders: {}` if none are meant")
        }
    }

    private func check(_ reader: inout SettingsReader) throws(SettingsError) {
        let isLocal = LoopbackAddress.isLoopback(http.address)
        if isLocal == nil {
            try reader.refuse(
                "http.address", "has to be a numeric address such as 127.0.0.1 or ::1, not \(http.address)")
        }
        if http.isEnabled, isLocal == false, http.allTokens.isEmpty, reader.isRight("http.token-file"),
            !reader.hasProblem(below: "http.tokens")
        {
            try reader.refuse(
                "http.address",
                "other machines can reach \(http.address), so http.token-file or http.tokens has to name a token")
        }
    }
}
