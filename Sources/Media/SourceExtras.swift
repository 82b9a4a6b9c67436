import CFFmpeg

/// Metadata and attachments of a source besides frames, sound and subtitles, to be written to the output.
public struct SourceExtras: Sendable {
    /// The container's tags (title, artist, creation_time, …), without those that describe how the source itself is
    /// stored.
    public var tags: [String: String] = [:]
    public var video = StreamLabel()
    public var chapters: [Chapter] = []
    public var attachments: [Attachment] = []
    /// Side data that describes all frames of the video stream and remains valid when they are encoded again.
    public var properties: [VideoProperty] = []
    /// Streams that are not read, and properties that are known to be lost by encoding the frames again; one sentence
    /// each.
    public var losses: [String] = []

    public init() {}
}

/// A container's metadata about one of its streams.
public struct StreamLabel: Sendable, Hashable {
    /// Language, title, time code and the like.
    public var tags: [String: String]
    /// FFmpeg's `AV_DISPOSITION_…` flags: default, forced, for the hard of hearing, …
    public var disposition: Int32

    public init(tags: [String: String] = [:], disposition: Int32 = 0) {
        self.tags = tags
        self.disposition = disposition
    }
}

/// A titled section of a source.
public struct Chapter: Sendable, Hashable {
    /// In seconds since the source's first frame.
    public var start: Double
    public var end: Double
    public var title: String?

    public init(start: Double, end: Double, title: String? = nil) {
        self.start = start
        self.end = end
        self.title = title
    }
}

/// A file inside the source: a cover, a font.
public struct Attachment: Sendable, Hashable {
    public var name: String
    /// "image/jpeg"
    public var mimeType: String
    public var codec: AVCodecID
    /// In pixels, of a cover; otherwise 0.
    public var width: Int
    public var height: Int
    public var isCover: Bool
    public var bytes: [UInt8]

    package init(
        name: String, mimeType: String, codec: AVCodecID, width: Int = 0, height: Int = 0, isCover: Bool, bytes: [UInt8]
    ) {
        self.name = name
        self.mimeType = mimeType
        self.codec = codec
        self.width = width
        self.height = height
        self.isCover = isCover
        self.bytes = bytes
    }
}

/// One of FFmpeg's stream properties (`AVPacketSideData`).
public struct VideoProperty: Sendable, Hashable {
    public var type: AVPacketSideDataType
    /// The name for users: "mastering display".
    public var name: String
    public var bytes: [UInt8]

    package init(type: AVPacketSideDataType, name: String, bytes: [UInt8]) {
        self.type = type
        self.name = name
        self.bytes = bytes
    }
}
