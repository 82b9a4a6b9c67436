/// A model's input format, classes and labels.
///
/// Checkpoints without a manifest get the Kinetics one, with shapes taken from the variables.
public struct ModelManifest: Sendable, Codable, Hashable {
    /// The display name: that of the file or folder, unless the checkpoint contains one.
    public var name: String
    public var classCount: Int
    /// 3 for RGB, 2 for optical flow.
    public var inputChannels: Int
    /// The number of frames in a window.
    public var clipLength: Int
    /// The edge of the network's square frame, in pixels.
    public var frameSize: Int
    /// The short side to which the source is resized before the crop, in pixels.
    public var shortSide: Int
    /// The frame rate with which the model was trained, in frames per second.
    public var framesPerSecond: Double
    /// A sample x of 0…255 enters the network as `x * inputScale + inputOffset`.
    public var inputScale: Float
    public var inputOffset: Float
    /// One label per class, in class order; empty if they are not known.
    public var labels: [String]
    public var license: String?

    /// Existing checkpoints contain these names, so they must not change.
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
