/// What the network said of one window of a live stream.
public struct LiveWindow: Sendable, Equatable, Codable {
    /// The number of the connection that all of the window's pictures come from, from 1.
    public var epoch: Int
    /// The window's number in its epoch, from 0.
    public var index: Int
    /// When the window's first picture was taken and its last one ends, by the wall clock, in seconds since 1970.
    public var start: Double
    public var end: Double
    /// The same in seconds since the epoch's first picture, by the source's own time stamps.
    public var sourceStart: Double
    public var sourceEnd: Double
    /// The class explained: its number, its label if the model has labels, and its probability, 0…1.
    public var classIndex: Int
    public var label: String?
    public var probability: Double
    /// Σ|g| over the whole window, without what is under masks, divided by its samples: the mean saliency mass of a picture,
    /// in the gradient's units.
    public var mass: Double
    /// In the order of the settings.
    public var zones: [ZoneShare]
    /// Samples since the window before it; nil for the first window of an epoch or after a gap.
    public var stride: Int?
    /// Whether pictures in it were damaged.
    public var isDamaged: Bool

    public init(
        epoch: Int, index: Int, start: Double, end: Double, sourceStart: Double, sourceEnd: Double, classIndex: Int,
        label: String?, probability: Double, mass: Double, zones: [ZoneShare] = [], stride: Int?, isDamaged: Bool
    ) {
        self.epoch = epoch
        self.index = index
        self.start = start
        self.end = end
        self.sourceStart = sourceStart
        self.sourceEnd = sourceEnd
        self.classIndex = classIndex
        self.label = label
        self.probability = probability
        self.mass = mass
        self.zones = zones
        self.stride = stride
        self.isDamaged = isDamaged
    }
}
