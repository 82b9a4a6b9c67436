/// Everything `classify` is asked for, for one video.
public struct ClassifyRequest: Sendable {
    public var input: String
    /// The optical flow of the same video, for a second network.
    public var flow: String?
    public var sampling: SamplingRequest
    /// How many classes are named.
    public var top: Int

    public init(input: String, flow: String? = nil, sampling: SamplingRequest = SamplingRequest(), top: Int = 5) {
        self.input = input
        self.flow = flow
        self.sampling = sampling
        self.top = top
    }
}
