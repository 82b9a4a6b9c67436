import Encode
import Engine
import Media

/// All settings of a `compare` job.
public struct CompareRequest: Sendable {
    public var input: String
    public var output: String
    /// In the panes' order; all explain the first one's target.
    public var methods: [SaliencyRequest]
    public var sampling: SamplingRequest
    public var drawing: CompareDrawing
    public var video: VideoSettings
    public var audio: AudioPolicy
    /// In pixels; nil to derive it from the source.
    public var paneWidth: Int?
    /// The number of windows on which evidence is measured, evenly distributed; 0 for none.
    public var evidenceWindows: Int
    /// The number of points of each curve minus one.
    public var curveSteps: Int
    /// The number of random orders whose curves are averaged.
    public var randomOrders: Int
    /// The object's masks, one per frame of the source: `.npy` [frames, H, W], 0 is outside.
    public var masks: String?
    /// The maximum distance of the most salient pixel from the mask, in pixels of the map.
    public var tolerance: Double
    /// Whether existing output files may be replaced.
    public var isReplacing: Bool

    /// One pane is the source's.
    public static let maximumMethods = PaneLayout.maximumPanes - 1

    public init(
        input: String, output: String, methods: [SaliencyRequest], sampling: SamplingRequest = SamplingRequest(),
        drawing: CompareDrawing = CompareDrawing(), video: VideoSettings = VideoSettings(),
        audio: AudioPolicy = .compatible, paneWidth: Int? = nil,
        evidenceWindows: Int = 1, curveSteps: Int = 20, randomOrders: Int = RandomOrder.standardCount,
        masks: String? = nil, tolerance: Double = 15, isReplacing: Bool = false
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
        self.randomOrders = randomOrders
        self.masks = masks
        self.tolerance = tolerance
        self.isReplacing = isReplacing
    }

    /// The target as requested.
    public var target: String { methods.first?.target ?? "top1" }

    /// The sidecar's path, derived from the output's: "clip.json" for "clip.mp4", "clip.mkv.json" for "clip.mkv".
    public var sidecarPath: String { OutputPath.sidecar(of: output) }

    /// The path of the captions for browsers, derived like the sidecar's.
    public var captionsPath: String { OutputPath.captions(of: output) }

    /// Checks the request before any work starts.
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

    /// The part of `check` for the output.
    public func checkOutput() throws(MediaError) {
        _ = try OutputContainer(path: output)
        try OutputPath.check(output, isNot: input)
        for path in [output, sidecarPath, captionsPath] { try OutputPath.check(path, isReplacing: isReplacing) }
    }

    /// The part of `check` for the masks.
    public func checkMasks() throws(MediaError) {
        if let masks { _ = try FrameMasks(masks) }
    }
}

/// The appearance of the panes' heat.
public struct CompareDrawing: Sendable, Equatable {
    /// The colormap of unsigned heat.
    public var colormap: Colormap
    /// The colormap of signed heat.
    public var signedColormap: Colormap
    /// The opacity of the maximum heat, 0…1.
    public var opacity: Double
    /// Whether the edge of the network's frame is marked if it does not cover the whole frame.
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
