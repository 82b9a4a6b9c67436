import Cameras
import Pipeline

/// A camera as the API tells of it. What a camera does not have is left out.
struct CameraAnswer: Encodable {
    var name: String
    var url: String
    /// How it does, in one word and in words with the reason.
    var state: String
    var reason: String
    var connected: Bool
    var epoch: Int
    var picturesIn: UInt64
    var picturesDrawn: UInt64
    var picturesDropped: UInt64
    var picturesCrowded: UInt64
    var picturesSkipped: UInt64
    var picturesUnexplained: UInt64
    var picturesDamaged: UInt64
    var picturesUnpublished: UInt64
    var gaps: UInt64
    var windows: UInt64
    var windowsSkipped: UInt64
    var stride: Int?
    var usualStride: Int?
    var windowSeconds: Double?
    var waitSeconds: Double?
    var frameRate: Double?
    var lag: Double?
    /// Seconds since the newest picture came.
    var pictureAge: Double?
    var label: String?
    var probability: Double?
    /// Of the newest window, by the zones' names.
    var zones: [String: ZoneAnswer]?
    var segments: UInt64
    var segmentBytes: UInt64
    var segmentsLost: UInt64
    var viewers: Int

    init(_ camera: CameraView, now: ContinuousClock.Instant = .now) {
        let statistics = camera.statistics
        name = camera.name
        url = camera.url
        state = camera.state
        reason = camera.reason
        connected = statistics.isConnected
        epoch = statistics.epoch
        picturesIn = statistics.picturesIn
        picturesDrawn = statistics.picturesDrawn
        picturesDropped = statistics.picturesDropped
        picturesCrowded = statistics.picturesCrowded
        picturesSkipped = statistics.picturesSkipped
        picturesUnexplained = statistics.picturesUnexplained
        picturesDamaged = statistics.picturesDamaged
        picturesUnpublished = statistics.picturesUnpublished
        gaps = statistics.gaps
        windows = statistics.windows
        windowsSkipped = statistics.windowsSkipped
        stride = statistics.stride
        usualStride = statistics.usualStride
        windowSeconds = statistics.windowSeconds
        waitSeconds = statistics.waitSeconds
        frameRate = statistics.frameRate
        lag = statistics.lag
        pictureAge = statistics.lastPicture.map { max(0, (now - $0) / .seconds(1)) }
        label = statistics.label
        probability = statistics.probability
        zones = statistics.zones.answers
        segments = statistics.segments
        segmentBytes = statistics.segmentBytes
        segmentsLost = statistics.segmentsLost
        viewers = camera.preview.viewerCount
    }
}
