import Foundation
import TestSupport
import Testing

@testable import Daemon

/// `trust` and `evaluate`, through the built executable.
@Suite struct EvidenceCommandTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=48x40:r=25:d=0.6", folder.file("clip.mp4")])
    }

    private func untrained() async throws -> String {
        let model = folder.file("tiny.safetensors")
        let made = try await CommandRun.saliencyd(
            "model", "untrained", model, "--width", "0.03", "--classes", "4", "--window", "8", "--size", "32")
        try #require(made.status == 0, "\(made.standardError)")
        return model
    }

    @Test func trustWritesAReportOfTheGivenMethods() async throws {
        let run = try await CommandRun.saliencyd(
            "trust", folder.file("clip.mp4"), "--model", try await untrained(), "--output", folder.file("out"),
            "--methods",
            "gradient", "--curve-steps", "3", "--progress", "json")
        #expect(run.status == 0, "\(run.standardError)")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.file("out")).sorted()
        #expect(files == ["trust.html", "trust.json"])
        let result = try #require(
            try JSONSerialization.jsonObject(with: Data(folder.bytes(of: "out/trust.json"))) as? [String: Any])
        let methods = try #require(result["methods"] as? [[String: Any]])
        #expect(methods.map { $0["name"] as? String } == ["gradient"])
        let fractions = try run.standardError.split(separator: "\n").map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return object?["fraction"] as? Double
        }.compactMap { $0 }
        #expect(fractions.last == 1 && fractions == fractions.sorted())
        let again = try await CommandRun.saliencyd("trust", folder.file("clip.mp4"), "--output", folder.file("out"))
        #expect(again.status == 73)
        let unknown = try await CommandRun.saliencyd(
            "trust", folder.file("clip.mp4"), "--output", folder.file("new"), "--methods", "gradient,tea-leaves")
        #expect(unknown.status == 64)
    }

    @Test func repeatedMethodsAreReported() {
        func problems(_ text: String) -> [String] {
            var problems = RequestProblems()
            MethodList(argument: text).check("--methods", &problems)
            return problems.failures.map(\.description)
        }
        #expect(MethodList(argument: "gradient,guided-backprop").methods == [.gradient, .guidedBackprop])
        #expect(problems("gradient,guided-backprop").isEmpty)
        #expect(problems("gradient,gradient") == ["--methods names gradient twice"])
        for wrong in ["", "gradient,", "gradient, guided-backprop"] { #expect(problems(wrong).count == 1) }
    }

    @Test func countsOutOfRangeAreReported() throws {
        let arguments = ["trust", "a.mp4", "--output", "o", "--boxes", "1", "--random-orders", "0"]
        let command = try #require(try Main.parseAsRoot(arguments) as? any CheckedCommand)
        var problems = RequestProblems()
        command.checkOptions(&problems)
        #expect(
            problems.failures.map(\.description) == [
                "--random-orders is 1 to 100, not 0", "--boxes is 2 to 10000, not 1",
            ])
    }

    @Test func evaluateEndsWithTheInputsStatusIfAClipCannotBeRead() async throws {
        let model = try await untrained()
        let list = folder.file("list.txt")
        try Data("clip.mp4 0\nnone.mp4 1\n".utf8).write(to: URL(fileURLWithPath: list))
        let run = try await CommandRun.saliencyd("evaluate", list, "--model", model, "--output", folder.file("out"))
        #expect(run.status == 65)
        #expect(run.standardOutput.contains("1 clip: top-1"))
        #expect(run.standardError.contains("none.mp4") && run.standardError.contains("1 of 2 clips"))
        try Data("clip.mp4 0\n".utf8).write(to: URL(fileURLWithPath: list))
        let good = try await CommandRun.saliencyd("evaluate", list, "--model", model, "--output", folder.file("out"))
        #expect(good.status == 0, "\(good.standardError)")
        try Data("clip.mp4 4\n".utf8).write(to: URL(fileURLWithPath: list))
        let label = try await CommandRun.saliencyd("evaluate", list, "--model", model, "--output", folder.file("out"))
        #expect(label.status == 64)
        #expect(label.standardError.contains("line 1"))
    }
}
