import Decode
import Encode
import FoundationEssentials
import Media
import Pipeline

extension CameraSettings {
    /// Bytes that one camera's segments have at least: less is not one minute of video.
    private static let fewestBytes = 1 << 20

    package init(named name: String, _ reader: inout SettingsReader) throws(SettingsError) {
        let key = "cameras.\(name)"
        let address = try reader.text("\(key).url")
        self.name = name
        url = SecretAddress(address ?? "")
        user = try reader.text("\(key).user")
        password = try Self.password(key, &reader)
        transport = try reader.choice("\(key).transport", default: .automatic)
        stamps = try reader.choice("\(key).stamps", default: .source)
        trust = try reader.trust("\(key).tls", authorities: "\(key).ca-file")
        openTimeout = try reader.number("\(key).open-timeout", 1...300, default: 20)
        snapshotInterval = try reader.number("\(key).snapshot-interval", 0.05...3600, default: 1)
        stall = try reader.number("\(key).stall", 0.5...600, or: "automatic")
        backoff = try reader.number(
            "\(key).backoff", ReconnectBackoff.shortest...3600, default: ReconnectBackoff.longest)
        latency = try reader.choice("\(key).latency", default: .smooth)
        lag = try reader.number("\(key).lag", 0.1...60, default: 2)
        segments = try reader.path("\(key).segments")
        segmentLength = try reader.number("\(key).segment-length", 1...86_400, default: 60)
        keepAge = try reader.number("\(key).keep-age", 0.001...36_500)
        keepBytes = try reader.int("\(key).keep-bytes", Self.fewestBytes...(1 << 50))
        sound = try reader.flag("\(key).sound", default: true)
        publish = try reader.address("\(key).publish")
        publishUser = try reader.text("\(key).publish-user")
        publishPasswordFile = try reader.path("\(key).publish-password-file")
        publishTrust = try reader.trust("\(key).publish-tls", authorities: "\(key).publish-ca-file")
        if case .fingerprint = publishTrust {
            try reader.refuse("\(key).publish-tls", "has to be verify or any: publishing knows no fingerprints")
        }
        previewRate = try reader.number("\(key).preview-rate", 0.1...30, default: 5)
        record = try reader.path("\(key).record")
        masks = try reader.regions("\(key).masks") { name, reader throws(SettingsError) in
            try FrameRegion(maskNamed: name, below: key, &reader)
        }
        zones = try reader.regions("\(key).zones") { name, reader throws(SettingsError) in
            try ZoneSettings(named: name, below: key, &reader)
        }
        outlinesZones = try reader.flag("\(key).outline-zones", default: false)
        // A zone whose own settings are wrong may have been meant to make events.
        let hasZones = zones.contains { $0.shareAbove != nil } || reader.hasProblem(below: "\(key).zones")
        events = try EventSettings(below: "\(key).events", hasZones: hasZones, &reader)
        annotation = try AnnotationSettings(below: key, &reader, container: .mp4, isLive: true)
        annotation.sampling.stride = try reader.int("\(key).stride", 1...4096, or: "automatic")
        let settings = self
        _ = try reader.attempt { reader throws(SettingsError) in try settings.checkPublishing(key, reader) }
        if address == nil { throw reader.missing("\(key).url", in: key) }
        try checkSource(key, reader)
    }

    private static func password(
        _ key: String, _ reader: inout SettingsReader
    ) throws(SettingsError) -> PasswordPlace? {
        let file = try reader.path("\(key).password-file")
        guard let variable = try reader.text("\(key).password-variable") else { return file.map(PasswordPlace.file) }
        guard file == nil else {
            try reader.refuse("\(key).password-variable", "goes without \(key).password-file: one place is enough")
            return nil
        }
        let isName = variable.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        guard isName, variable.first?.isNumber == false else {
            // Somebody may have put the password itself here.
            try reader.refuse("\(key).password-variable", "has to be the name of a variable of the environment")
            return nil
        }
        return .variable(variable)
    }

    /// Whether the address can be connected to, with the user and with some password, each named where it does not fit.
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
        // As long as the shortest there may be.
        _ = try check(place, user: user, password: "0123456789")
        if kind != .srt, user == nil, !url.hasUser { throw reader.wrong(place, "needs \(key).user too") }
    }

    /// The same for where the annotated stream goes on to.
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
    /// An address, or a path that begins with /. No error repeats it: there may be a password in it.
    fileprivate mutating func address(_ key: String) throws(SettingsError) -> SecretAddress? {
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
