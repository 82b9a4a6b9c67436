import Media

/// A video file, a folder of images or an array file, read from beginning to end.
///
/// Not thread-safe: one thread reads; others may cancel through `Cancellation`.
public protocol FrameSource: AnyObject {
    var properties: SourceProperties { get }
    /// The problems that decoding has worked around so far, one warning per kind; complete after the last item.
    var warnings: [SourceWarning] { get }
    /// The next item, or nil at the end.
    ///
    /// - Throws: `MediaError` if nothing more can be read; items already returned remain valid.
    func next() throws(MediaError) -> SourceItem?
}

/// A problem of a source that did not stop decoding.
public struct SourceWarning: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Codable {
        case corruptPackets
        case corruptFrames
        case truncated
        case timeStampsRepaired
        case skippedFrames
        case ignoredFiles
        /// Frames differ in size or pixel format; `count` is the number of changes.
        case changedFrames
        /// Frames have transparent parts and were composited over a background.
        case transparency
        /// Frames of high dynamic range, converted for the network.
        case highDynamicRange
    }

    public var kind: Kind
    public var count: Int
    /// One sentence for a user.
    public var message: String

    public init(_ kind: Kind, count: Int, message: String) {
        self.kind = kind
        self.count = count
        self.message = message
    }
}
