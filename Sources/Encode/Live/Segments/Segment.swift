import Media

/// A complete file of a live stream.
public struct Segment: Sendable, Equatable {
    public var path: String
    /// The capture time of its first frame, in seconds since 1970.
    public var start: Double
    /// The time from the first frame's beginning to the last frame's end, in seconds.
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

/// The folder, division and retention of a camera's recording.
public struct SegmentSettings: Sendable, Equatable {
    /// An existing folder, in which each UTC day gets its own folder.
    public var folder: String
    /// In seconds; a new file begins at every multiple of it on the wall clock.
    public var length: Double
    /// The camera's name, with which the files' names begin.
    public var name: String
    /// The age in seconds at which a file is removed; nil to keep files.
    public var maximumAge: Double?
    /// The maximum total size of the camera's files; nil for no limit.
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

    /// - Throws: `MediaError.refused` for an invalid length or name.
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
