import Decode
import Media
import Pipeline

extension CameraSettings {
    /// The minimum size of one camera's segments in bytes; less is not enough for one minute of video.
    private static let fewestBytes = 1 << 20

    /// The settings of one camera, except its events, masks and zones and the settings of the explanation.
    package static let table: [Setting<CameraSettings>] =
        [
            Setting("url") { key, reader, camera throws(SettingsError) in
                if let text = try reader.text(key) { camera.url = SecretAddress(text) }
            } value: {
                .text($0.url.redacted)
            },
            .text("user", ifSet: \.user, valueName: "name", help: "The user to log in as."),
            passwordFile, passwordVariable,
            Setting(
                "transport", .choice(), at: \.transport,
                help: "What RTSP sends frames over; automatic takes TCP, or what the server offers instead."),
            Setting(
                "stamps", .choice(), at: \.stamps,
                help: "What tells when a frame was taken: its time stamp (source), or its arrival, for wrong stamps."),
        ]
        + Setting.trust(
            "tls", authorities: "ca-file", at: \.trust,
            help: """
                How rtsps, https and rtmps servers authenticate themselves: verify, any, or the SHA-256 of the server's \
                certificate.
                """,
            authoritiesHelp: "Authorities that are trusted instead of the system's, in PEM form.")
        + [
            Setting(
                "open-timeout", .number(1...300), at: \.openTimeout, valueName: "seconds",
                help: "Until the first frame."),
            Setting(
                "snapshot-interval", .number(0.05...3600), at: \.snapshotInterval, valueName: "seconds",
                help: "From one request of a snapshot address to the next."),
            Setting(
                "stall", .number(0.5...600), ifSet: \.stall, or: "automatic", valueName: "seconds",
                help: "Without a frame until a connection counts as dead (default: by the frame rate, 5 to 60)."),
            Setting("backoff", .number(ReconnectBackoff.shortest...3600), at: \.backoff),
            Setting(
                "latency", .choice(), at: \.latency,
                help: """
                    When frames are drawn: once the windows that cover them are explained (smooth), or at once with the newest \
                    window's heat (low).
                    """),
            Setting(
                "lag", .number(0.1...60), at: \.lag, valueName: "seconds",
                help: "By which frames may be late beyond their window before they are left out."),
            Setting("stride", .integer(1...4096), ifSet: \.annotation.sampling.stride, or: "automatic"),
            .path(
                "segments", ifSet: \.segments, valueName: "folder",
                help: "Record the annotated stream in this folder, as files that begin on the clock."),
            Setting(
                "segment-length", .number(1...86_400), at: \.segmentLength, valueName: "seconds",
                help: "Length of a file."),
            Setting(
                "keep-age", .number(0.001...36_500), ifSet: \.keepAge, valueName: "days",
                help: "Remove files after this many days."),
            Setting(
                "keep-bytes", .integer(fewestBytes...(1 << 50)), ifSet: \.keepBytes, valueName: "bytes",
                help: "Remove the oldest files when all take more than this."),
            Setting("sound", .flag, at: \.sound),
            Setting(
                "publish", valueName: "address",
                help: "Publish the annotated stream: rtmp://, rtsp://, udp://, srt://, or a folder for HLS."
            ) { key, reader, camera throws(SettingsError) in
                camera.publish = try reader.address(key)
            } value: {
                $0.publish.map { .text($0.redacted) }
            },
            .text("publish-user", ifSet: \.publishUser, valueName: "name", help: "The user to publish as."),
            .path(
                "publish-password-file", ifSet: \.publishPasswordFile, valueName: "file",
                help: "A file whose first line is the password to publish with."),
        ]
        + Setting.trust("publish-tls", authorities: "publish-ca-file", at: \.publishTrust)
        + [
            Setting("preview-rate", .number(0.1...30), at: \.previewRate),
            .path(
                "log-file", ifSet: \.logFile, valueName: "file",
                help: "Append a line of JSON for each window, gap and connection to this file."),
            Setting("outline-zones", .flag, at: \.outlinesZones),
        ]

    private static let passwordFile = Setting<CameraSettings>(
        "password-file", valueName: "file", help: "A file whose first line is the password."
    ) { key, reader, camera throws(SettingsError) in
        if let file = try reader.path(key) { camera.password = .file(file) }
    } value: {
        if case .file(let path) = $0.password { .text(path) } else { nil }
    }

    private static let passwordVariable = Setting<CameraSettings>(
        "password-variable", valueName: "variable", help: "A variable of the environment that holds the password."
    ) { key, reader, camera throws(SettingsError) in
        guard let variable = try reader.text(key) else { return }
        guard camera.password == nil else {
            let file = "\(key.dropLast("variable".count))file"
            return try reader.refuse(key, "goes without \(file): one place is enough")
        }
        let isName = variable.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        guard isName, variable.first?.isNumber == false else {
            // The value may be the password itself, so it is not repeated.
            return try reader.refuse(key, "has to be the name of a variable of the environment")
        }
        camera.password = .variable(variable)
    } value: {
        if case .variable(let name) = $0.password { .text(name) } else { nil }
    }

    /// A camera with the default of each setting.
    package static let standard = CameraSettings(name: "camera", url: SecretAddress(""))
}
