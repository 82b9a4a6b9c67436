import Media

extension SettingsReader {
    /// Reads how a server must authenticate itself: `verify`, `any`, or its certificate's SHA-256.
    ///
    /// - Parameter authorities: the key of the file with the authorities that are trusted instead of the system's.
    package mutating func trust(_ key: String, authorities: String) throws(SettingsError) -> TLSTrust {
        let file = try path(authorities)
        let text = try text(key) ?? "verify"
        guard text != "verify" else { return .verified(authorities: file) }
        guard let trust = text == "any" ? .any : TLSTrust.fingerprint(text: text) else {
            try refuse(
                key,
                "has to be verify, any, or the SHA-256 of the server's certificate: 64 hexadecimal digits, not \(text)")
            return .verified(authorities: file)
        }
        if file != nil { try refuse(key, "does not go with \(authorities), which goes with verify alone") }
        return trust
    }
}
