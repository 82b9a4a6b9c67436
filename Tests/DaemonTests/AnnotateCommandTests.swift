import Foundation
import TestSupport
import Testing

/// The errors of `annotate`, through the built command: exit status, one sentence, and no files left behind.
@Suite struct AnnotateCommandTests {
    private let folder: TemporaryDirectory
    private let model: String

    init() async throws {
        folder = try TemporaryDirectory()
        model = folder.file("tiny.safetensors")
        let made = try await CommandRun.saliencyd(
            "model", "untrained", model, "--width", "0.03", "--classes", "4", "--window", "8", "--size", "32")
        try #require(made.status == 0, "\(made.standardError)")
    }

    private func clip(_ name: String = "clip.mp4", seconds: Double = 1) throws -> String {
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=\(seconds)", "-preset", "ultrafast", folder.file(name),
        ])
        return folder.file(name)
    }

    private func annotate(_ input: String, _ options: String..., model: String? = nil) async throws -> CommandRun {
        try await CommandRun.run(
            CommandRun.builtCommand,
            ["annotate", input, "--model", model ?? self.model, "-o", folder.file("out.mp4")] + options)
    }

    /// Checks a failure: its status, its single sentence that contains `mention`, and that only `files` exist.
    private func expectFailure(
        _ run: CommandRun, status: Int32, mention: String, files: [String],
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        #expect(run.status == status, "\(run.standardError)", sourceLocation: location)
        let sentence = run.standardError.trimmingCharacters(in: .newlines)
        #expect(sentence.hasPrefix("saliencyd: "), "\(sentence)", sourceLocation: location)
        #expect(!sentence.contains("\n"), "\(sentence)", sourceLocation: location)
        #expect(sentence.contains(mention), "\(sentence)", sourceLocation: location)
        #expect(try folder.listing() == files.sorted(), sourceLocation: location)
    }

    @Test func succeedsQuietly() async throws {
        let run = try await annotate(try clip(), "--quiet")
        #expect(run.status == 0)
        #expect(run.standardError.isEmpty)
        #expect(try folder.listing() == ["clip.mp4", "out.json", "out.mp4", "out.vtt", "tiny.safetensors"])
    }

    @Test("The found classes are printed on standard output; a quiet run prints nothing; a legend adds no output")
    func printsTheFoundClasses() async throws {
        let run = try await annotate(try clip())
        #expect(run.status == 0, "\(run.standardError)")
        let line = run.standardOutput.trimmingCharacters(in: .newlines)
        #expect(line.wholeMatch(of: /(?:class \d \d+ %, 0:0\d(?:\.\d)?–0:0\d(?:\.\d)?(?:; )?)+/) != nil, "\(line)")
        #expect(line.contains(", 0:00") && line.contains("0:01"))
        let quiet = try await annotate(try clip("other.mp4"), "--quiet", "--legend", "--no-outline", "--force")
        #expect(quiet.status == 0 && quiet.standardOutput.isEmpty && quiet.standardError.isEmpty)
    }

    @Test func reportsProgressAsJSONLines() async throws {
        let run = try await annotate(try clip(), "--progress", "json")
        #expect(run.status == 0)
        let lines = try run.standardError.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        let last = try #require(lines.last { $0["event"] as? String == "done" })
        #expect(last["frames"] as? Int == 25)
        #expect(last["windows"] as? Int == 6)
    }

    @Test func missingInput() async throws {
        try expectFailure(
            try await annotate(folder.file("none.mp4")), status: 65, mention: "none.mp4", files: ["tiny.safetensors"])
    }

    @Test func inputThatIsNotAVideo() async throws {
        try folder.write(Array("hello, this is not a video\n".utf8), to: "note.txt")
        try expectFailure(
            try await annotate(folder.file("note.txt")), status: 65, mention: "note.txt",
            files: ["note.txt", "tiny.safetensors"])
    }

    @Test func inputWithoutFrames() async throws {
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "sine=d=1", folder.file("sound.wav")])
        try expectFailure(
            try await annotate(folder.file("sound.wav")), status: 65, mention: "video",
            files: ["sound.wav", "tiny.safetensors"])
    }

    @Test func truncatedInputIsAnnotatedAsFarAsPossible() async throws {
        _ = try clip("whole.mkv", seconds: 4)
        let bytes = try folder.bytes(of: "whole.mkv")
        try folder.write(Array(bytes.prefix(bytes.count * 6 / 10)), to: "cut.mkv")
        let run = try await annotate(folder.file("cut.mkv"))
        #expect(run.status == 0, "\(run.standardError)")
        #expect(run.standardError.contains("warning:"))
        let frames = try #require(try MediaFactory.countedFrames(folder.file("out.mp4")))
        #expect(frames > 10 && frames < 100)
    }

    @Test func missingModel() async throws {
        try expectFailure(
            try await annotate(try clip(), model: folder.file("none.safetensors")), status: 66,
            mention: "none.safetensors", files: ["clip.mp4", "tiny.safetensors"])
    }

    @Test func truncatedModelNamesTheFile() async throws {
        let bytes = try folder.bytes(of: "tiny.safetensors")
        try folder.write(Array(bytes.prefix(bytes.count / 2)), to: "cut.safetensors")
        try expectFailure(
            try await annotate(try clip(), model: folder.file("cut.safetensors")), status: 66,
            mention: "cut.safetensors", files: ["clip.mp4", "cut.safetensors", "tiny.safetensors"])
    }

    @Test func damagedCheckpointNamesTheVariable() async throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: GoldenMaterial.path("checkpoints"))
        where name.hasPrefix("model.ckpt") {
            try folder.write(try GoldenMaterial.bytes("checkpoints/\(name)"), to: name)
        }
        var shard = try folder.bytes(of: "model.ckpt.data-00003-of-00004")
        shard[shard.count / 2] ^= 1
        try folder.write(shard, to: "model.ckpt.data-00003-of-00004")
        let input = try clip()
        try expectFailure(
            try await annotate(input, model: folder.file("model.ckpt")), status: 66, mention: "variable",
            files: try folder.listing())
    }

    @Test(arguments: [
        (["--stride", "0"], "--stride"), (["--opacity", "2"], "--opacity"), (["--crf", "52"], "--crf"),
        (["--preset", "hasty"], "--preset"), (["--method", "magic"], "--method"),
        (["--fps", "fast"], "--fps"), (["--nonsense"], "nonsense"), (["--window", "8", "--stride", "9"], "--stride"),
    ])
    func wrongOptionIsNamed(_ options: [String], _ mention: String) async throws {
        let run = try await CommandRun.run(
            CommandRun.builtCommand, ["annotate", try clip(), "--model", model, "-o", folder.file("out.mp4")] + options)
        #expect(run.status == 64)
        #expect(run.standardError.contains(mention), "\(run.standardError)")
        #expect(try folder.listing() == ["clip.mp4", "tiny.safetensors"])
    }

    @Test(arguments: ["400", "nothing such"]) func unknownTarget(_ target: String) async throws {
        try expectFailure(
            try await annotate(try clip(), "--target", target), status: 64, mention: target == "400" ? "400" : "label",
            files: ["clip.mp4", "tiny.safetensors"])
    }

    @Test func existingOutput() async throws {
        try folder.write(Array("mine".utf8), to: "out.mp4")
        try expectFailure(
            try await annotate(try clip()), status: 73, mention: "--force",
            files: ["clip.mp4", "out.mp4", "tiny.safetensors"])
        #expect(try folder.bytes(of: "out.mp4") == Array("mine".utf8))
    }

    @Test func outputFolderIsMissing() async throws {
        let run = try await CommandRun.saliencyd(
            "annotate", try clip(), "--model", model, "-o", folder.file("no/such/out.mp4"))
        try expectFailure(run, status: 73, mention: "no/such", files: ["clip.mp4", "tiny.safetensors"])
    }

    @Test func outputInAnUnknownContainer() async throws {
        let run = try await CommandRun.saliencyd("annotate", try clip(), "--model", model, "-o", folder.file("out.xyz"))
        try expectFailure(run, status: 73, mention: "mp4", files: ["clip.mp4", "tiny.safetensors"])
    }

    /// Closed output streams do not affect the result.
    @Test(arguments: ["2>&-", "<&- >&- 2>&-", "2>/dev/full", "2>&1 | head -c 1"])
    func closedStreamsDoNotMatter(_ redirection: String) async throws {
        let command =
            "\"$0\" annotate \"$1\" --model \"$2\" -o \"$3\" --progress json \(redirection); exit ${PIPESTATUS[0]}"
        let run = try await CommandRun.run(
            "/bin/bash", ["-c", command, CommandRun.builtCommand, try clip(), model, folder.file("out.mp4")])
        #expect(run.status == 0, "\(run.standardError)")
        #expect(try folder.listing() == ["clip.mp4", "out.json", "out.mp4", "out.vtt", "tiny.safetensors"])
        #expect(try MediaFactory.countedFrames(folder.file("out.mp4")) == 25)
    }

    /// `RLIMIT_FSIZE` simulates a disk that fills up while the file is written.
    @Test func fullDisk() async throws {
        let input = try clip(seconds: 8)
        let command = """
            export LLVM_PROFILE_FILE=/dev/null; trap '' XFSZ; ulimit -f 40; exec "$0" annotate "$1" --model "$2" -o "$3" --quiet
            """
        let run = try await CommandRun.run(
            "/bin/bash", ["-c", command, CommandRun.builtCommand, input, model, folder.file("out.mp4")])
        try expectFailure(run, status: 73, mention: "out.mp4", files: ["clip.mp4", "tiny.safetensors"])
    }

    @Test(arguments: [SIGINT, SIGTERM]) func signalFinishesThePlayableFile(_ signal: Int32) async throws {
        // So long that the signal comes before the end, however late.
        let input = try clip(seconds: 300)
        let running = try RunningCommand(
            CommandRun.builtCommand,
            [
                "annotate", input, "--model", model, "-o", folder.file("out.mp4"), "--progress", "json", "--method",
                "gradient", "--smooth",
                "30",
            ])
        await running.waitForStandardError(containing: "\"event\"")
        running.send(signal)
        let run = await running.end()
        #expect(run.status == 0, "\(run.standardError)")
        let frames = try #require(try MediaFactory.countedFrames(folder.file("out.mp4")))
        #expect(frames > 0 && frames < 7500)
        #expect(try folder.listing() == ["clip.mp4", "out.json", "out.mp4", "out.vtt", "tiny.safetensors"])
    }

    @Test func secondInterruptLeavesNothing() async throws {
        // A million passes make a window so slow that it is still running when the second signal arrives.
        let input = try clip(seconds: 4)
        let running = try RunningCommand(
            CommandRun.builtCommand,
            [
                "annotate", input, "--model", model, "-o", folder.file("out.mp4"), "--progress", "json", "--method",
                "integrated-gradients", "--steps", "1000", "--smooth", "1000", "--window", "64",
            ])
        await running.waitForStandardError(containing: "\"event\"")
        running.send(SIGINT)
        await running.waitForStandardError(containing: "again")
        running.send(SIGINT)
        let run = await running.end()
        #expect(run.status == 130, "\(run.standardError)")
        #expect(try folder.listing() == ["clip.mp4", "tiny.safetensors"])
    }
}
