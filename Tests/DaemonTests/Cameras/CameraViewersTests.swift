import Foundation
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration

/// Many viewers of a daemon's camera.
@Suite(.tags(.live), .serialized, .oneSuiteAtATime, .hangLimit) struct CameraViewersTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func daemon() async throws -> CameraDaemon {
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=4,noise=alls=40:allf=t", "-c:v", "libx264", "-preset",
            "ultrafast", folder.file("noise.mp4"),
        ])
        return try await CameraDaemon(
            folder, cameras: "  gate: {url: \"loop:@/noise.mp4\", preview-rate: 2}")
    }

    /// The value of one of the camera's counters; nil before it exists.
    private func count(_ name: String, _ api: PortClient) async throws -> Int? {
        let text = try await api.get("/metrics").text
        return text.firstMatch(of: try Regex<(Substring, Substring)>("\(name)_total\\{camera=\"gate\"\\} (\\d+)"))
            .flatMap { Int($0.1) }
    }

    private func viewers(_ api: PortClient) async throws -> Int? {
        try await api.get("/api/v1/cameras/gate").json()["viewers"] as? Int
    }

    @Test func fiftyViewersShareOneEncodingAndAStalledOneIsDropped() async throws {
        let daemon = try await daemon()
        var viewers: [ImageViewer] = []
        for _ in 0..<50 { viewers.append(try await ImageViewer(port: daemon.api.port)) }
        var frames: Set<[UInt8]> = []
        for _ in 0..<3 {
            for viewer in viewers {
                let frame = try await viewer.next()
                #expect(frame.starts(with: [0xFF, 0xD8, 0xFF]) && frame.suffix(2) == [0xFF, 0xD9])
                frames.insert(frame)
            }
        }
        #expect(try await self.viewers(daemon.api) == 50)
        // The metrics are updated every few seconds; frames continue meanwhile.
        var encoded = 0
        while encoded < frames.count {
            for viewer in viewers { _ = try await viewer.next() }
            encoded = try await count("saliencyd_camera_previews", daemon.api) ?? 0
        }
        let drawn = try #require(try await count("saliencyd_camera_frames_drawn", daemon.api))
        // At most one encoding per drawn frame; separate ones for each viewer would be fifty. The numbers are read at
        // slightly different times.
        #expect(encoded <= drawn + 5)

        viewers.removeLast(45)
        try await passFrames(viewers) { try await self.viewers(daemon.api) == 5 }
        let stopped = try await ImageViewer(port: daemon.api.port, receiveBuffer: 4096)
        try await passFrames(viewers) { try await self.viewers(daemon.api) == 6 }
        try await passFrames(viewers) { try await self.viewers(daemon.api) == 5 }
        // The data already in the system's buffers still arrives, followed by the end.
        _ = await stopped.rest()
        _ = await daemon.stop()
    }

    /// Receives frames until a condition is true.
    private func passFrames(_ viewers: [ImageViewer], until isSo: () async throws -> Bool) async throws {
        while !(try await isSo()) {
            for viewer in viewers { _ = try await viewer.next() }
        }
    }
}
