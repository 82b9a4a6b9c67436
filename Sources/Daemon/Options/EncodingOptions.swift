import ArgumentParser
import DaemonConfiguration
import Encode

/// The compression of annotated videos.
struct EncodingOptions: ParsableArguments {
    @Option(help: .annotation("crf")) var crf: Int?
    @Option(help: .annotation("preset")) var preset = VideoSettings().preset

    /// - Parameter output: the video's path; nil for a live stream.
    func check(for output: String?, _ problems: inout RequestProblems) {
        // Errors in the path itself are reported elsewhere.
        let container = output.flatMap { try? OutputContainer(path: $0) } ?? .mp4
        problems.hold(
            AnnotationSettings(container: container, video: settings), to: AnnotationSettings.table)
    }

    var settings: VideoSettings { VideoSettings(crf: crf, preset: preset) }
}

extension VideoPreset: ExpressibleByArgument {}

/// Whether the source's sound is copied, transcoded or left out.
struct AudioOptions: ParsableArguments {
    @Option(help: .annotation("audio")) var audio = AnnotationSettings().audio
}

extension AudioPolicy: ExpressibleByArgument {}

/// The layout of a video in its file.
struct ContainerOptions: ParsableArguments {
    @Flag(help: "Write MP4 and MOV in fragments, as streaming software wants them; many players then show no captions.")
    var fragmented = false

    func settings(_ encoding: EncodingOptions) -> VideoSettings {
        var settings = encoding.settings
        settings.isFragmented = fragmented
        return settings
    }
}

/// The default paths of outputs.
enum OutputLocation {
    /// Returns "dir/clip.KIND.mp4" for "dir/clip.mp4"; for a folder of frames, a file beside the folder.
    static func beside(_ input: String, _ kind: String) -> String {
        let path = input.hasSuffix("/") ? String(input.dropLast()) : input
        let folderEnd = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        let name = path[folderEnd...]
        let base = name.dropFirst().lastIndex(of: ".").map { name[..<$0] } ?? name
        return "\(path[..<folderEnd])\(base).\(kind).mp4"
    }
}
