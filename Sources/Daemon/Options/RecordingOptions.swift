import ArgumentParser

/// Where a live stream goes.
struct RecordingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Record the annotated stream in this folder, as files that begin on the clock.", valueName: "folder"))
    var segments: String?

    @Option(help: ArgumentHelp("Length of a file.", valueName: "seconds"))
    var segmentLength = 60.0

    @Option(help: ArgumentHelp("Remove files after this many days.", valueName: "days"))
    var keepAge: Double?

    @Option(help: ArgumentHelp("Remove the oldest files when all take more than this.", valueName: "bytes"))
    var keepBytes: Int?

    @Flag(help: "Leave the stream's sound out.")
    var noSound = false

    @Option(
        help: ArgumentHelp(
            "Publish the annotated stream: rtmp://, rtsp://, udp://, srt://, or a folder for HLS.", valueName: "address"
        ))
    var publish: String?

    @Option(help: ArgumentHelp("The user to publish as.", valueName: "name"))
    var publishUser: String?

    @Option(help: ArgumentHelp("A file whose first line is the password to publish with.", valueName: "file"))
    var publishPasswordFile: String?

    @Option(
        help: ArgumentHelp(
            "Append a line of JSON for each window, gap and connection to this file.", valueName: "file"))
    var record: String?

    func check(_ problems: inout RequestProblems) {
        problems.demand(
            (1...86_400).contains(segmentLength), "--segment-length is 1 to 86400 seconds, not \(segmentLength)")
        if let keepAge {
            problems.demand((0.001...36_500).contains(keepAge), "--keep-age is 0.001 to 36500 days, not \(keepAge)")
        }
        if let keepBytes {
            problems.demand(keepBytes >= 1 << 20, "--keep-bytes is at least 1048576, not \(keepBytes)")
        }
        problems.demand(
            publishPasswordFile == nil || publishUser != nil, "--publish-password-file needs --publish-user too")
    }
}
