import CFFmpeg

/// What a source carries beside frames, sound and subtitles: for whoever writes it again.
public struct SourceExtras: Sendable {
    /// The container's tags (title, artist, creation_time, …), without those that say how the source itself is stored.
    public var tags: [String: String] = [:]
    public var video = StreamLabel()
    public var chapters: [Chapter] = []
    public var attachments: [Attachment] = []
    /// What describes all frames of the shown stream and outlives that they are compressed again.
    public var properties: [VideoProperty] = []
    /// Streams that are not read, and what is known to be lost with the frames' compressed form; one sentence each.
    public var losses: [String] = []

    public init() {}
}

/// What a container says of one of its streams.
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

/// A stretch of a source with a title.
public struct Chapter: Sendable, Hashable {
    /// Seconds since the source's first frame.
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
    /// What users call it: "mastering display".
    public var name: String
    public var bytes: [UInt8]

    package init(type: AVPacketSideDataType, name: String, bytes: [UInt8]) {
        self.type = type
        self.name = name
        self.bytes = bytes
    }
}
