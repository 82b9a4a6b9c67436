import ArgumentParser
import DaemonConfiguration
import Decode
import Media

/// Where a live stream comes from, and how it is waited for.
struct StreamOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The user to log in as.", valueName: "name"))
    var user: String?

    @Option(help: ArgumentHelp("A file whose first line is the password.", valueName: "file"))
    var passwordFile: String?

    @Option(
        help: ArgumentHelp("A variable of the environment that holds the password.", valueName: "variable"))
    var passwordVariable: String?

    @Option(help: "What RTSP sends frames over; automatic takes TCP, or what the server offers instead.")
    var transport: LiveOptions.Transport = .automatic

    @Option(help: "What tells when a frame was taken: its time stamp (source), or its arrival, for wrong stamps.")
    var stamps: LiveOptions.Stamps = .source

    @Option(
        help: ArgumentHelp(
            """
            How rtsps, https and rtmps prove who they are: verify, any, or the SHA-256 of the server's certificate.
            """, valueName: "verify|any|fingerprint"))
    var tls = "verify"

    @Option(
        help: ArgumentHelp(
            "Authorities that are trusted instead of the system's, in PEM form.", valueName: "file"))
    var caFile: String?

    @Option(help: ArgumentHelp("Until the first frame, 1 to 300.", valueName: "seconds"))
    var openTimeout = 20.0

    @Option(
        help: ArgumentHelp(
            "From one request of a snapshot address to the next, 0.05 to 3600.", valueName: "seconds"))
    var snapshotInterval = 1.0

    @Option(
        help: ArgumentHelp(
            "Without a frame until a connection counts as dead (default: by the frame rate, 5 to 60).",
            valueName: "seconds"))
    var stall: Double?

    @Option(
        help: """
            When frames are drawn: once the windows that cover them are explained (smooth), or at once with the newest \
            window's heat (low).
            """)
    var latency: CameraSettings.Latency = .smooth

    @Option(
        help: ArgumentHelp(
            "By which frames may be late beyond their window before they are left out, 0.1 to 60.",
            valueName: "seconds"))
    var lag = 2.0

    func check(_ problems: inout RequestProblems) {
        problems.demand((1...300).contains(openTimeout), "--open-timeout is 1 to 300 seconds, not \(openTimeout)")
        problems.demand(
            (0.05...3600).contains(snapshotInterval),
            "--snapshot-interval is 0.05 to 3600 seconds, not \(snapshotInterval)")
        if let stall { problems.demand((0.5...600).contains(stall), "--stall is 0.5 to 600 seconds, not \(stall)") }
        problems.demand((0.1...60).contains(lag), "--lag is 0.1 to 60 seconds, not \(lag)")
        problems.demand(
            trust != nil, "--tls is verify, any, or the SHA-256 of a certificate in 64 hexadecimal digits, not \(tls)")
        problems.demand(caFile == nil || tls == "verify", "--ca-file goes with --tls verify alone")
        problems.demand(
            passwordFile == nil || passwordVariable == nil,
            "give --password-file or --password-variable, not both")
        problems.demand(
            passwordFile == nil && passwordVariable == nil || user != nil, "a password needs --user too")
    }

    /// What `--tls` and `--ca-file` say; nil if they cannot be understood.
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
}

extension LiveOptions.Transport: ExpressibleByArgument {}
extension LiveOptions.Stamps: ExpressibleByArgument {}
extension CameraSettings.Latency: ExpressibleByArgument {}
