/// Settings that one method or a few have; what is nil is the method's own. Records of results have them in this form.
public struct MethodParameters: Sendable, Codable, Equatable {
    /// Where in the network activation maps look.
    public var endpoint: String?
    /// What occlusion covers at once, and from one box to the next: frames, height, width.
    public var box: Occlusion.Box?
    public var boxStride: Occlusion.Box?
    /// What occlusion puts in the place of what it covers.
    public var fill: ClipBaseline?
    /// The method whose map XRAI cuts into regions, and how it chooses them.
    public var attribution: MethodDescriptor?
    public var regions: XRAI.Algorithm?
    /// How integrated gradients weights the gradients on its path; XRAI's own attribution too.
    public var quadrature: PathQuadrature?
    /// The noise's standard deviation, as a part of the clip's largest less its smallest sample, 0…1.
    public var noiseSpread: Double?
    /// Guided IG's: the part of all samples that one move takes, and how far samples may be from the straight line; 0…1.
    public var fraction: Double?
    public var maxDistance: Double?
    /// Blur IG's strongest blur, in pixels or frames.
    public var maxSigma: Double?

    public init() {}
}
