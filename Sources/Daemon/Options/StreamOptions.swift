import ArgumentParser
import DaemonConfiguration
import Decode
import Media
import Pipeline

/// The source of a live stream, and the time limits for it. `CameraSettings.table` has the allowed values.
struct StreamOptions: ParsableArguments {
    @Option(help: .camera("user")) var user: String?
    @Option(help: .camera("password-file")) var passwordFile: String?
    @Option(help: .camera("password-variable")) var passwordVariable: String?
    @Option(help: .camera("transport")) var transport = CameraSettings.standard.transport
    @Option(help: .camera("stamps")) var stamps = CameraSettings.standard.stamps
    @Option(help: .camera("tls")) var tls = CameraSettings.standard.trust.text
    @Option(help: .camera("ca-file")) var caFile: String?
    @Option(help: .camera("open-timeout")) var openTimeout = CameraSettings.standard.openTimeout
    @Option(help: .camera("snapshot-interval")) var snapshotInterval = CameraSettings.standard.snapshotInterval
    @Option(help: .camera("stall")) var stall: Double?
    @Option(help: .camera("latency")) var latency = CameraSettings.standard.latency
    @Option(help: .camera("lag")) var lag = CameraSettings.standard.lag

    func check(_ problems: inout RequestProblems) {
        problems.demand(
            trust != nil, "--tls is verify, any, or the SHA-256 of a certificate in 64 hexadecimal digits, not \(tls)")
        problems.demand(caFile == nil || tls == "verify", "--ca-file goes with --tls verify alone")
        problems.demand(
            passwordFile == nil || passwordVariable == nil,
            "give --password-file or --password-variable, not both")
        problems.demand(
            passwordFile == nil && passwordVariable == nil || user != nil, "a password needs --user too")
    }

    /// The value of `--tls` and `--ca-file`; nil if it is invalid.
    var trust: TLSTrust? {
        switch tls {
        case "verify": .verified(authorities: caFile)
        case "any": .any
        default: TLSTrust.fingerprint(text: tls)
        }
    }

    var password: CameraSettings.PasswordPlace? {
        passwordFile.map { .file($0) } ?? passwordVariable.map { .variable($0) }
    }

    func apply(to settings: inout CameraSettings) {
        settings.user = user
        settings.password = password
        settings.transport = transport
        settings.stamps = stamps
        if let trust { settings.trust = trust }
        settings.openTimeout = openTimeout
        settings.snapshotInterval = snapshotInterval
        settings.stall = stall
        settings.latency = latency
        settings.lag = lag
    }
}

extension LiveOptions.Transport: ExpressibleByArgument {}
extension LiveOptions.Stamps: ExpressibleByArgument {}
extension LiveRequest.Latency: ExpressibleByArgument {}
