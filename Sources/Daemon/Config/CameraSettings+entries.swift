extension CameraSettings {
    /// Keys and values as the configuration has them, without secrets and without what is below `events`.
    var entries: [(key: String, value: String)] {
        var file: String?
        var variable: String?
        switch password {
        case .file(let path): file = path
        case .variable(let name): variable = name
        case nil: break
        }
        let all: [(String, String?)] = [
            ("url", url.shown), ("user", user), ("password-file", file), ("password-variable", variable),
            ("transport", transport.rawValue), ("stamps", stamps.rawValue), ("tls", trust.text),
            ("ca-file", trust.authorities),
            ("open-timeout", "\(openTimeout)"), ("snapshot-interval", "\(snapshotInterval)"),
            ("stall", stall.map { "\($0)" } ?? "automatic"), ("backoff", "\(backoff)"),
            ("latency", latency.rawValue), ("lag", "\(lag)"),
            ("stride", annotation.sampling.stride.map(String.init) ?? "automatic"), ("segments", segments),
            ("segment-length", "\(segmentLength)"), ("keep-age", keepAge.map { "\($0)" }),
            ("keep-bytes", keepBytes.map(String.init)), ("sound", "\(sound)"), ("publish", publish?.shown),
            ("publish-user", publishUser), ("publish-password-file", publishPasswordFile),
            ("publish-tls", publishTrust.text), ("publish-ca-file", publishTrust.authorities),
            ("preview-rate", "\(previewRate)"), ("record", record), ("outline-zones", "\(outlinesZones)"),
        ]
        return all.compactMap { key, value in value.map { (key, $0) } }
            + annotation.entries(container: .mp4).filter { !["container", "stride"].contains($0.key) }
    }
}
