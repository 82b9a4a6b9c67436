import Foundation
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration

/// Masks and zones of a daemon's cameras, for a stream with motion only in its left half.
@Suite(.tags(.live), .serialized, .oneSuiteAtATime, .hangLimit) struct CameraZonesTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func event(_ line: String) throws -> CameraEvent {
        try JSONDecoder().decode(CameraEvent.self, from: Data(line.utf8))
    }

    @Test func heatIsFoundInItsZoneAndNotUnderAMask() async throws {
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "color=gray:s=224x224:r=25:d=6", "-f", "lavfi", "-i", "testsrc2=s=64x160:r=25:d=6",
            "-filter_complex", "[0][1]overlay=8:32", "-c:v", "libx264", "-preset", "ultrafast",
            folder.file("left.mp4"),
        ])
        let halves = """
            zones:
                  left: {points: "0,0 0.5,0 0.5,1 0,1", share-above: 0.9}
                  right: {points: "0.5,0 1,0 1,1 0.5,1", share-above: 0.1}
            """
        let daemon = try await CameraDaemon(
            folder,
            cameras: """
                  plain:
                    url: "loop:@/left.mp4"
                    log-file: @/plain.ndjson
                    outline-zones: true
                    method: guided-backprop
                    \(halves)
                    events: {file: @/events.ndjson, for: 0}
                  masked:
                    url: "loop:@/left.mp4"
                    log-file: @/masked.ndjson
                    masks: {tree: {points: "0,0 0.5,0 0.5,1 0,1"}}
                    method: guided-backprop
                    \(halves)
                """, model: "builtin:motion")
        let (plain, masked) = (folder.file("plain.ndjson"), folder.file("masked.ndjson"))
        let events = folder.file("events.ndjson")
        #expect(
            await daemon.wait {
                RecordLine.count("window", plain) > 1 && RecordLine.count("window", masked) > 1
                    && !CameraMaterial.lines(events).isEmpty
            })
        let answer = try await daemon.api.get("/api/v1/cameras/plain").json()
        // The metrics are updated every few seconds, so they are requested for each window.
        let share = #"saliencyd_camera_zone_share{camera="plain",zone="left"} 0.9"#
        var isShown = false
        while !isShown {
            let count = RecordLine.count("window", plain)
            try #require(await daemon.wait { RecordLine.count("window", plain) > count })
            isShown = try await daemon.api.get("/metrics").text.contains(share)
        }
        let run = await daemon.stop()

        let seen = try RecordLine.read(plain).filter { $0.kind == "window" }
        for window in seen {
            let zones = try #require(window.zones)
            #expect((zones["left"]?.share ?? 0) > 0.9 && (zones["right"]?.share ?? 1) < 0.1, "\(zones)")
            #expect(zones["left"]?.area == 0.5 && zones["right"]?.area == 0.5, "\(zones)")
        }
        let least = try #require(seen.compactMap(\.mass).min())
        for window in try RecordLine.read(masked) where window.kind == "window" {
            #expect((window.mass ?? .infinity) < least / 100, "\(window)")
            #expect(window.zones?["left"]?.share == 0 && window.zones?["left"]?.area == 0, "\(window)")
        }
        #expect(run.standardError.contains("masked: the network sees nothing of zone left"))
        #expect(!run.standardError.contains("plain: the network sees nothing"))

        let told = try CameraMaterial.lines(events).map(event)
        #expect(told.allSatisfy { $0.kind == .zone && $0.zone == "left" && $0.threshold == 0.9 })
        #expect(told.first?.state == .began && (told.first?.share ?? 0) > 0.9)
        let zones = try #require(answer["zones"] as? [String: [String: Double]])
        #expect((zones["left"]?["share"] ?? 0) > 0.9 && zones["right"]?["area"] == 0.5)
    }
}
