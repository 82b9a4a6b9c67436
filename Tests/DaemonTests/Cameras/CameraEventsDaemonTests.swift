import Foundation
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import Events

/// Events of a daemon's camera, delivered to every kind of sink.
@Suite(.tags(.live), .serialized, .oneSuiteAtATime, .hangLimit) struct CameraEventsDaemonTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func write(hook script: String) async throws {
        let text = try folder.write(Array("#!/bin/sh\n\(script)\n".utf8), to: "script")
        let run = try await CommandRun.run("install", ["-m", "700", text, folder.file("hook")])
        try #require(run.status == 0, "\(run.standardError)")
    }

    /// Three seconds without motion, then motion.
    private func writeClip() throws {
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "color=gray:s=160x120:r=25:d=3", "-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=7",
            "-filter_complex", "[0][1]concat=n=2:v=1", "-c:v", "libx264", "-preset", "ultrafast",
            folder.file("scene.mp4"),
        ])
    }

    private func event(_ line: some Sequence<UInt8>) throws -> CameraEvent {
        try JSONDecoder().decode(CameraEvent.self, from: Data(line))
    }

    @Test func aChangedAnswerReachesEverySink() async throws {
        try writeClip()
        try await write(
            hook: "tr '\\0' '\\n' < /proc/$$/environ > \(folder.file("hook-environment.part"))\n"
                + "mv -n \(folder.file("hook-environment.part")) \(folder.file("hook-environment"))")
        try FileManager.default.createDirectory(atPath: folder.file("clips"), withIntermediateDirectories: false)
        let server = try HTTPServer()
        server.serve("/events", [], .status(204))
        let daemon = try await CameraDaemon(
            folder,
            cameras: """
                  gate:
                    url: "loop:@/scene.mp4"
                    events:
                      change: true
                      for: 0
                      quiet: 0
                      pre-roll: 1
                      post-roll: 1
                      file: @/events.ndjson
                      webhook: \(server.url)/events
                      hook: @/hook
                      clips: @/clips
                """, model: "builtin:motion")
        let file = folder.file("events.ndjson")
        #expect(await daemon.wait { !CameraMaterial.lines(file).isEmpty })
        let first = try #require(CameraMaterial.lines(file).first)
        let began = try event(first.utf8)
        #expect(began.kind == .change && began.state == .began && began.camera == "gate" && began.connection == 1)
        let (clip, still) = (try #require(began.clip), try #require(began.still))
        #expect(
            await FolderWait.until(folder.file("clips")) {
                [clip, still].allSatisfy { FileManager.default.fileExists(atPath: $0) }
            })
        let hook = folder.file("hook-environment")
        #expect(await daemon.wait { FileManager.default.fileExists(atPath: hook) })
        while server.requests.isEmpty { await Task.yield() }
        _ = await daemon.stop()

        let request = try #require(server.requests.first)
        #expect(request.method == "POST" && request.headers["content-type"] == "application/json")
        #expect(request.body == Array(first.utf8))
        let environment = EventHook<CameraEvent>.environment(
            of: began, searchPath: ProcessInfo.processInfo.environment["PATH"] ?? "")
        let seen = String(decoding: try folder.bytes(of: "hook-environment"), as: UTF8.self)
        #expect(Set(seen.split(separator: "\n").map(String.init)) == Set(environment.map { "\($0.key)=\($0.value)" }))
        let frame = [UInt8](try Data(contentsOf: URL(fileURLWithPath: still)))
        #expect(frame.starts(with: [0xFF, 0xD8, 0xFF]) && frame.suffix(2) == [0xFF, 0xD9])
        try expectClip(clip, of: began)
    }

    private func expectClip(_ path: String, of event: CameraEvent) throws {
        let clip = try RecordedFile(path)
        try clip.expectToPlay()
        let began = Date(timeIntervalSince1970: event.unix)
        // The clip has so much before the event, since nothing moved for three seconds.
        try #require(event.sourceTime > 1.1)
        #expect(clip.start <= began - 1, "\(clip.start) and \(began)")
        #expect(clip.start + clip.duration >= began + 1, "\(clip.duration) s from \(clip.start), \(began)")
    }

    // MARK: Classes

    @Test func unknownClassesAreRejected() async throws {
        let clip = try CameraMaterial.clip(folder)
        func cameras(_ classes: String) -> String {
            "  gate: {url: \"loop:\(clip)\", events: {on-class: [\(classes)], file: @/events.ndjson}}"
        }
        try CameraDaemon.configure(folder, cameras("left, sideways"), port: 1)
        let refused = try await CommandRun.saliencyd("serve", "--config", folder.file("saliencyd.yaml"))
        #expect(refused.status == 78)
        #expect(refused.standardError.contains("cameras.gate.events.on-class: the model has no class sideways"))

        let unexplained = "  gate: {url: \"loop:\(clip)\", target: sideways}"
        try CameraDaemon.configure(folder, unexplained, port: 1)
        let other = try await CommandRun.saliencyd("serve", "--config", folder.file("saliencyd.yaml"))
        #expect(other.status == 78)
        #expect(other.standardError.contains("cameras.gate.target: there is no label \"sideways\""))

        let daemon = try await CameraDaemon(folder, cameras: cameras("left, \"3\""))
        let configure = { try CameraDaemon.configure(folder, cameras($0), port: daemon.api.port) }
        try configure("\"4\"")
        daemon.command.send(SIGHUP)
        #expect(await daemon.command.waitForStandardError(containing: "the model has no class 4"))
        try configure("right")
        daemon.command.send(SIGHUP)
        #expect(await daemon.command.waitForStandardError(containing: "configuration reloaded"))
        let run = await daemon.stop()
        #expect(run.standardError.contains("stays as it was"))
    }
}
