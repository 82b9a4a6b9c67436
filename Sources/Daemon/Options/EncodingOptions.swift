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

    func validate() throws {
        guard let crf, !(0...63).contains(crf) else { return }
        throw ValidationError("--crf is 0 to 51 for MP4 and MKV and 0 to 63 for WebM, not \(crf)")
    }

    var settings: VideoSettings { VideoSettings(crf: crf, preset: preset) }
}

extension VideoPreset: ExpressibleByArgument {}
