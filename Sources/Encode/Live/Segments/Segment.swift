/// A complete file of a live stream.
public struct Segment: Sendable, Equatable {
    public var path: String
    /// When its first picture was taken, in seconds since 1970.
    public var start: Double
    /// From the first picture's beginning to the last one's end, in seconds.
    public var duration: Double
    public var bytes: Int
    public var pictures: Int

    public init(path: String, start: Double, duration: Double, bytes: Int, pictures: Int) {
        self.path = path
        self.start = start
        self.duration = duration
        self.bytes = bytes
        self.pictures = pictures
    }
}
