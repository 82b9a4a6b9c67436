import Pipeline

/// How a camera fares, as it is published. Its keys are those of the HTTP answer, and `fps`.
struct MQTTCameraState: Encodable, Equatable {
    var name: String
    /// In one word, and in words with the reason.
    var state: String
    var reason: String
    var connected: Bool
    var epoch: Int
    /// Frames a second that have come since the last look; nil before the second look.
    var fps: Double?
    /// Frames a second as the source says.
    var frameRate: Double?
    /// Seconds; nil while the camera is away, as the rest.
    var lag: Double?
    var stride: Int?
    /// The newest answer and its probability, 0…1.
    var label: String?
    var probability: Double?

    init(_ camera: CameraView, fps: Double?) {
        let statistics = camera.statistics
        let isUp = [CameraHealth.State.up, .degraded].map(\.rawValue).contains(camera.state)
        name = camera.name
        state = camera.state
        reason = camera.reason
        connected = statistics.isConnected
        epoch = statistics.epoch
        self.fps = fps.map { Self.rounded($0, 10) }
        frameRate = statistics.frameRate
        // A number that nothing stands behind any more would be taken for the present one.
        guard isUp else { return }
        lag = statistics.lag.map { Self.rounded($0, 100) }
        stride = statistics.stride
        label = statistics.label
        probability = statistics.probability.map { Self.rounded($0, 1000) }
    }

    private static func rounded(_ value: Double, _ parts: Double) -> Double {
        (value * parts).rounded() / parts
    }
}
