import Foundation
import Pipeline
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import HTTPAPI
@testable import JobService

@Suite(.hangLimit) struct CameraRouteTests {
    private static func image(_ number: Int, count: Int = 20_000) -> PreviewImage {
        PreviewImage(
            jpeg: [0xFF, 0xD8] + withUnsafeBytes(of: number) { Array($0) }
                + [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: count),
            wallClock: 1_800_000_000 + Double(number))
    }

    /// Publishes an image like a camera: it is encoded only if somebody receives it.
    private static func show(_ number: Int, on preview: LivePreview, encodings: inout Int) -> PreviewImage? {
        guard preview.claim(at: .now + .seconds(number)) else { return nil }
        encodings += 1
        let image = image(number)
        preview.publish(image)
        return image
    }

    @Test func camerasReportTheirHealth() async throws {
        let api = try await ServedAPI(cameras: [.sample(), .sample("yard")])
        let list = try #require(try await api.get("/api/v1/cameras").json()["cameras"] as? [[String: Any]])
        #expect(list.compactMap { $0["name"] as? String } == ["gate", "yard"])
        let camera = try await api.get("/api/v1/cameras/yard").json()
        #expect(camera["url"] as? String == "rtsp://***@camera.example/1")
        #expect(camera["state"] as? String == "up" && camera["reason"] as? String == "fps 25 of 25")
        #expect(camera["connected"] as? Bool == true && camera["connection"] as? Int == 3)
        #expect(
            camera["zones"] as? [String: [String: Double]] == ["frontDoor": ["share": 0.5, "area": 0.125]])
        #expect((camera["frame_age"] as? Double).map { $0 >= 0 && $0 < 120 } == true)
        for path in ["/api/v1/cameras/none", "/cameras/none/live.mjpeg", "/cameras/none/snapshot.jpg"] {
            try await api.get(path).expectError(404, "not_found", mention: "/api/v1/cameras")
        }
        #expect(try await ServedAPI().get("/api/v1/cameras").json()["cameras"] as? [String] == [])
    }

    @Test func imagesNeedTheToken() async throws {
        let api = try await ServedAPI(token: "correct-horse-battery-staple", cameras: [.sample()])
        for path in ["/api/v1/cameras", "/cameras/gate/live.mjpeg", "/cameras/gate/snapshot.jpg"] {
            try await api.get(path).expectError(401, "unauthorized")
        }
    }

    // MARK: Snapshots

    @Test func aSnapshotIsTheNextImage() async throws {
        let preview = LivePreview(rate: 1000)
        let api = try await ServedAPI(clock: HandClock(), cameras: [.sample(preview: preview)])
        preview.publish(Self.image(1))
        async let answer = api.get("/cameras/gate/snapshot.jpg")
        while preview.viewerCount == 0 { await Task.yield() }
        preview.publish(Self.image(2))
        let snapshot = try await answer
        #expect(snapshot.status == 200 && snapshot.body == Self.image(2).jpeg)
        #expect(snapshot.headers["content-type"] == "image/jpeg" && snapshot.headers["cache-control"] == "no-store")
        #expect(snapshot.headers["cross-origin-resource-policy"] == "same-origin")
    }

    @Test func aMissingSnapshotIsExplained() async throws {
        let clock = HandClock()
        let away = CameraStatus.sample("away") { $0.isConnected = false }
        let api = try await ServedAPI(clock: clock, cameras: [.sample(), away])
        try await api.get("/cameras/away/snapshot.jpg").expectError(503, "unavailable", mention: "fps 25 of 25")
        async let answer = api.get("/cameras/gate/snapshot.jpg")
        #expect(await clock.sleeper() == .seconds(5))
        clock.advance(by: .seconds(5))
        try await answer.expectError(504, "no_frame", mention: "5 seconds")
    }

    /// A page with a disconnected camera repeats its requests.
    @Test func thirtySnapshotsOfADisconnectedCameraAreOneLine() async throws {
        let log = CollectedLog()
        let away = CameraStatus.sample("away") { $0.isConnected = false }
        let api = try await ServedAPI(cameras: [away], log: log)
        for _ in 0..<30 { try await api.get("/cameras/away/snapshot.jpg").expectError(503, "unavailable") }
        let warnings = log.lines.filter { $0.hasPrefix("warning: ") }
        #expect(warnings.count == 1, "\(warnings)")
    }

    // MARK: Live images

    /// Every image is encoded once, whatever the number of viewers, and a stalled viewer does not affect the others.
    @Test func fiftyViewersOfOneEncoding() async throws {
        let (preview, clock) = (LivePreview(rate: 1), HandClock())
        let api = try await ServedAPI(clock: clock, cameras: [.sample(preview: preview)])
        var encodings = 0
        #expect(Self.show(0, on: preview, encodings: &encodings) == nil)
        var viewers: [ImageViewer] = []
        for _ in 0..<50 { viewers.append(try await ImageViewer(port: api.port)) }
        while preview.viewerCount < 50 { await Task.yield() }
        for number in 1...20 {
            let image = try #require(Self.show(number, on: preview, encodings: &encodings))
            for viewer in viewers { try #require(try await viewer.next() == image.jpeg) }
        }
        #expect(encodings == 20)

        let stopped = try await ImageViewer(port: api.port, receiveBuffer: 4096)
        while preview.viewerCount < 51 { await Task.yield() }
        var number = 20
        while preview.viewerCount == 51 {
            number += 1
            let image = try #require(Self.show(number, on: preview, encodings: &encodings))
            for viewer in viewers { try #require(try await viewer.next() == image.jpeg) }
            // The others have accepted an image since the last advance.
            clock.advance(by: HTTPLimits().viewerTimeout)
        }
        #expect(preview.viewerCount == 50)
        #expect(encodings == number)
        // The data already in the system's buffers still arrives, and then nothing.
        _ = await stopped.rest()
    }

    @Test func aSlowViewerGetsTheNewestImage() async throws {
        let preview = LivePreview(rate: 1000)
        let api = try await ServedAPI(clock: HandClock(), cameras: [.sample(preview: preview)])
        let viewer = try await ImageViewer(port: api.port, receiveBuffer: 4096)
        #expect(viewer.head.hasPrefix("HTTP/1.1 200"))
        #expect(viewer.head.contains("multipart/x-mixed-replace; boundary=saliencyd-image"))
        while preview.viewerCount == 0 { await Task.yield() }
        for number in 1...200 { preview.publish(Self.image(number, count: 100_000)) }
        var seen = 0
        var last: [UInt8] = []
        while last != Self.image(200, count: 100_000).jpeg {
            last = try await viewer.next()
            seen += 1
        }
        #expect(seen < 100)
    }

    @Test func aSilentCameraKeepsItsViewers() async throws {
        let (preview, clock) = (LivePreview(rate: 1000), HandClock())
        let api = try await ServedAPI(clock: clock, cameras: [.sample(preview: preview)])
        let viewer = try await ImageViewer(port: api.port)
        while preview.viewerCount == 0 { await Task.yield() }
        preview.publish(Self.image(1))
        #expect(try await viewer.next() == Self.image(1).jpeg)
        // The image arrived in the first of the two intervals.
        for _ in 0..<2 {
            while let wait = await clock.sleeper(), wait != HTTPLimits().viewerSilence {}
            clock.advance(by: HTTPLimits().viewerSilence)
        }
        #expect(try await viewer.next() == Self.image(1).jpeg)
    }

    @Test func tooManyViewers() async throws {
        let preview = LivePreview(rate: 1000)
        var limits = HTTPLimits()
        (limits.viewers, limits.requests) = (2, 1)
        let api = try await ServedAPI(limits: limits, cameras: [.sample(preview: preview)])
        var viewers: [ImageViewer] = []
        for _ in 0..<2 { viewers.append(try await ImageViewer(port: api.port)) }
        let refused = try await api.get("/cameras/gate/live.mjpeg")
        try refused.expectError(503, "unavailable", mention: "2 viewers")
        // Viewers do not use the slots of requests.
        while preview.viewerCount < 2 { await Task.yield() }
        #expect(try await api.get("/api/v1/cameras/gate").json()["viewers"] as? Int == 2)
        // HEAD sends no images and uses no slot.
        #expect(try await api.request("HEAD", "/api/v1/cameras").status == 200)
    }

    @Test func responsesEndWithTheDaemonAndThePreview() async throws {
        let (first, second) = (LivePreview(rate: 1000), LivePreview(rate: 1000))
        let api = try await ServedAPI(
            clock: HandClock(), cameras: [.sample(preview: first), .sample("yard", preview: second)])
        let viewer = try await ImageViewer(port: api.port)
        let other = try await ImageViewer(port: api.port, path: "/cameras/yard/live.mjpeg")
        while first.viewerCount + second.viewerCount < 2 { await Task.yield() }
        first.publish(Self.image(1))
        #expect(try await viewer.next() == Self.image(1).jpeg)
        first.finish()
        #expect(await viewer.rest() == "--saliencyd-image--\r\n")
        async let stopped: Void = api.stop()
        #expect(await other.rest() == "--saliencyd-image--\r\n")
        try await stopped
    }
}
