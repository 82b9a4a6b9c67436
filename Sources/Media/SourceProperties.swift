import CFFmpeg

/// The properties of a source that are known before its first frame is decoded.
public struct SourceProperties: Sendable {
    /// The path or URL given by the user.
    public var name: String
    /// FFmpeg's name of the container ("mov,mp4,…"), or "frames" or "npy".
    public var container: String
    /// FFmpeg's name of the video codec.
    public var codec: String
    /// Size of the upright frame in pixels (rotation applied, sample aspect ratio not).
    public var width: Int
    public var height: Int
    /// Width to height of one pixel of the upright frame; 1/1 if the source does not state it.
    public var sampleAspectRatio: Rational
    /// The clockwise rotation, in degrees, that made the frames upright: 0, 90, 180 or 270.
    public var rotation: Int
    /// The unit of every `VideoFrame.pts`, in seconds.
    public var timeBase: Rational
    /// The mean frame rate in hertz; 0/1 if unknown.
    public var averageFrameRate: Rational
    /// The duration in seconds that the container states; nil if it states none.
    public var duration: Double?
    /// The first frame's time, in seconds on the container's clock, which the time stamps of `MediaPacket`s use: a
    /// packet at t seconds belongs to the video's time t - startTime.
    public var startTime: Double
    /// The number of frames that the container states or implies; nil if it does neither. An estimate, for progress
    /// only.
    public var estimatedFrameCount: Int?
    /// How YCbCr samples represent colour; for untagged material by mpv's rule.
    public var color: ColorDescription
    /// The mastering metadata of a high-dynamic-range source.
    public var mastering = MasteringMetadata()
    /// The container's comment (`comment`; in transport streams `service_provider`); nil if there is none.
    public var comment: String?
    /// Which field of interlaced frames comes first; `AV_FIELD_PROGRESSIVE` for whole frames.
    public var fieldOrder: AVFieldOrder
    /// The position of chroma samples in subsampled frames; `AVCHROMA_LOC_LEFT` if that does not apply or is not
    /// stated.
    public var chromaLocation: AVChromaLocation
    /// The streams whose packets are delivered as `SourceItem.packet`.
    public var auxiliaryStreams: [AuxiliaryStream]
    /// Other metadata and attachments of the source.
    public var extras: SourceExtras

    public init(
        name: String, container: String, codec: String, width: Int, height: Int,
        sampleAspectRatio: Rational = Rational(1, 1), rotation: Int = 0, timeBase: Rational, averageFrameRate: Rational,
        duration: Double? = nil, startTime: Double = 0, estimatedFrameCount: Int? = nil,
        color: ColorDescription = ColorDescription(), comment: String? = nil,
        fieldOrder: AVFieldOrder = AV_FIELD_PROGRESSIVE, chromaLocation: AVChromaLocation = AVCHROMA_LOC_LEFT,
        auxiliaryStreams: [AuxiliaryStream] = [], extras: SourceExtras = SourceExtras()
    ) {
        self.name = name
        self.container = container
        self.codec = codec
        self.width = width
        self.height = height
        self.sampleAspectRatio = sampleAspectRatio
        self.rotation = rotation
        self.timeBase = timeBase
        self.averageFrameRate = averageFrameRate
        self.duration = duration
        self.startTime = startTime
        self.estimatedFrameCount = estimatedFrameCount
        self.color = color
        self.comment = comment
        self.fieldOrder = fieldOrder
        self.chromaLocation = chromaLocation
        self.auxiliaryStreams = auxiliaryStreams
        self.extras = extras
    }
}

extension SourceProperties {
    /// The properties of a video whose frames contain this source's frames among other panes, with square pixels: it
    /// has neither the source's fields nor its projection.
    public func rearranged(width: Int, height: Int) -> SourceProperties {
        var other = self
        (other.width, other.height, other.sampleAspectRatio) = (width, height, Rational(1, 1))
        if fieldOrder.isInterlaced {
            other.fieldOrder = AV_FIELD_PROGRESSIVE
            other.extras.losses.append("the source is interlaced: its frames are shown with both fields at once")
        }
        other.extras.properties = []
        return other
    }
}

/// An audio or subtitle stream whose packets accompany the frames.
public struct AuxiliaryStream: Sendable {
    public enum Kind: Sendable { case audio, subtitle }

    /// The stream's index in the source.
    public var index: Int
    public var kind: Kind
    public var parameters: CodecParameters
    /// The unit of its packets' time stamps, in seconds.
    public var timeBase: Rational
    /// ISO 639 code, if the source has one.
    public var language: String?
    public var label: StreamLabel
    /// The stream's start in seconds relative to the video's first frame, which keeps sound and video synchronous.
    public var videoStartOffset: Double
    /// Whether an edit list excludes packets between presented ones.
    public var isCutInside: Bool

    public init(
        index: Int, kind: Kind, parameters: CodecParameters, timeBase: Rational, language: String?,
        label: StreamLabel = StreamLabel(), videoStartOffset: Double, isCutInside: Bool = false
    ) {
        self.index = index
        self.kind = kind
        self.parameters = parameters
        self.timeBase = timeBase
        self.language = language
        self.label = label
        self.videoStartOffset = videoStartOffset
        self.isCutInside = isCutInside
    }
}
