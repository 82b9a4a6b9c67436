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

/// What becomes of the source's sound.
struct AudioOptions: ParsableArguments {
    @Option(
        help: """
            Sound is copied where the container holds it and players decode it there, else transcoded (compatible), copied \
            wherever the container holds it (copy), or left out (none).
            """)
    var audio: AudioPolicy = .compatible
}

extension AudioPolicy: ExpressibleByArgument {}

/// How a video that is written as one file lies in it.
struct ContainerOptions: ParsableArguments {
    @Flag(help: "Write MP4 and MOV in fragments, as streaming software wants them; many players then show no captions.")
    var fragmented = false

    func settings(_ encoding: EncodingOptions) -> VideoSettings {
        var settings = encoding.settings
        settings.isFragmented = fragmented
        return settings
    }
}

/// Where an output goes that nobody named.
enum OutputLocation {
    /// "dir/clip.mp4" → "dir/clip.KIND.mp4"; a folder's frames become a file beside the folder.
    static func beside(_ input: String, _ kind: String) -> String {
        let path = input.hasSuffix("/") ? String(input.dropLast()) : input
        let folderEnd = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        let name = path[folderEnd...]
        let base = name.dropFirst().lastIndex(of: ".").map { name[..<$0] } ?? name
        return "\(path[..<folderEnd])\(base).\(kind).mp4"
    }
}
