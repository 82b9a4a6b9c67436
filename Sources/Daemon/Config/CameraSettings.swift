import Decode
import Media
import Pipeline

/// One camera: a live stream that is explained as it comes.
struct CameraSettings: Sendable, Equatable {
    enum Latency: String, Sendable, CaseIterable {
        /// A picture waits for the windows that cover it.
        case smooth
        /// A picture is drawn at once with the newest map there is.
        case low
    }

    /// What `cameras` looks like.
    static let example = "cameras: {gate: {url: \"rtsp://HOST/PATH\"}}"

    var name: String
    var url: SecretAddress
    var user: String?
    var password: PasswordPlace?
    /// Of RTSP.
    var transport: LiveOptions.Transport
    var stamps = LiveOptions.Stamps.source
    /// How the source's server proves who it is, where it speaks TLS.
    var trust = TLSTrust.verified(authorities: nil)
    /// Seconds.
    var openTimeout: Double
    /// Seconds from one request of a snapshot address to the next.
    var snapshotInterval = 1.0
    /// Seconds without a picture after which a connection counts as dead; nil for what suits the frame rate.
    var stall: Double?
    /// Seconds from one try to connect to the next, at most.
    var backoff = ReconnectBackoff.longest
    var latency: Latency
    /// Seconds that a picture may be late beyond what its window takes, before pictures are left out.
    var lag: Double

    /// The folder of the recording; nil records none.
    var segments: String?
    /// Seconds.
    var segmentLength: Double
    /// Days after which a segment is removed; nil for never.
    var keepAge: Double?
    /// Bytes that the segments may have together; nil for any number.
    var keepBytes: Int?
    /// Whether the source's sound is recorded and published.
    var sound: Bool

    /// Where the annotated stream is sent on to: an address, or a folder for HLS.
    var publish: SecretAddress?
    var publishUser: String?
    var publishPasswordFile: String?
    /// How the server there proves who it is.
    var publishTrust = TLSTrust.verified(authorities: nil)

    /// Pictures a second for those who look.
    var previewRate: Double
    /// The NDJSON file with a line a window, a gap and a connection.
    var record: String?
    var events: EventSettings
    /// Where heat counts for nothing, and whose share of it is measured; in the order of the configuration.
    var masks: [FrameRegion] = []
    var zones: [ZoneSettings] = []
    /// Whether the zones' edges and names are drawn.
    var outlinesZones = false
    /// Without a stride, the stride follows the engine's speed; it may be longer than the window.
    var annotation: AnnotationSettings
}

extension CameraSettings {
    /// Where a password is kept.
    enum PasswordPlace: Sendable, Equatable {
        case file(String)
        /// The name of a variable of the environment.
        case variable(String)
    }

    /// Whether anything counts as an event.
    var hasEventCondition: Bool { events.hasCondition || zones.contains { $0.shareAbove != nil } }

    /// The folders that it writes to, by their keys.
    var folders: [(key: String, path: String)] {
        let hls = publish.flatMap { $0.text.hasPrefix("/") ? $0.text : nil }
        return [("segments", segments), ("events.clips", events.clips), ("publish", hls)]
            .compactMap { key, path in path.map { (key, $0) } }
    }

    /// The files that it writes, by their keys.
    var files: [(key: String, path: String)] {
        [("record", record), ("events.file", events.file)].compactMap { key, path in path.map { (key, $0) } }
    }
}
