import Foundation
import TestSupport
import Testing

/// All problems of a request are reported together, before any work, with suggestions for mistyped words.
@Suite struct RequestProblemsTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
        try folder.write(Array("not mine".utf8), to: "out.mp4")
        try folder.write(Array("a\nb".utf8), to: "labels.txt")
    }

    private func run(_ arguments: [String]) async throws -> CommandRun {
        try await CommandRun.run(
            CommandRun.builtCommand, arguments.map { $0.replacingOccurrences(of: "@", with: folder.path) })
    }

    private static let problems: [([String], [String], Int32)] = [
        (
            ["annotate", "@/none.mp4", "--model", "nope", "-o", "@/out.mp4"],
            ["none.mp4: cannot be opened", "nope: no such file", "out.mp4: exists already"], 65
        ),
        (
            ["annotate", "@/none.mp4", "-o", "@/out.mp4", "--target", "moving lft", "--labels", "@/labels.txt"],
            ["none.mp4", "labels.txt: has 2 labels, where the model has 13 classes", "out.mp4"], 64
        ),
        (
            ["annotate", "@/none.mp4", "-o", "@/new.mkv", "--target", "moving lft", "--window", "0", "--opacity", "2"],
            ["none.mp4", "no label \"moving lft\"; near: \"moving left\"", "--window", "--opacity"], 64
        ),
        (
            ["annotate", "@/none.mp4", "--method", "gradcam", "--steps", "3", "--colormap=trubo", "--model", "nope"],
            [
                "did you mean grad-cam?",
                "--steps is for integrated-gradients, guided-ig, blur-ig, blur-ig-time and xrai, not grad-cam", "turbo",
                "nope", "none",
            ],
            64
        ),
        (
            ["annotate", "@/none.mp4", "--method", "magic", "--steps", "a", "--model", "nope"],
            ["magic", "--steps", "nope", "none.mp4"], 64
        ),
        (
            ["explain", "@/none.mp4", "-o", "@/out.mp4", "--model", "nope", "--raw", "@/x/a.npy", "--start=-1"],
            ["none.mp4", "out.mp4: exists already and is not a folder", "nope", "a.npy: cannot be created", "--start"],
            64
        ),
        (
            [
                "compare", "@/none.mp4", "--methods", "gradcam,xray", "-o", "@/out.mp4", "--masks", "@/m.npy",
                "--model", "nope",
            ],
            [
                "'gradcam'; did you mean grad-cam?", "'xray'; did you mean xrai?", "none.mp4", "out.mp4", "m.npy",
                "nope",
            ], 64
        ),
        (
            [
                "trust", "@/none.mp4", "-o", "@/labels.txt", "--methods", "gradcam", "--curve-steps", "0", "--target",
                "99",
            ],
            ["did you mean grad-cam?", "--curve-steps", "none.mp4", "labels.txt", "there is no class 99"], 64
        ),
        (
            ["classify", "@/a.mp4", "@/b.mp4", "--model", "nope", "--top", "0"], ["a.mp4", "b.mp4", "nope", "--top"], 64
        ),
        (
            ["evaluate", "@/none.txt", "-o", "@/x/y", "--model", "nope", "--methods", "gradcam"],
            ["none.txt", "x/y: cannot be created", "nope", "did you mean grad-cam?"], 64
        ),
        (["model", "convert", "nope", "@/out.mp4", "--labels", "@/none.txt"], ["nope", "out.mp4", "none.txt"], 66),
        (["model", "untrained", "@/out.mp4", "--size", "1", "--width", "9"], ["out.mp4", "--size", "--width"], 64),
        (["sample", "@/out.mp4", "--seconds", "0"], ["out.mp4", "--seconds"], 64),
        (["live", "nowhere", "--model", "nope", "--lag", "0"], ["an address begins with", "nope", "--lag"], 64),
        (["bench", "--model", "nope", "--runs", "0"], ["nope", "--runs"], 64),
    ]

    @Test(arguments: problems)
    func allProblemsAreReportedAtOnce(arguments: [String], mentions: [String], status: Int32) async throws {
        let before = try folder.listing()
        let run = try await run(arguments)
        #expect(run.status == status, "\(run.standardError)")
        for mention in mentions { #expect(run.standardError.contains(mention), "\(run.standardError)") }
        #expect(run.standardError.hasPrefix("saliencyd: \(mentions.count) problems:"), "\(run.standardError)")
        #expect(try folder.listing() == before)
    }

    @Test(arguments: [
        (["anotate"], "there is no command anotate; did you mean annotate?"),
        (["model", "lst"], "there is no command model lst; did you mean list?"),
        (["jobs", "lsit"], "there is no command jobs lsit; did you mean list"),
        (["help", "anotate"], "did you mean annotate?"), (["frobnicate"], "saliencyd --help lists"),
        (["jobs", "list", "--state", "quued"], "did you mean queued?"),
    ])
    func mistypedWordsAreRecognised(arguments: [String], mention: String) async throws {
        let run = try await run(arguments)
        #expect(run.status == 64)
        #expect(run.standardError.contains(mention), "\(run.standardError)")
        #expect(run.standardOutput.isEmpty)
    }

    @Test func theFirstPageOfHelpNamesTheModelInside() async throws {
        let help = try await run(["--help"])
        #expect(help.standardOutput.contains("builtin:motion"))
        #expect(!help.standardOutput.contains("untrained"))
    }
}
