import Foundation
import TestSupport
import Testing

/// A closed terminal (SIGHUP) ends commands like SIGTERM: no partial file remains.
@Suite struct HangUpTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=20", folder.file("clip.mp4")])
    }

    private func start(_ arguments: String...) throws -> RunningCommand {
        try RunningCommand(CommandRun.builtCommand, arguments)
    }

    @Test func annotateFinishesItsFile() async throws {
        // So long that the signal comes before the end, however late.
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=300", "-preset", "ultrafast", folder.file("long.mp4"),
        ])
        let running = try start(
            "annotate", folder.file("long.mp4"), "-o", folder.file("out.mp4"), "--progress", "json", "--method",
            "gradient",
            "--smooth", "30")
        await running.waitForStandardError(containing: "\"event\"")
        running.send(SIGHUP)
        let run = await running.end()
        #expect(run.status == 0, "\(run.standardError)")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(files.contains("out.mp4") && !files.contains { $0.hasPrefix(".") }, "\(files)")
        let frames = try #require(try MediaFactory.countedFrames(folder.file("out.mp4")))
        #expect(frames > 0 && frames < 7500)
    }

    @Test func explainLeavesNoFiles() async throws {
        let running = try start(
            "explain", folder.file("clip.mp4"), "-o", folder.file("out"), "--progress", "json", "--method", "gradient",
            "--smooth", "1000")
        await running.waitForStandardError(containing: "\"event\"")
        running.send(SIGHUP)
        #expect(await running.end().status == 130)
        #expect(try folder.listing() == ["clip.mp4"])
    }

    /// While it is written, the file has a name that begins with a dot.
    @Test(arguments: [SIGHUP, SIGINT, SIGTERM]) func sampleLeavesNoFiles(_ signal: Int32) async throws {
        let running = try start("sample", folder.file("long.mp4"), "--seconds", "600", "--size", "640x480")
        let path = folder.path
        let hasBegun = await FolderWait.until(path) {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
            return files.contains { $0.hasPrefix(".") }
        }
        try #require(hasBegun)
        running.send(signal)
        #expect(await running.end().status == 130)
        #expect(try folder.listing() == ["clip.mp4"])
    }

    /// A command started by nohup(1) continues.
    @Test func ignoredHangUpsStayIgnored() async throws {
        let command = """
            trap '' HUP; exec "$0" annotate "$1" -o "$2" --progress json
            """
        let running = try RunningCommand(
            "/bin/bash", ["-c", command, CommandRun.builtCommand, folder.file("clip.mp4"), folder.file("out.mp4")])
        await running.waitForStandardError(containing: "\"event\"")
        running.send(SIGHUP)
        let run = await running.end()
        #expect(run.status == 0, "\(run.standardError)")
        #expect(try MediaFactory.countedFrames(folder.file("out.mp4")) == 500)
    }
}
