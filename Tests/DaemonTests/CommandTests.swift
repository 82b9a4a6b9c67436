import Engine
import Foundation
import TestSupport
import Testing

/// The other commands, through the built executable.
@Suite struct CommandTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func untrained() async throws -> String {
        let model = folder.file("tiny.safetensors")
        let made = try await CommandRun.saliencyd(
            "model", "untrained", model, "--width", "0.03", "--classes", "4", "--window", "8", "--size", "32")
        try #require(made.status == 0, "\(made.standardError)")
        return model
    }

    private func json(_ text: some StringProtocol) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func helpNamesEveryCommand() async throws {
        let run = try await CommandRun.saliencyd("--help")
        #expect(run.status == 0)
        for command in ["annotate", "explain", "classify", "model", "sample", "bench"] {
            #expect(run.standardOutput.contains(command))
        }
    }

    @Test func sampleIsTheSameForASeed() async throws {
        // Independent of the memory's previous contents: malloc(3) fills allocated memory with the complement of
        // MALLOC_PERTURB_.
        for (name, perturbation) in [("a.mp4", "0"), ("b.mp4", "1"), ("c.mp4", "3")] {
            let run = try await CommandRun.saliencyd(
                "sample", folder.file(name), "--seconds", "2", environment: ["MALLOC_PERTURB_": perturbation])
            #expect(run.status == 0, "\(run.standardError)")
        }
        #expect(try folder.bytes(of: "a.mp4") == folder.bytes(of: "b.mp4"))
        #expect(try folder.bytes(of: "a.mp4") == folder.bytes(of: "c.mp4"))
        #expect(try MediaFactory.countedFrames(folder.file("a.mp4")) == 50)
    }

    @Test func explainWritesImagesAndNumbers() async throws {
        let model = try await untrained()
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=2", folder.file("clip.mp4")])
        let run = try await CommandRun.saliencyd(
            "explain", folder.file("clip.mp4"), "--model", model, "-o", folder.file("out"), "--start", "1", "--target",
            "2", "--raw", folder.file("raw.npy"), "--clip", folder.file("clip.npy"))
        #expect(run.status == 0, "\(run.standardError)")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.file("out")).sorted()
        #expect(
            files == (0..<8).map { "maps_000\($0).jpg" } + ["montage.png"] + (0..<8).map { "orig_000\($0).jpg" }
                + ["result.json"])
        let result = try json(String(decoding: folder.bytes(of: "out/result.json"), as: UTF8.self))
        #expect((result["logits"] as? [Any])?.count == 4)
        #expect((result["target"] as? [String: Any])?["index"] as? Int == 2)
        let input = try #require(result["input"] as? [String: Any])
        #expect(input["clip"] as? [Int] == [8, 32, 32, 3])
        let times = try #require(input["times"] as? [Double])
        #expect(abs((times.first ?? 0) - 1) < 0.021)
        // 8 x 32 x 32 float32 behind a header of 128 bytes.
        #expect(try folder.bytes(of: "raw.npy").count == 128 + 8 * 32 * 32 * 4)
        #expect(try folder.bytes(of: "clip.npy").count == 128 + 8 * 32 * 32 * 3)

        let again = try await CommandRun.saliencyd(
            "explain", folder.file("clip.mp4"), "--model", model, "-o", folder.file("out"))
        #expect(again.status == 73)
    }

    @Test func explainShowsProgressAndStopsAtOnce() async throws {
        let model = try await untrained()
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=2", folder.file("clip.mp4")])
        let running = try RunningCommand(
            CommandRun.builtCommand,
            [
                "explain", folder.file("clip.mp4"), "--model", model, "-o", folder.file("out"), "--method", "guided-ig",
                "--smooth", "1000", "--steps", "1000", "--progress", "json",
            ])
        #expect(await running.waitForStandardError(containing: "\"fraction\""))
        running.send(SIGINT)
        let run = await running.end()
        #expect(run.status == 130)
        #expect(run.standardError.contains("\"elapsed_seconds\""))
        #expect(try folder.listing() == ["clip.mp4", "tiny.safetensors"])
    }

    @Test func explainTakesSeveralTargetsAndAVideoOne() async throws {
        let model = try await untrained()
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=1", folder.file("clip.mp4")])
        let run = try await CommandRun.saliencyd(
            "explain", folder.file("clip.mp4"), "--model", model, "-o", folder.file("out"), "--method", "occlusion",
            "--box", "8,16,16", "--box-stride", "8,16,16", "--fill", "black", "--sign", "signed", "--target", "2",
            "--target", "top1")
        #expect(run.status == 0, "\(run.standardError)")
        #expect(run.standardOutput.contains("5 forward, 0 backward") && run.standardOutput.contains("Explained as 2:"))
        let result = try json(String(decoding: folder.bytes(of: "out/result.json"), as: UTF8.self))
        let method = try #require(result["method"] as? [String: Any])
        let parameters = try #require(method["parameters"] as? [String: Any])
        #expect(parameters["box"] as? [Int] == [8, 16, 16] && parameters["fill"] as? String == "black")
        #expect(method["sign"] as? String == "signed")
        #expect((result["targets"] as? [[String: Any]])?.compactMap { $0["name"] as? String } == ["2", "top1"])
        for (options, mention) in [
            (["--target", "1", "--target", "2"], "explain takes several"),
            (["--sign", "signed"], "\(SaliencyMethods.standard.name) has no signs"),
            (["--method", "gradient", "--sign", "signed", "--colormap", "jet"], "coolwarm, bwr"),
            (["--method", "grad-cam", "--endpoint", "Mixed_9z"], "Mixed_3b, Mixed_3c"),
            (["--method", "occlusion", "--box", "1,2"], "--box"),
        ] {
            let refused = try await CommandRun.run(
                CommandRun.builtCommand, ["annotate", folder.file("clip.mp4"), "--model", model] + options)
            #expect(refused.status == 64)
            #expect(refused.standardError.contains(mention), "\(refused.standardError)")
        }
    }

    @Test func modelCommandsAgree() async throws {
        let model = try await untrained()
        let inspected = try await CommandRun.saliencyd("model", "inspect", model, "--json")
        #expect(try json(inspected.standardOutput)["form"] as? String == "safetensors")
        let converted = try await CommandRun.saliencyd("model", "convert", model, folder.file("copy.safetensors"))
        #expect(converted.status == 0, "\(converted.standardError)")
        #expect(try folder.bytes(of: "tiny.safetensors") == folder.bytes(of: "copy.safetensors"))
        let verified = try await CommandRun.saliencyd("model", "verify", folder.file("copy.safetensors"))
        #expect(verified.standardOutput.contains("good"))
        let missing = try await CommandRun.saliencyd("model", "inspect", folder.file("none"))
        #expect(missing.status == 66)
    }

    @Test func classifyNamesClasses() async throws {
        let model = try await untrained()
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=1", folder.file("clip.mp4")])
        let run = try await CommandRun.saliencyd(
            "classify", folder.file("clip.mp4"), "--model", model, "--json", "--top", "3")
        #expect(run.status == 0, "\(run.standardError)")
        let lines = run.standardOutput.split(separator: "\n")
        #expect(lines.count == 7)
        #expect((try json(lines[6])["top"] as? [Any])?.count == 3)
    }

    @Test func withoutAModelTheBuiltInOneAnswers() async throws {
        let sample = folder.file("sample.mp4")
        let made = try await CommandRun.saliencyd("sample", sample, "--seconds", "1.4")
        #expect(made.status == 0, "\(made.standardError)")
        let run = try await CommandRun.saliencyd("classify", sample, "--json", "--top", "1")
        #expect(run.status == 0, "\(run.standardError)")
        let last = try json(try #require(run.standardOutput.split(separator: "\n").last))
        let answer = try #require((last["top"] as? [[String: Any]])?.first)
        let label = try #require(answer["label"] as? String)
        let list = try await CommandRun.saliencyd("model", "list", "--json")
        let models = try #require(try json(list.standardOutput)["models"] as? [[String: Any]])
        let card = try #require(models.first?["card"] as? [String: Any])
        #expect((card["classes"] as? [String])?.contains(label) == true)
    }

    @Test func benchPrintsOneObjectPerMethod() async throws {
        let model = try await untrained()
        let run = try await CommandRun.saliencyd("bench", "--model", model, "--runs", "2", "--json")
        #expect(run.status == 0, "\(run.standardError)")
        let lines = try run.standardOutput.split(separator: "\n").map { try json($0) }
        #expect(lines.map { $0["method"] as? String } == ["forward", "gradient", "guided-backprop"])
        for line in lines {
            #expect(
                Set(line.keys) == [
                    "method", "median_s", "min_s", "max_s", "windows_per_s", "gflops", "peak_gflops", "of_peak",
                    "peak_rss_mb",
                ])
            #expect(line["peak_gflops"] as? Double ?? 0 > 0)
        }
    }

    @Test func benchCountsAllConcurrentWindows() async throws {
        let run = try await CommandRun.saliencyd(
            "bench", "--model", try await untrained(), "--at-once", "3", "--method", "forward", "--json")
        let figures = try json(try #require(run.standardOutput.split(separator: "\n").first))
        let rate = try #require(figures["windows_per_s"] as? Double)
        let median = try #require(figures["median_s"] as? Double)
        #expect(abs(rate * median - 3) < 1e-6)
        let none = try await CommandRun.saliencyd("bench", "--at-once", "0")
        #expect(none.status == 64)
    }
}
