import Decode

/// What an epoch reads from: a live stream, or a script of one in tests.
///
/// Not thread-safe: one thread reads.
protocol LivePictureSource: AnyObject {
    var properties: SourceProperties { get }
    /// When the first picture was taken, in seconds since 1970; nil while the source does not say.
    var startOnWallClock: Double? { get }
    /// Whether pictures that no other needs are passed over, to catch up.
    var isHurried: Bool { get set }
    var damagedPictures: Int { get }
    /// Pictures that were not decoded, to catch up.
    var skippedPictures: UInt64 { get }
    /// What was decoded around so far.
    var warnings: [SourceWarning] { get }
    /// The next item; nil when the sender ended the stream.
    func next() throws(MediaError) -> LiveItem?
}

extension LiveSource: LivePictureSource {}
