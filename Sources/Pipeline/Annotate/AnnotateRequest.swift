import Encode
import Files
import Media

/// All settings of an `annotate` job.
public struct AnnotateRequest: Sendable {
    public var input: String
    /// The input's file, if it is already open: then it is read, and `input` only names it.
    public var held: HeldFile?
    public var output: String
    public var sampling: SamplingRequest
    public var saliency: SaliencyRequest
    public var drawing: DrawingRequest
    public var video: VideoSettings
    public var audio: AudioPolicy
    /// The number of windows whose trust is measured, those with the highest probabilities; 0 for none.
    public var trustWindows: Int
    /// The maximum duration of the video in seconds; nil for no limit.
    public var longestVideo: Double?
    /// The origin that follows the mark in the output's metadata and identifies its job; nil for none.
    public var origin: String?
    /// Whether existing output files may be replaced.
    public var isReplacing: Bool

    public init(
        input: String, output: String, sampling: SamplingRequest = SamplingRequest(),
        saliency: SaliencyRequest = SaliencyRequest(), drawing: DrawingRequest = DrawingRequest(),
        video: VideoSettings = VideoSettings(), audio: AudioPolicy = .compatible, trustWindows: Int = 0,
        longestVideo: Double? = nil, origin: String? = nil, isReplacing: Bool = false
    ) {
        self.input = input
        self.output = output
        self.sampling = sampling
        self.saliency = saliency
        self.drawing = drawing
        self.video = video
        self.audio = audio
        self.trustWindows = trustWindows
        self.longestVideo = longestVideo
        self.origin = origin
        self.isReplacing = isReplacing
    }

    /// The sidecar's path, derived from the output's: "clip.json" for "clip.mp4", "clip.mkv.json" for "clip.mkv".
    public var sidecarPath: String { OutputPath.sidecar(of: output) }

    /// The path of the captions for browsers, derived like the sidecar's.
    public var captionsPath: String { OutputPath.captions(of: output) }

    /// Checks the outputs before any work starts.
    public func checkOutput() throws(MediaError) {
        _ = try OutputContainer(path: output)
        try OutputPath.check(output, isNot: input)
        for path in [output, sidecarPath, captionsPath] {
            try OutputPath.check(path, isReplacing: isReplacing)
        }
    }
}
