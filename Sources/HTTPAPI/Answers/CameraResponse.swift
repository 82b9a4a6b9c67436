import Cameras
import Pipeline

/// A camera in the API: its numbers, address and state. Values that are not known are left out.
struct CameraResponse: Encodable {
    private let camera: CameraStatus
    /// Seconds since the newest frame arrived.
    private let frameAge: Double?

    private enum CodingKeys: String, CodingKey {
        case name, url, state, reason, frameAge, viewers
    }

    init(_ camera: CameraStatus, now: ContinuousClock.Instant = .now) {
        self.camera = camera
        frameAge = camera.statistics.lastFrame.map { max(0, (now - $0) / .seconds(1)) }
    }

    func encode(to encoder: any Encoder) throws {
        try camera.statistics.encode(to: encoder)
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(camera.name, forKey: .name)
        try fields.encode(camera.url, forKey: .url)
        try fields.encode(camera.state, forKey: .state)
        try fields.encode(camera.reason, forKey: .reason)
        try fields.encodeIfPresent(frameAge, forKey: .frameAge)
        try fields.encode(camera.preview.viewerCount, forKey: .viewers)
    }
}
