import Encode
import Files
import Media

/// Everything `annotate` is asked for.
public struct AnnotateRequest: Sendable {
    public var input: String
    /// The input's file, if it is open already: it is read, and its path names it.
    public var held: HeldFile?
    public var output: String
    public var sampling: SamplingRequest
    public var saliency: SaliencyRequest
    public var drawing: DrawingRequest
    public var video: VideoSettings
    public var audio: AudioPolicy
    /// How many windows are measured whether they can be trusted, those the network is most certain of; 0 is none.
    public var trustWindows: Int
    /// Seconds of the longest video that is annotated; nil for any.
    public var longestVideo: Double?
    /// Follows the mark in the output's metadata, by which its job is found again; nil for none.
    public var origin: String?
    /// Whether existing files of the outputs' names may be replaced.
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

    /// The sidecar's path, by the output's name: "clip.json" for "clip.mp4", "clip.mkv.json" for "clip.mkv".
    public var sidecarPath: String { OutputPath.sidecar(of: output) }

    /// The path of the captions for browsers, named as the sidecar is.
    public var captionsPath: String { OutputPath.captions(of: output) }

    /// Refuses before any work what could only fail after it.
    public func checkOutput() throws(MediaError) {
        _ = try OutputContainer(path: output)
        try OutputPath.check(output, isNot: input)
        for path in [output, sidecarPath, captionsPath] {
            try OutputPath.check(path, isReplacing: isReplacing)
        }
    }
}
