import Decode
import Encode
import Media
import Pipeline

extension CameraSettings {
    package init(named name: String, _ reader: inout SettingsReader) throws(SettingsError) {
        let key = "cameras.\(name)"
        self = .standard
        self.name = name
        try reader.read(Self.table, below: key, into: &self)
        if case .fingerprint = publishTrust {
            try reader.refuse("\(key).publish-tls", "has to be verify or any: publishing knows no fingerprints")
        }
        masks = try reader.regions("\(key).masks") { name, reader throws(SettingsError) in
            try FrameRegion(maskNamed: name, below: key, &reader)
        }
        zones = try reader.regions("\(key).zones") { name, reader throws(SettingsError) in
            try ZoneSettings(named: name, below: key, &reader)
        }
        // A zone with invalid settings may have been intended to make events.
        let hasZones = zones.contains { $0.shareAbove != nil } || reader.hasProblem(below: "\(key).zones")
        events = try EventSettings(below: "\(key).events", hasZones: hasZones, &reader)
        let stride = annotation.sampling.stride
        annotation = try AnnotationSettings(below: key, &reader, isLive: true)
        annotation.sampling.stride = stride
        let settings = self
        _ = try reader.attempt { reader throws(SettingsError) in try settings.checkPublishing(key, reader) }
        if url == Self.standard.url { throw reader.missing("\(key).url", in: key) }
        try checkSource(key, reader)
    }

    /// Checks that it is possible to connect to the address with the user and a password; each error names the setting
    /// that does not fit.
    private func checkSource(_ key: String, _ reader: SettingsReader) throws(SettingsError) {
        func check(_ key: String, user: String?, password: String?) throws(SettingsError) -> StreamAddress {
            do throws(MediaError) {
                return try StreamAddress(url.text, user: user, password: password)
            } catch {
                throw reader.wrong(key, error.reason)
            }
        }
        let kind = try check("\(key).url", user: nil, password: nil).kind
        if let user { _ = try check("\(key).user", user: user, password: nil) }
        guard let password else { return }
        var place = "\(key).password-file"
        if case .variable = password { place = "\(key).password-variable" }
        // This password has the minimum length.
        _ = try check(place, user: user, password: "0123456789")
        if kind != .srt, user == nil, !url.hasUser { throw reader.wrong(place, "needs \(key).user too") }
    }

    /// Checks the destination of the annotated stream in the same way.
    private func checkPublishing(_ key: String, _ reader: SettingsReader) throws(SettingsError) {
        func check(_ place: String, _ address: SecretAddress, user: String?, password: String?) throws(SettingsError) {
            do throws(MediaError) {
                _ = try PublishAddress(address.text, user: user, password: password)
            } catch {
                throw reader.wrong("\(key).\(place)", error.reason)
            }
        }
        guard let publish else {
            let place = publishUser != nil ? "publish-user" : publishPasswordFile != nil ? "publish-password-file" : nil
            if let place, reader.isRight("\(key).publish") {
                throw reader.wrong("\(key).\(place)", "needs an address in \(key).publish")
            }
            return
        }
        try check("publish", publish, user: nil, password: nil)
        if let publishUser { try check("publish-user", publish, user: publishUser, password: nil) }
        guard publishPasswordFile != nil else { return }
        try check("publish-password-file", publish, user: publishUser, password: "0123456789")
        if publish.scheme != "srt", publishUser == nil, !publish.hasUser {
            throw reader.wrong("\(key).publish-password-file", "needs \(key).publish-user too")
        }
    }
}

extension SettingsReader {
    /// Reads an address, or a path that begins with /. Errors do not repeat it, because it may contain a password.
    mutating func address(_ key: String) throws(SettingsError) -> SecretAddress? {
        guard let text = try text(key) else { return nil }
        let address = SecretAddress(text)
        guard address.scheme != nil || text.hasPrefix("/") else {
            try refuse(key, "has to be an address such as rtsp://host/path, or a path that begins with /")
            return nil
        }
        guard text.utf8.count < 4096 else {
            try refuse(key, "is longer than an address can be")
            return nil
        }
        guard !text.contains(where: \.isWhitespace) else {
            try refuse(key, "contains blanks; %20 stands for one in an address")
            return nil
        }
        return text.count > 1 && address.scheme == nil && text.hasSuffix("/")
            ? SecretAddress(String(text.dropLast())) : address
    }
}
