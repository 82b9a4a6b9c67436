import DequeModule
import Media

/// The windows of a `FrameSource`'s pictures, in RGB.
public final class FrameWindowSource: WindowSource {
    public var properties: SourceProperties { source.properties }
    public var warnings: [SourceWarning] { source.warnings }

    private let source: any FrameSource
    private let clip: ClipWindow
    private var ready: Deque<Window> = []
    private var isAtEnd = false

    /// - Throws: `MediaError.refused` for options that make no sense for the source.
    public init(_ source: any FrameSource, options: WindowOptions) throws(MediaError) {
        self.source = source
        clip = try ClipWindow(
            source: source.properties, preparation: options.preparation, length: options.length,
            stride: options.stride, rate: options.rate, start: options.start)
    }

    public func next() throws(MediaError) -> Window? {
        while ready.isEmpty && !isAtEnd {
            switch try source.next() {
            case .picture(let frame): ready.append(contentsOf: try clip.append(frame))
            case .packet: break
            case nil:
                isAtEnd = true
                ready.append(contentsOf: try clip.finish())
            }
        }
        return ready.popFirst()
    }
}
