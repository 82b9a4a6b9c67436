/// What a model expects and answers, beside its weights.
///
/// Checkpoints without a manifest of their own get the Kinetics one, with shapes taken from the variables.
public struct ModelManifest: Sendable, Codable, Hashable {
    /// Name for people: the file's or directory's name unless the checkpoint says better.
    public var name: String
    public var classCount: Int
    /// 3 for RGB, 2 for optical flow.
    public var inputChannels: Int
    /// Frames of a window.
    public var clipLength: Int
    /// Edge of the network's square frame in pixels, and the short side the source is resized to before the crop.
    public var frameSize: Int
    public var shortSide: Int
    /// Frames a second the model was trained at.
    public var framesPerSecond: Double
    /// A sample x of 0…255 enters the network as `x * inputScale + inputOffset`.
    public var inputScale: Float
    public var inputOffset: Float
    /// One label a class, in class order; empty if none are known.
    public var labels: [String]
    public var license: String?

    /// The names in manifests that exist: checkpoints carry them, so they stay as they are.
    private enum CodingKeys: String, CodingKey {
        case name, classCount, inputChannels, clipLength
        case frameSize = "pictureSize"
        case shortSide, framesPerSecond, inputScale, inputOffset, labels, license
    }

    public init(
        name: String, classCount: Int, inputChannels: Int, clipLength: Int = 64, frameSize: Int = 224,
        shortSide: Int = 256, framesPerSecond: Double = 25, inputScale: Float = 2.0 / 255, inputOffset: Float = -1,
        labels: [String] = [], license: String? = nil
    ) {
        self.name = name
        self.classCount = classCount
        self.inputChannels = inputChannels
        self.clipLength = clipLength
        self.frameSize = frameSize
        self.shortSide = shortSide
        self.framesPerSecond = framesPerSecond
        self.inputScale = inputScale
        self.inputOffset = inputOffset
        self.labels = labels
        self.license = license
    }
}
