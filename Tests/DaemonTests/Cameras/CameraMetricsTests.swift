import Pipeline
import Telemetry
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration

@Suite struct CameraMetricsTests {
    /// Sets numbers of every kind; counters are multiplied by `times`.
    private static func up(_ entry: CameraHandle, times: UInt64 = 1) {
        entry.report.update { statistics in
            statistics.connection = 3
            statistics.isConnected = true
            statistics.framesIn = 1000 * times
            statistics.framesDrawn = 900 * times
            statistics.framesDropped = 60 * times
            statistics.framesUnexplained = 40 * times
            statistics.framesDamaged = 5 * times
            statistics.framesUnpublished = 7 * times
            statistics.gaps = 2 * times
            statistics.windows = 30 * times
            statistics.windowsSkipped = 4 * times
            statistics.segments = 6 * times
            statistics.segmentBytes = 123_456 * times
            statistics.segmentsLost = times
            (statistics.stride, statistics.usualStride) = (48, 32)
            (statistics.windowSeconds, statistics.lag) = (0.75, 1.5)
        }
    }

    private static func connected() -> CameraHandle {
        let entry = CameraHandle(.sample(), clock: HandClock())
        _ = entry.connections.begin(frames: 0)
        up(entry)
        _ = entry.connections.add(entry.report.snapshot)
        _ = entry.connections.end(LiveConnectionEnd(reason: "gone", isStall: true))
        _ = entry.connections.begin(frames: 999)
        _ = entry.connections.add(entry.report.snapshot)
        return entry
    }

    @Test func agreesWithTheGoldenFile() throws {
        let factory = DaemonMetrics.factory()
        var metrics = CameraMetrics(factory: factory)
        let gate = Self.connected()
        let away = CameraHandle(.sample("yard"), clock: HandClock())
        away.report.update { $0.lag = 9 }
        let viewer = gate.preview.images()
        for number in 1...2 { gate.preview.publish(PreviewImage(jpeg: [UInt8(number)], wallClock: Double(number))) }
        metrics.update([gate, away])
        metrics.update([gate, away])
        let golden = String(decoding: try GoldenMaterial.bytes("metrics/cameras.txt"), as: UTF8.self)
        #expect(factory.text() == golden)
        _ = consume viewer
    }

    @Test func zonesComeAndGo() {
        let factory = DaemonMetrics.factory()
        var metrics = CameraMetrics(factory: factory)
        func zones() -> [String] {
            factory.text().split(separator: "\n").filter { $0.hasPrefix("saliencyd_camera_zone_share{") }
                .map(String.init)
        }
        let gate = Self.connected()
        gate.report.update {
            $0.zones = [ZoneShare(name: "door", share: 0.5, area: 0.1), ZoneShare(name: "yard", share: 0, area: 0.2)]
        }
        metrics.update([gate])
        #expect(
            zones() == [
                "saliencyd_camera_zone_share{camera=\"gate\",zone=\"door\"} 0.5",
                "saliencyd_camera_zone_share{camera=\"gate\",zone=\"yard\"} 0",
            ])
        gate.report.update { $0.zones = [ZoneShare(name: "yard", share: 0.25, area: 0.2)] }
        metrics.update([gate])
        #expect(zones() == ["saliencyd_camera_zone_share{camera=\"gate\",zone=\"yard\"} 0.25"])
        // A disconnected camera has no current values.
        _ = gate.connections.end(LiveConnectionEnd(reason: "gone", isStall: false))
        metrics.update([gate])
        #expect(zones() == [])
        metrics.update([])
        #expect(factory.text() == "")
    }

    @Test func countersGoOnOverARestartAndGoWithTheCamera() {
        let factory = DaemonMetrics.factory()
        var metrics = CameraMetrics(factory: factory)
        func value(_ name: String) -> String? {
            let line = factory.text().split(separator: "\n").first { $0.hasPrefix("saliencyd_camera_\(name){") }
            return line?.split(separator: " ").last.map(String.init)
        }
        let gate = Self.connected()
        metrics.update([gate])
        Self.up(gate, times: 3)
        metrics.update([gate])
        #expect(value("frames_in_total") == "3000")
        let again = CameraHandle(.sample())
        Self.up(again)
        metrics.update([again])
        #expect(value("frames_in_total") == "4000")
        #expect(value("reconnects_total") == "1")
        #expect(value("up") == "0")
        #expect(value("lag_seconds") == nil)
        metrics.update([])
        #expect(factory.text() == "")
    }
}
