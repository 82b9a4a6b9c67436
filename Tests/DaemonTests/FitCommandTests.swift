import Foundation
import TestSupport
import Testing

@testable import Daemon

/// Tests `fit`, from clips to an annotated video, with the built command.
@Suite(.hangLimit) struct FitCommandTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
        for (name, source) in [("bars", "smptebars"), ("test", "testsrc2")] {
            try FileManager.default.createDirectory(
                atPath: folder.file("clips/\(name)"), withIntermediateDirectories: true)
            for number in 1...3 {
                try MediaFactory.ffmpeg([
                    "-f", "lavfi", "-i", "\(source)=s=\(44 + 2 * number)x40:r=25:d=0.5",
                    folder.file("clips/\(name)/\(number).mp4"),
                ])
            }
        }
    }

    private func untrained() async throws -> String {
        let model = folder.file("tiny.safetensors")
        let made = try await CommandRun.saliencyd(
            "model", "untrained", model, "--width", "0.03", "--classes", "4", "--window", "8", "--size", "32")
        try #require(made.status == 0, "\(made.standardError)")
        return model
    }

    @Test("A folder of clips becomes a model that other commands use")
    func fits() async throws {
        let (base, mine) = (try await untrained(), folder.file("mine.safetensors"))
        let run = try await CommandRun.saliencyd(
            "fit", folder.file("clips"), "-o", mine, "--model", base, "--folds", "3", "--progress", "json")
        try #require(run.status == 0, "\(run.standardError)")
        #expect(run.standardOutput.contains("6 clips of 2 classes"))
        #expect(run.standardOutput.contains("Cross-validation in 3 parts, seed 1: 100.0 %"))
        #expect(run.standardOutput.contains("Written to \(mine) and \(folder.file("mine.fit.json"))"))
        let events = try run.standardError.split(separator: "\n").map { line in
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        }
        #expect(events.first??["stage"] as? String == "features")
        #expect(events.last??["event"] as? String == "done" && events.last??["accuracy"] as? Double == 1)
        let files = ["clips", "mine.features", "mine.fit.json", "mine.safetensors", "tiny.safetensors"]
        #expect(try folder.listing() == files)

        let verified = try await CommandRun.saliencyd("model", "verify", mine)
        #expect(verified.status == 0, "\(verified.standardError)")
        let clip = folder.file("clips/bars/1.mp4")
        let annotated = try await CommandRun.saliencyd("annotate", clip, "--model", mine, "-o", folder.file("a.mp4"))
        #expect(annotated.status == 0 && annotated.standardOutput.contains("bars"), "\(annotated.standardError)")

        let again = try await CommandRun.saliencyd("fit", folder.file("clips"), "-o", mine, "--model", base)
        #expect(again.status == 73 && again.standardError.contains("--force"), "\(again.standardError)")
        let onto = try await CommandRun.saliencyd("fit", folder.file("clips"), "-o", base, "--model", base, "--force")
        #expect(onto.status == 73, "\(onto.standardError)")
    }

    @Test("A clip that cannot be read gives the input's status, and the model is written")
    func unreadable() async throws {
        let (base, mine) = (try await untrained(), folder.file("mine.safetensors"))
        let lines = ["bars", "test"].flatMap { name in (1...3).map { "clips/\(name)/\($0).mp4 \(name)\n" } }
        try folder.write(Array((lines.joined() + "none.mp4 bars\n").utf8), to: "list.txt")
        let run = try await CommandRun.saliencyd(
            "fit", folder.file("list.txt"), "-o", mine, "--model", base, "--l2", "0.01", "--half")
        #expect(run.status == 65)
        #expect(run.standardError.contains("none.mp4") && run.standardError.contains("1 of 7 clips"))
        #expect(run.standardOutput.contains("Strength of the L2 regularisation: 0.01 (given)"))
        #expect(FileManager.default.fileExists(atPath: mine))
    }

    @Test("Ctrl-C leaves no model, and the next run continues")
    func interrupted() async throws {
        let (base, mine) = (try await untrained(), folder.file("mine.safetensors"))
        // The last clip takes seconds, so that the signal arrives before the end, whichever clip is the current one then.
        let long = folder.file("clips/test/9.mp4")
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=48x40:r=25:d=1200", long])
        let arguments = ["fit", folder.file("clips"), "-o", mine, "--model", base, "--progress", "json"]
        let running = try RunningCommand(CommandRun.builtCommand, arguments)
        #expect(await running.waitForStandardError(containing: "\"done\":0"))
        running.send(SIGINT)
        let run = await running.end()
        #expect(run.status == 130 && run.standardError.contains("no model was written"), "\(run.standardError)")
        #expect(try folder.listing() == ["clips", "mine.features", "tiny.safetensors"])
        try FileManager.default.removeItem(atPath: long)
        let again = try await CommandRun.run(CommandRun.builtCommand, arguments)
        #expect(again.status == 0, "\(again.standardError)")
    }

    @Test("Without OpenBLAS the package is named before any work, and other commands run")
    func withoutOpenBLAS() async throws {
        try folder.write(Array("no library".utf8), to: "libopenblas.so.0")
        let environment = ["LD_LIBRARY_PATH": folder.path]
        let run = try await CommandRun.saliencyd(
            "fit", folder.file("clips"), "-o", folder.file("mine.safetensors"), "--model", "builtin:motion",
            environment: environment)
        #expect(run.status == 69 && run.standardError.contains("libopenblas0"), "\(run.standardError)")
        #expect(try folder.listing() == ["clips", "libopenblas.so.0"])
        #expect(try await CommandRun.saliencyd("--version", environment: environment).status == 0)
    }

    @Test("All problems are reported before any work")
    func problems() async throws {
        try folder.write(Array("a.mp4 x\nb.mp4 x\n".utf8), to: "list.txt")
        let run = try await CommandRun.saliencyd(
            "fit", folder.file("list.txt"), "-o", folder.file("mine.pt"), "--model", "nope", "--folds", "1", "--l2", "0"
        )
        #expect(run.status == 64, "\(run.standardError)")
        for mention in ["--folds", "--l2", "nope", "one class only", "has to end in .safetensors"] {
            #expect(run.standardError.contains(mention), "\(run.standardError)")
        }
    }
}
