import Encode
import Engine
import Media

/// Everything `compare` is asked for.
public struct CompareRequest: Sendable {
    public var input: String
    public var output: String
    /// In the order of the panes; all explain the first one's target.
    public var methods: [SaliencyRequest]
    public var sampling: SamplingRequest
    public var drawing: CompareDrawing
    public var video: VideoSettings
    public var audio: AudioPolicy
    /// Pixels; nil for what suits the source.
    public var paneWidth: Int?
    /// Windows that evidence is measured on, spread evenly; 0 for none.
    public var evidenceWindows: Int
    /// Points of each curve, less one.
    public var curveSteps: Int
    /// Where the object is, one mask per frame of the source: `.npy` [frames, H, W], 0 is outside.
    public var masks: String?
    /// How far from the mask the most salient pixel may lie, in pixels of the map.
    public var tolerance: Double
    /// Whether existing files of the outputs' names may be replaced.
    public var isReplacing: Bool

    /// The source's pane is one more.
    public static let maximumMethods = PaneLayout.maximumPanes - 1

    public init(
        input: String, output: String, methods: [SaliencyRequest], sampling: SamplingRequest = SamplingRequest(),
        drawing: CompareDrawing = CompareDrawing(), video: VideoSettings = VideoSettings(),
        audio: AudioPolicy = .compatible, paneWidth: Int? = nil,
        evidenceWindows: Int = 1, curveSteps: Int = 20, masks: String? = nil, tolerance: Double = 15,
        isReplacing: Bool = false
    ) {
        self.input = input
        self.output = output
        self.methods = methods
        self.sampling = sampling
        self.drawing = drawing
        self.video = video
        self.audio = audio
        self.paneWidth = paneWidth
        self.evidenceWindows = evidenceWindows
        self.curveSteps = curveSteps
        self.masks = masks
        self.tolerance = tolerance
        self.isReplacing = isReplacing
    }

    /// As it was asked for.
    public var target: String { methods.first?.target ?? "top1" }

    /// The sidecar's path, by the output's name: "clip.json" for "clip.mp4", "clip.mkv.json" for "clip.mkv".
    public var sidecarPath: String { OutputPath.sidecar(of: output) }

    /// The path of the captions for browsers, named as the sidecar is.
    public var captionsPath: String { OutputPath.captions(of: output) }

    /// Refuses before any work what could only fail after it.
    ///
    /// - Throws: `ModelError.invalidRequest` for no method, too many, or the same one twice; `MediaError` for the files.
    public func check() throws {
        guard !methods.isEmpty else { throw ModelError(.invalidRequest, "no method is named") }
        guard methods.count <= Self.maximumMethods else {
            throw ModelError(
                .invalidRequest, "\(methods.count) methods are too many: one frame has room for \(Self.maximumMethods)")
        }
        var labels: Set<String> = []
        for method in methods where !labels.insert(method.label).inserted {
            throw ModelError(.invalidRequest, "\(method.label) is named twice")
        }
        try checkOutput()
        try checkMasks()
    }

    /// What `check` looks at of the output.
    public func checkOutput() throws(MediaError) {
        _ = try OutputContainer(path: output)
        try OutputPath.check(output, isNot: input)
        for path in [output, sidecarPath, captionsPath] { try OutputPath.check(path, isReplacing: isReplacing) }
    }

    /// What `check` looks at of the masks.
    public func checkMasks() throws(MediaError) {
        if let masks { _ = try FrameMasks(masks) }
    }
}

/// How the panes' heat looks.
public struct CompareDrawing: Sendable, Equatable {
    /// Of heat without a sign.
    public var colormap: Colormap
    /// Of heat with one.
    public var signedColormap: Colormap
    /// Of the hottest pixel, 0…1.
    public var opacity: Double
    /// Whether the edge of what the network saw is marked where that is not the whole frame.
    public var outlinesCrop: Bool
    /// Whether each pane with heat has a legend.
    public var hasLegend: Bool

    public init(
        colormap: Colormap = .standard(for: .absolute), signedColormap: Colormap = .standard(for: .signed),
        opacity: Double = 0.7, outlinesCrop: Bool = true, hasLegend: Bool = false
    ) {
        self.colormap = colormap
        self.signedColormap = signedColormap
        self.opacity = opacity
        self.outlinesCrop = outlinesCrop
        self.hasLegend = hasLegend
    }

    func colormap(for sign: HeatSign) -> Colormap { sign == .signed ? signedColormap : colormap }
}
