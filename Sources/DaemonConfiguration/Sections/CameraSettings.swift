import Decode
import Media
import Pipeline

/// One camera: a live stream that is explained as it comes.
package struct CameraSettings: Sendable, Equatable {
    /// What `cameras` looks like.
    static let example = "cameras: {gate: {url: \"rtsp://HOST/PATH\"}}"

    package var name: String
    package var url: SecretAddress
    package var user: String?
    package var password: PasswordPlace?
    /// Of RTSP.
    package var transport = LiveOptions.Transport.automatic
    package var stamps = LiveOptions.Stamps.source
    /// How the source's server proves who it is, where it speaks TLS.
    package var trust = TLSTrust.verified(authorities: nil)
    /// Seconds.
    package var openTimeout = 20.0
    /// Seconds from one request of a snapshot address to the next.
    package var snapshotInterval = 1.0
    /// Seconds without a frame after which a connection counts as dead; nil for what suits the frame rate.
    package var stall: Double?
    /// Seconds from one try to connect to the next, at most.
    package var backoff = ReconnectBackoff.longest
    package var latency = LiveRequest.Latency.smooth
    /// Seconds that a frame may be late beyond what its window takes, before frames are left out.
    package var lag = 2.0

    /// The folder of the recording; nil records none.
    package var segments: String?
    /// Seconds.
    package var segmentLength = 60.0
    /// Days after which a segment is removed; nil for never.
    package var keepAge: Double?
    /// Bytes that the segments may have together; nil for any number.
    package var keepBytes: Int?
    /// Whether the source's sound is recorded and published.
    package var sound = true

    /// Where the annotated stream is sent on to: an address, or a folder for HLS.
    package var publish: SecretAddress?
    package var publishUser: String?
    package var publishPasswordFile: String?
    /// How the server there proves who it is.
    package var publishTrust = TLSTrust.verified(authorities: nil)

    /// Frames a second for viewers.
    package var previewRate = 5.0
    /// The NDJSON file with a line a window, a gap and a connection.
    package var logFile: String?
    package var events = EventSettings()
    /// Where heat counts for nothing, and whose share of it is measured; in the order of the configuration.
    package var masks: [FrameRegion] = []
    package var zones: [ZoneSettings] = []
    /// Whether the zones' edges and names are drawn.
    package var outlinesZones = false
    /// Without a stride, the stride follows the engine's speed; it may be longer than the window.
    package var annotation = AnnotationSettings()

    /// A camera as it is when the configuration names its address alone.
    package init(name: String, url: SecretAddress) {
        self.name = name
        self.url = url
    }
}

extension CameraSettings {
    /// Where a password is kept.
    package enum PasswordPlace: Sendable, Equatable {
        case file(String)
        /// The name of a variable of the environment.
        case variable(String)
    }

    /// Whether anything counts as an event.
    package var hasEventCondition: Bool { events.hasCondition || zones.contains { $0.shareAbove != nil } }

    /// The folders that it writes to, by their keys.
    package var folders: [(key: String, path: String)] {
        let hls = publish.flatMap { $0.text.hasPrefix("/") ? $0.text : nil }
        return [("segments", segments), ("events.clips", events.clips), ("publish", hls)]
            .compactMap { key, path in path.map { (key, $0) } }
    }

    /// The files that it writes, by their keys.
    package var files: [(key: String, path: String)] {
        [("log-file", logFile), ("events.file", events.file)].compactMap { key, path in path.map { (key, $0) } }
    }
}
