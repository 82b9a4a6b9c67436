import Files
import Foundation
import TestSupport
import Testing

/// Names that are not UTF-8, through the built command.
@Suite struct FileNameCommandTests {
    @Test("A file with a name in Latin-1 is opened, and the files beside it keep its bytes")
    func latin1() async throws {
        let folder = try TemporaryDirectory()
        let model = folder.file("tiny.safetensors")
        let made = try await CommandRun.saliencyd(
            "model", "untrained", model, "--width", "0.03", "--classes", "4", "--window", "8", "--size", "32")
        try #require(made.status == 0, "\(made.standardError)")
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=0.4", folder.file("plain.mp4")])
        let input = folder.file("caf\u{EFE9}.mp4")
        #expect(rename(folder.file("plain.mp4"), input.fileBytes) == 0)
        // A Swift string cannot pass this byte; the shell can.
        let run = try await CommandRun.run(
            "bash",
            [
                "-c",
                #"cd "$1" && "$0" annotate $'caf\xe9.mp4' --model "$2" --quiet && "$0" classify $'caf\xe9.mp4' "#
                    + #"--model "$2" && "$0" explain $'caf\xe9.mp4' -o $'what\xe9' --model "$2" --quiet"#,
                CommandRun.builtCommand, folder.path, model,
            ])
        #expect(run.status == 0, "\(run.standardError)")
        let names = Set(FileName.entries(of: folder.path) ?? [])
        #expect(
            names == [
                "caf\u{EFE9}.mp4", "caf\u{EFE9}.saliency.mp4", "caf\u{EFE9}.saliency.json", "caf\u{EFE9}.saliency.vtt",
                "what\u{EFE9}",
                "tiny.safetensors",
            ])
        #expect(FileName.entries(of: folder.file("what\u{EFE9}"))?.contains("result.json") == true)
        for path in names where path.utf8.contains(0xEE) {
            for inner in FileName.entries(of: folder.file(path)) ?? [] {
                #expect(unlink("\(folder.file(path))/\(inner)".fileBytes) == 0)
            }
            #expect(remove(folder.file(path).fileBytes) == 0)
        }
    }
}
