import Pipeline

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import HTTPAPI
@testable import JobService

extension CameraStatus {
    static func sample(
        _ name: String = "gate", preview: LivePreview = LivePreview(rate: 1000),
        _ change: (inout LiveStatistics) -> Void = { _ in }
    ) -> CameraStatus {
        var statistics = LiveStatistics()
        statistics.isConnected = true
        statistics.connection = 3
        statistics.lastFrame = .now
        (statistics.stride, statistics.usualStride, statistics.frameRate, statistics.lag) = (16, 8, 25, 0.8)
        (statistics.windowSeconds, statistics.waitSeconds) = (0.4, 0.1)
        (statistics.label, statistics.probability) = ("walking", 0.9)
        statistics.zones = [ZoneShare(name: "frontDoor", share: 0.5, area: 0.125)]
        change(&statistics)
        return CameraStatus(
            name: name, url: "rtsp://***@camera.example/1", statistics: statistics, state: "up", reason: "fps 25 of 25",
            preview: preview)
    }
}
