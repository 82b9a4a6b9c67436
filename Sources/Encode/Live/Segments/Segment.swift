import Media

/// A complete file of a live stream.
public struct Segment: Sendable, Equatable {
    public var path: String
    /// When its first frame was taken, in seconds since 1970.
    public var start: Double
    /// From the first frame's beginning to the last one's end, in seconds.
    public var duration: Double
    public var bytes: Int
    public var frames: Int

    public init(path: String, start: Double, duration: Double, bytes: Int, frames: Int) {
        self.path = path
        self.start = start
        self.duration = duration
        self.bytes = bytes
        self.frames = frames
    }
}

/// Where a camera's recording goes, how it is cut and how long it is kept.
public struct SegmentSettings: Sendable, Equatable {
    /// Has to exist; each day of UTC gets a folder of its own in it.
    public var folder: String
    /// Seconds; a new file begins at every multiple of it on the wall clock.
    public var length: Double
    /// The camera's: what the files' names begin with.
    public var name: String
    /// Seconds after which a file is removed; nil keeps it.
    public var maximumAge: Double?
    /// What the camera's files together may take; nil for no limit.
    public var maximumBytes: Int?
    public var includesSound: Bool

    public init(
        folder: String, length: Double = 60, name: String, maximumAge: Double? = nil, maximumBytes: Int? = nil,
        includesSound: Bool = true
    ) {
        self.folder = folder
        self.length = length
        self.name = name
        self.maximumAge = maximumAge
        self.maximumBytes = maximumBytes
        self.includesSound = includesSound
    }

    /// - Throws: `MediaError.refused` for a length or a name that cannot be used.
    func check() throws(MediaError) {
        guard length > 0, length.isFinite else {
            throw MediaError(.refused, "segments have to be longer than \(length) s", file: folder)
        }
        guard !name.isEmpty, !name.hasPrefix("."), !name.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == 0 }),
            name.utf8.count <= 150
        else {
            throw MediaError(.refused, "\"\(name)\" cannot be part of a file's name", file: folder)
        }
    }
}
