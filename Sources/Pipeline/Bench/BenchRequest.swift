/// What `bench` measures.
public struct BenchRequest: Sendable, Equatable {
    public enum Method: String, Sendable, CaseIterable, Codable {
        case forward
        /// A forward pass and a gradient.
        case gradient
        /// A forward pass and guided backpropagation.
        case guidedBackprop = "guided-backprop"
    }

    public var methods: [Method]
    /// Measured runs; one more comes before them.
    public var runs: Int
    /// Frames and picture edge; nil for the model's.
    public var window: Int?
    public var size: Int?
    public var recordsLayers: Bool
    /// Nil for one a usable core.
    public var threads: Int?
    /// Windows computed at the same time, as for so many streams: each has a session and its share of the threads.
    public var windowsAtOnce: Int

    public init(
        methods: [Method] = Method.allCases, runs: Int = 5, window: Int? = nil, size: Int? = nil,
        recordsLayers: Bool = false, threads: Int? = nil, windowsAtOnce: Int = 1
    ) {
        self.methods = methods
        self.runs = runs
        self.window = window
        self.size = size
        self.recordsLayers = recordsLayers
        self.threads = threads
        self.windowsAtOnce = windowsAtOnce
    }
}
