import DequeModule
import Media

/// A source of windows, RGB or optical flow.
///
/// Not thread-safe: one thread reads.
public protocol WindowSource: AnyObject {
    /// The properties of the underlying source.
    var properties: SourceProperties { get }
    /// The problems that decoding has worked around so far; complete after the last window.
    var warnings: [SourceWarning] { get }
    /// The next window, or nil at the end.
    func next() throws(MediaError) -> Window?
}

/// How a source is divided into windows.
public struct WindowOptions: Sendable, Hashable {
    public var preparation: FramePreparation
    /// T, the number of samples in a window.
    public var length: Int
    /// Samples from one window's start to the next's, 1…T.
    public var stride: Int
    public var rate: FrameRate
    /// The time of the first sample, in seconds since the source's first frame.
    public var start: Double

    public init(
        preparation: FramePreparation = FramePreparation(), length: Int = 64, stride: Int = 64,
        rate: FrameRate = .framesPerSecond(25), start: Double = 0
    ) {
        self.start = start
        self.preparation = preparation
        self.length = length
        self.stride = stride
        self.rate = rate
    }
}

/// The windows of a `FrameSource`'s frames, in RGB.
public final class FrameWindowSource: WindowSource {
    public var properties: SourceProperties { source.properties }
    public var warnings: [SourceWarning] { source.warnings }

    private let source: any FrameSource
    private let clip: ClipWindow
    private var ready: Deque<Window> = []
    private var isAtEnd = false

    /// - Throws: `MediaError.refused` for options that are invalid for the source.
    public init(_ source: any FrameSource, options: WindowOptions) throws(MediaError) {
        self.source = source
        clip = try ClipWindow(
            source: source.properties, preparation: options.preparation, length: options.length,
            stride: options.stride, rate: options.rate, start: options.start)
    }

    public func next() throws(MediaError) -> Window? {
        while ready.isEmpty && !isAtEnd {
            switch try source.next() {
            case .frame(let frame): ready.append(contentsOf: try clip.append(frame))
            case .packet: break
            case nil:
                isAtEnd = true
                ready.append(contentsOf: try clip.finish())
            }
        }
        return ready.popFirst()
    }
}
