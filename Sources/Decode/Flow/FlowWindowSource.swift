import Concurrency
import DequeModule
import Media

/// The windows of a clip's optical flow: two channels, the displacement along x and along y.
///
/// Either a folder with the subfolders `x` and `y` of grey images, paired by natural order and prepared like any image
/// (values 0…255, as they are stored), or a `.npy` file of `[T, H, W, 2]`, whose values are the network's input without
/// resizing or cropping: floats already in the network's range, or uint8 as 0…255.
public final class FlowWindowSource: WindowSource {
    public let properties: SourceProperties
    public var warnings: [SourceWarning] { frames.tally.warnings }

    private let frames: any FlowFrames
    private let timeBase: Rational
    private let cancellation: Cancellation
    private var sampler: ClipSampler<ClipFrame>
    private var ready: Deque<Window> = []
    private var isAtEnd = false

    /// - Parameter source: how the path is read; its `frameRate` is that of the flow fields.
    /// - Throws: `MediaError`: `cannotOpen`, `notMedia` (a count or shape that does not fit), `noVideo` or `refused`.
    public init(
        _ path: String, options: WindowOptions, source: SourceOptions = SourceOptions(),
        cancellation: Cancellation = Cancellation()
    ) throws(MediaError) {
        let rate = try Rational(frameRate: source.frameRate)
        frames =
            SourceOpener.isFolder(path)
            ? try FlowFolderFrames(path, preparation: options.preparation, options: source.input)
            : try FlowArrayFrames(path, options: source.input)
        timeBase = Rational(rate.denominator, rate.numerator)
        properties = SourceProperties(
            name: path, container: frames.container, codec: "flow", width: frames.width, height: frames.height,
            timeBase: timeBase, averageFrameRate: rate, duration: Double(frames.count) / rate.value,
            estimatedFrameCount: frames.count)
        sampler = try ClipSampler(
            length: options.length, stride: options.stride, rate: options.rate, start: options.start,
            timeBase: timeBase,
            nominalInterval: timeBase.value)
        self.cancellation = cancellation
    }

    public func next() throws(MediaError) -> Window? {
        while ready.isEmpty && !isAtEnd {
            if cancellation.isCancelled {
                throw MediaError(.cancelled, "reading was cancelled", file: properties.name)
            }
            if let frame = try frames.next(timeBase) {
                ready.append(
                    contentsOf: try sampler.append(frame, time: frame.sourceTime, duration: timeBase.value) {
                        frame throws(MediaError) in frame
                    })
            } else {
                isAtEnd = true
                ready.append(contentsOf: try sampler.finish { frame throws(MediaError) in frame })
            }
        }
        return ready.popFirst()
    }
}

/// A sequence of flow fields.
protocol FlowFrames: AnyObject {
    /// "frames" or "npy".
    var container: String { get }
    var width: Int { get }
    var height: Int { get }
    /// The number of fields in the source.
    var count: Int { get }
    var tally: DamageTally { get }
    /// The next field, `[H, W, 2]`, or nil at the end.
    func next(_ timeBase: Rational) throws(MediaError) -> ClipFrame?
}

/// Flow fields of a `.npy` file, `[T, H, W, 2]`.
final class FlowArrayFrames: FlowFrames {
    let container = "npy"
    let width: Int
    let height: Int
    let tally = DamageTally()
    var count: Int { file.rowCount }

    private let file: NumPyFile
    private var nextRow = 0

    init(_ path: String, options: InputOptions) throws(MediaError) {
        file = try NumPyFile(path)
        let shape = file.shape
        guard shape.count == 4, shape[3] == 2 else {
            throw MediaError(.notMedia, "is an array of shape \(shape); optical flow is [T, H, W, 2]", file: path)
        }
        let (pixels, overflow) = shape[1].multipliedReportingOverflow(by: shape[2])
        guard shape[0] > 0, pixels > 0 else { throw MediaError(.noVideo, "is an empty array", file: path) }
        guard !overflow, pixels <= options.maximumPixels else {
            throw MediaError(
                .refused,
                "has fields of \(shape[2])x\(shape[1]), more than the \(options.maximumPixels) pixels allowed",
                file: path)
        }
        (height, width) = (shape[1], shape[2])
    }

    func next(_ timeBase: Rational) throws(MediaError) -> ClipFrame? {
        guard nextRow < count else { return nil }
        let row = nextRow
        nextRow += 1
        let pixels: ClipFrame.Pixels =
            file.elementType == .uint8
            ? .bytes(try file.bytes(rows: row..<row + 1)) : .floats(try file.floats(rows: row..<row + 1))
        return ClipFrame(
            pixels: pixels, width: width, height: height, channels: 2, sourceIndex: row,
            sourceTime: timeBase.seconds(Int64(row)), isCorrupt: false)
    }
}
