import ArgumentParser
import DaemonConfiguration
import FoundationEssentials

/// The outputs of a live stream. `CameraSettings.table` has the allowed values.
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

    /// The path as an absolute path, independent of the command's working directory.
    private static func whole(_ path: String) -> String { URL(fileURLWithPath: path).path }
}
