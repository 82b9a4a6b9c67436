import ArgumentParser
import DaemonConfiguration
import FoundationEssentials

/// Where a live stream goes. `CameraSettings.table` says what each may be.
struct RecordingOptions: ParsableArguments {
    @Option(help: .camera("segments")) var segments: String?
    @Option(help: .camera("segment-length")) var segmentLength = CameraSettings.standard.segmentLength
    @Option(help: .camera("keep-age")) var keepAge: Double?
    @Option(help: .camera("keep-bytes")) var keepBytes: Int?

    @Flag(help: "Leave the stream's sound out.")
    var noSound = false

    @Option(help: .camera("publish")) var publish: String?
    @Option(help: .camera("publish-user")) var publishUser: String?
    @Option(help: .camera("publish-password-file")) var publishPasswordFile: String?
    @Option(help: .camera("log-file")) var logFile: String?

    func check(_ problems: inout RequestProblems) {
        problems.demand(
            publishPasswordFile == nil || publishUser != nil, "--publish-password-file needs --publish-user too")
    }

    func apply(to settings: inout CameraSettings) {
        settings.segments = segments.map(Self.whole)
        settings.segmentLength = segmentLength
        settings.keepAge = keepAge
        settings.keepBytes = keepBytes
        settings.sound = !noSound
        settings.publish = publish.map { SecretAddress($0.contains("://") ? $0 : Self.whole($0)) }
        settings.publishUser = publishUser
        settings.publishPasswordFile = publishPasswordFile
        settings.logFile = logFile.map(Self.whole)
    }

    /// A path that does not depend on where the command was started.
    private static func whole(_ path: String) -> String { URL(fileURLWithPath: path).path }
}
