import ArgumentParser
import Foundation
import Pipeline
import TestSupport
import Testing

@testable import Daemon

/// `compare` through the built command: what it prints, how it fails, how it is stopped.
@Suite struct CompareCommandTests {
    private let folder: TemporaryDirectory
    private let model: String

    init() async throws {
        folder = try TemporaryDirectory()
        model = folder.file("tiny.safetensors")
        let made = try await CommandRun.saliencyd(
            "model", "untrained", model, "--width", "0.03", "--classes", "4", "--window", "8", "--size", "32")
        try #require(made.status == 0, "\(made.standardError)")
    }

    private func clip(seconds: Double = 1) throws -> String {
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=\(seconds)", "-preset", "ultrafast", folder.file("clip.mp4"),
        ])
        return folder.file("clip.mp4")
    }

    private func compare(_ input: String, _ options: String...) async throws -> CommandRun {
        try await CommandRun.run(CommandRun.builtCommand, ["compare", input, "--model", model] + options)
    }

    @Test func printsATable() async throws {
        let run = try await compare(
            try clip(), "--methods", "gradient,gradient:smooth=2:noise-average=mean,grad-cam", "--curve-steps", "2")
        #expect(run.status == 0, "\(run.standardError)")
        #expect(
            try folder.listing() == [
                "clip.compare.json", "clip.compare.mp4", "clip.compare.vtt", "clip.mp4", "tiny.safetensors",
            ])
        let lines = run.standardOutput.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(
            lines[0].split(separator: " ").map(String.init).prefix(4) == ["passes", "seconds", "deletion", "insertion"])
        #expect(lines[1].hasPrefix("gradient "))
        #expect(lines[2].hasPrefix("gradient, smooth 2 mean "))
        #expect(lines[3].hasPrefix("grad-cam "))
        #expect(lines[4].hasPrefix("random order "))
        // Figures are aligned with the end of the column's name.
        #expect(Set(lines[1...3].map { $0.count }) == [lines[0].count])
        #expect(lines.contains { $0.hasPrefix("3 grad-cam") && $0.hasSuffix("1.00") })
        #expect(run.standardOutput.contains("Evidence is of 1 of 6 windows, 60 passes"))
        #expect(run.standardError.contains("clip.compare.mp4: 25 frames, 6 windows"))
    }

    @Test func printsJSONInstead() async throws {
        let run = try await compare(
            try clip(), "--methods", "guided-backprop", "--json", "--quiet", "--evidence-windows", "0", "-o",
            folder.file("out.mkv"))
        #expect(run.status == 0, "\(run.standardError)")
        #expect(run.standardError.isEmpty)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let printed = try decoder.decode(CompareResult.self, from: Data(run.standardOutput.utf8))
        #expect(try decoder.decode(CompareResult.self, from: Data(folder.bytes(of: "out.mkv.json"))) == printed)
        #expect(printed.summary.methods.map(\.label) == ["guided-backprop"])
        #expect(printed.panes.columns == 2 && printed.panes.rows == 1)
    }

    private static let many: String = (1...16).map { "gradient:smooth=\($0)" }.joined(separator: ",")

    private static let wrong: [([String], String)] = [
        (
            ["--methods", "gradient,tea-leaves"],
            "there is no method 'tea-leaves'; there are guided-backprop, gradient,"
        ),
        (["--methods", ""], "there is no method ''"),
        (["--methods", "gradient,grad-cam,gradient"], "names gradient twice"),
        (["--methods", "gradient:smooth=2,gradient", "--smooth", "2"], "names gradient, smooth 2 twice"),
        (["--methods", "grad-cam:smooth=2"], "grad-cam has no smooth"),
        (["--methods", "gradient:baseline=mean"], "gradient has no baseline"),
        (["--methods", "gradient:endpoint=Mixed_4f"], "gradient has no endpoint"),
        (["--methods", "grad-cam:endpoint=Mixed_9z"], "Mixed_5c"),
        (
            ["--methods", "integrated-gradients:baseline=red"],
            "baseline of integrated-gradients has to be one of black,"
        ),
        (
            ["--methods", "integrated-gradients:quadrature=red"],
            "quadrature of integrated-gradients has to be one of trapezoid, pair, not red"
        ),
        (["--methods", "guided-ig:quadrature=pair"], "guided-ig has no quadrature"),
        (["--methods", "guided-ig:steps=1"], "2 to 1000"),
        (["--methods", "xrai:attribution=gradient:fraction=0.5"], "xrai has no fraction"),
        (["--methods", "xrai:attribution=xrai"], "attribution of xrai has to be one of guided-backprop,"),
        (["--methods", "occlusion:box=8"], "'box' after occlusion is not a setting"),
        (["--methods", "gradient:colour=red"], "'colour' after gradient is not a setting"),
        (["--methods", "grad-cam", "--smooth", "3"], "--smooth is for none"),
        (["--methods", "gradient", "--steps", "3"], "--steps is for none"),
        (["--methods", "gradient", "--baseline", "mean"], "--baseline is for none"),
        (["--methods", "grad-cam,guided-backprop", "--sign", "signed"], "--sign signed is for none"),
        (["--methods", "gradient:smooth=3", "--sign", "signed"], "--sign signed is for none"),
        (["--methods", "grad-cam:sign=signed"], "sign cannot be signed: grad-cam has no signs"),
        (["--methods", "gradient:sign=minus"], "sign of gradient has to be absolute or signed, not minus"),
        (["--methods", "gradient,gradient:sign=signed", "--sign", "signed"], "names gradient, signed twice"),
        (["--colormap", "coolwarm"], "--colormap coolwarm is for signed heat, which no pane has"),
        (["--colormap", "jet", "--colormap", "turbo"], "--colormap names two for absolute heat"),
        (
            ["--methods", many],
            "up to 15 methods, not 16"
        ),
        (["--pane-width", "10"], "--pane-width is 64 to 3840"),
        (["--pane-width", "3840"], "smaller --pane-width"),
        (["--evidence-windows=-1"], "--evidence-windows is 0"),
        (["--curve-steps", "0"], "--curve-steps is 1 to 1000"),
        (["--masks", "masks.npy", "--evidence-windows", "0"], "--masks is for evidence"),
        (["--target", "nothing such"], "label"),
    ]

    @Test(arguments: Self.wrong)
    func wrongOptions(_ options: [String], _ mention: String) async throws {
        let run = try await CommandRun.run(
            CommandRun.builtCommand,
            ["compare", try clip(), "--model", model, "-o", folder.file("out.mp4")] + options)
        #expect(run.status == 64)
        #expect(run.standardError.contains(mention), "\(run.standardError)")
        #expect(try folder.listing() == ["clip.mp4", "tiny.safetensors"])
    }

    @Test func failuresOfFiles() async throws {
        let input = try clip()
        let none = try await compare(folder.file("none.mp4"))
        #expect(none.status == 65 && none.standardError.contains("none.mp4"))
        let masks = try await compare(input, "--masks", folder.file("none.npy"))
        #expect(masks.status == 65 && masks.standardError.contains("none.npy"))
        let container = try await compare(input, "-o", folder.file("out.xyz"))
        #expect(container.status == 73 && container.standardError.contains("mp4"))
        try folder.write(Array("mine".utf8), to: "clip.compare.mp4")
        let exists = try await compare(input)
        #expect(exists.status == 73 && exists.standardError.contains("--force"))
        #expect(try folder.bytes(of: "clip.compare.mp4") == Array("mine".utf8))
        #expect(try folder.listing() == ["clip.compare.mp4", "clip.mp4", "tiny.safetensors"])
    }

    @Test func commonSettingsApplyToMethodsThatHaveThem() throws {
        let common = ComparedMethods.Common(smooth: 4, steps: 30, baseline: .mean, target: "2")
        let methods = try ComparedMethods(
            "gradient,grad-cam,grad-cam:endpoint=Mixed_4f,integrated-gradients:steps=7:smooth=0,blur-ig", common: common
        )
        #expect(
            methods.requests.map(\.label) == [
                "gradient, smooth 4", "grad-cam", "grad-cam, Mixed_4f",
                "integrated-gradients, steps 7, baseline mean",
                "blur-ig, smooth 4, steps 30",
            ])
        #expect(methods.requests.allSatisfy { $0.target == "2" })
    }

    @Test("Every setting without commas can follow a method's name, in any order")
    func settingsOfSingleMethods() throws {
        let methods = try ComparedMethods(
            "xrai:fraction=0.5:attribution=guided-ig,occlusion:fill=black,blur-ig:max-sigma=4,gradient:noise-spread=0.03:smooth=2",
            common: ComparedMethods.Common(steps: 9))
        #expect(
            methods.requests.map(\.label) == [
                "xrai, steps 9, attribution guided-ig, fraction 0.5", "occlusion, fill black",
                "blur-ig, steps 9, max-sigma 4.0", "gradient, smooth 2, noise-spread 0.03",
            ])
    }

    @Test func theSignAppliesToMethodsThatHaveOne() throws {
        let methods = try ComparedMethods(
            "gradient,gradient:sign=absolute,gradient:smooth=3,gradient:noise-average=mean:smooth=3,grad-cam,occlusion",
            common: ComparedMethods.Common(sign: .signed))
        #expect(
            methods.requests.map(\.label) == [
                "gradient, signed", "gradient", "gradient, smooth 3", "gradient, smooth 3 mean, signed", "grad-cam",
                "occlusion, signed",
            ])
    }

    @Test func theFirstSignalFinishesTheFile() async throws {
        let running = try RunningCommand(
            CommandRun.builtCommand,
            [
                "compare", try clip(seconds: 300), "--model", model, "-o", folder.file("out.mp4"), "--progress", "json",
                "--smooth", "30", "--methods", "gradient,guided-backprop",
            ])
        await running.waitForStandardError(containing: "\"event\"")
        running.send(SIGINT)
        let run = await running.end()
        #expect(run.status == 0, "\(run.standardError)")
        let frames = try #require(try MediaFactory.countedFrames(folder.file("out.mp4")))
        #expect(frames > 0 && frames < 7500)
        #expect(try folder.listing() == ["clip.mp4", "out.json", "out.mp4", "out.vtt", "tiny.safetensors"])
    }

    @Test func theSecondInterruptLeavesNothing() async throws {
        let running = try RunningCommand(
            CommandRun.builtCommand,
            [
                "compare", try clip(seconds: 4), "--model", model, "-o", folder.file("out.mp4"), "--progress", "json",
                "--smooth", "1000", "--steps", "1000", "--window", "64", "--methods", "integrated-gradients",
            ])
        await running.waitForStandardError(containing: "integrated-gradients, smooth 1000, steps 1000")
        running.send(SIGINT)
        await running.waitForStandardError(containing: "again")
        running.send(SIGINT)
        let run = await running.end()
        #expect(run.status == 130, "\(run.standardError)")
        #expect(try folder.listing() == ["clip.mp4", "tiny.safetensors"])
    }
}
