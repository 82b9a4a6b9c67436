import Decode
import Media
import Pipeline

/// One camera: a live stream that is explained as it arrives.
package struct CameraSettings: Sendable, Equatable {
    /// An example of `cameras`.
    static let example = "cameras: {gate: {url: \"rtsp://HOST/PATH\"}}"

    package var name: String
    package var url: SecretAddress
    package var user: String?
    package var password: PasswordPlace?
    /// The transport of RTSP.
    package var transport = LiveOptions.Transport.automatic
    package var stamps = LiveOptions.Stamps.source
    /// How the source's server must authenticate itself over TLS.
    package var trust = TLSTrust.verified(authorities: nil)
    /// The time for a connection to be established, in seconds.
    package var openTimeout = 20.0
    /// The time between requests of a snapshot address, in seconds.
    package var snapshotInterval = 1.0
    /// The time without a frame after which a connection is closed, in seconds; nil for a time that depends on the
    /// frame rate.
    package var stall: Double?
    /// The longest pause between attempts to connect, in seconds.
    package var backoff = ReconnectBackoff.longest
    package var latency = LiveRequest.Latency.smooth
    /// The time that a frame may be late beyond the time that its window needs, in seconds; later frames are dropped.
    package var lag = 2.0

    /// The folder of the recording; if nil, nothing is recorded.
    package var segments: String?
    /// The length of a segment in seconds.
    package var segmentLength = 60.0
    /// The age in days after which a segment is removed; nil for no limit.
    package var keepAge: Double?
    /// The maximum total size of the segments in bytes; nil for no limit.
    package var keepBytes: Int?
    /// Whether the source's sound is recorded and published.
    package var sound = true

    /// The destination of the annotated stream: an address, or a folder for HLS.
    package var publish: SecretAddress?
    package var publishUser: String?
    package var publishPasswordFile: String?
    /// How the server of `publish` must authenticate itself.
    package var publishTrust = TLSTrust.verified(authorities: nil)

    /// The frames per second for viewers.
    package var previewRate = 5.0
    /// The NDJSON file with one line per window, gap and connection.
    package var logFile: String?
    package var events = EventSettings()
    /// The parts of the frame whose heat is ignored, and those whose share of the heat is measured, in the order of the
    /// configuration.
    package var masks: [FrameRegion] = []
    package var zones: [ZoneSettings] = []
    /// Whether the edges and names of the zones are drawn.
    package var outlinesZones = false
    /// Without a stride, the stride adapts to the engine's speed and may exceed the window's length.
    package var annotation = AnnotationSettings()

    /// A camera for which the configuration sets only the address.
    package init(name: String, url: SecretAddress) {
        self.name = name
        self.url = url
    }
}

extension CameraSettings {
    /// The place where a password is stored.
    package enum PasswordPlace: Sendable, Equatable {
        case file(String)
        /// An environment variable, by its name.
        case variable(String)
    }

    /// Whether the camera has any condition for events.
    package var hasEventCondition: Bool { events.hasCondition || zones.contains { $0.shareAbove != nil } }

    /// The folders to which the camera writes, by their keys.
    package var folders: [(key: String, path: String)] {
        let hls = publish.flatMap { $0.text.hasPrefix("/") ? $0.text : nil }
        return [("segments", segments), ("events.clips", events.clips), ("publish", hls)]
            .compactMap { key, path in path.map { (key, $0) } }
    }

    /// The files that the camera writes, by their keys.
    package var files: [(key: String, path: String)] {
        [("log-file", logFile), ("events.file", events.file)].compactMap { key, path in path.map { (key, $0) } }
    }
}
