import Media

/// A video file, a folder of images or an array file, read from its beginning to its end.
///
/// Not thread-safe: one thread reads. `Cancellation` reaches it from others.
public protocol FrameSource: AnyObject {
    var properties: SourceProperties { get }
    /// What was decoded around so far, one sentence a kind with its count; complete after the last item.
    var warnings: [SourceWarning] { get }
    /// The next item, or nil at the end.
    ///
    /// - Throws: `MediaError` if nothing more can be read; items already handed out stay good.
    func next() throws(MediaError) -> SourceItem?
}

/// Something that was wrong with a source and did not stop it.
public struct SourceWarning: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Codable {
        case corruptPackets
        case corruptFrames
        case truncated
        case timeStampsRepaired
        case skippedFrames
        case ignoredFiles
        /// Frames differ in size or pixel format; counted are the changes.
        case changedFrames
        /// Frames are transparent in parts, and shown on a ground.
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
