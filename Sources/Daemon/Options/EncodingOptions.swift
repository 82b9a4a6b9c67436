import ArgumentParser
import Encode

/// How annotated videos are compressed.
struct EncodingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Constant quality: 0 (lossless) to 51 for MP4 and MKV, to 63 for WebM (default: 18 and 28).",
            valueName: "number"))
    var crf: Int?

    @Option(help: "Speed against size, for MP4 and MKV.")
    var preset: VideoPreset = .veryfast

    /// - Parameter output: the video's path; nil for one that is no WebM.
    func check(for output: String?, _ problems: inout RequestProblems) {
        guard let crf else { return }
        guard (0...63).contains(crf) else {
            return problems.demand(false, "--crf is 0 to 51 for MP4 and MKV and 0 to 63 for WebM, not \(crf)")
        }
        let isWebM = output?.lowercased().hasSuffix(".webm") == true
        problems.demand(crf <= 51 || isWebM, "--crf is 0 to 51 but for WebM, not \(crf)")
    }

    var settings: VideoSettings { VideoSettings(crf: crf, preset: preset) }
}

extension VideoPreset: ExpressibleByArgument {}
