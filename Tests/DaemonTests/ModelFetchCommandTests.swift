import Foundation
import Pipeline
import TestSupport
import Testing

/// `model fetch` and `model list` through the built command, with a server on this machine.
@Suite(.hangLimit) struct ModelFetchCommandTests {
    private let folder: TemporaryDirectory
    private let server: HTTPServer
    private static let labels = "/data/label_map.txt"

    init() throws {
        folder = try TemporaryDirectory()
        server = try HTTPServer()
    }

    private var environment: [String: String] {
        ["XDG_DATA_HOME": folder.file("data"), "STATE_DIRECTORY": "", "no_proxy": "127.0.0.1"]
    }

    private func fetch(_ arguments: String...) async throws -> CommandRun {
        try await CommandRun.run(
            CommandRun.builtCommand, ["model", "fetch"] + arguments + ["--source", server.url],
            environment: environment)
    }

    private var partial: String { folder.file("data/saliencyd/models/.kinetics-rgb.part") }

    private func partialFiles() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: partial)) ?? []).sorted()
    }

    private func expectFailure(
        _ run: CommandRun, _ status: Int32, _ mention: String, _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(run.status == status, "\(run.standardError)", sourceLocation: location)
        let sentence = run.standardError.trimmingCharacters(in: .newlines)
        #expect(sentence.hasPrefix("saliencyd: "), "\(sentence)", sourceLocation: location)
        #expect(!sentence.contains("\n"), "\(sentence)", sourceLocation: location)
        #expect(sentence.contains(mention), "\(sentence)", sourceLocation: location)
    }

    @Test func unknownNames() async throws {
        expectFailure(try await fetch("kinetics-rbg"), 64, "kinetics-rgb")
    }

    @Test func invalidSources() async throws {
        let run = try await CommandRun.saliencyd(
            "model", "fetch", "kinetics-rgb", "--source", "here", environment: environment)
        expectFailure(run, 64, "\"here\"")
    }

    @Test func missingSourceFiles() async throws {
        expectFailure(try await fetch("kinetics-rgb"), 69, "status 404")
        #expect(server.requests.map(\.path) == [Self.labels])
    }

    @Test func rejectingServers() async throws {
        server.close()
        expectFailure(try await fetch("kinetics-rgb"), 69, "cannot be reached")
    }

    @Test func filesOtherThanThePublishedOnes() async throws {
        server.serve(Self.labels, [UInt8](repeating: 0x61, count: 5956))
        expectFailure(try await fetch("kinetics-rgb"), 66, "cdaafcb1415eee46483561e78cb4747cce76a933")
        server.serve(Self.labels, [UInt8](repeating: 0x61, count: 5957))
        expectFailure(try await fetch("kinetics-rgb"), 66, "5957 bytes")
        #expect(
            partialFiles() == ["label_map.txt.part", "label_map.txt.part.tag"]
                || partialFiles() == ["label_map.txt.part"])
    }

    @Test func anInterruptedDownloadIsKept() async throws {
        server.serve(Self.labels, [UInt8](repeating: 0x61, count: 5956), .stall(after: 4000))
        let running = try RunningCommand(
            CommandRun.builtCommand,
            ["model", "fetch", "kinetics-rgb", "--source", server.url, "--progress", "json"], environment: environment)
        await running.waitForStandardError(containing: "\"event\":\"progress\"")
        running.send(SIGINT)
        let run = await running.end()
        #expect(run.status == 130, "\(run.standardError)")
        // The interrupt may arrive before the first bytes or between any two.
        let part = try FileManager.default.attributesOfItem(atPath: partial + "/label_map.txt.part")
        let size = try #require(part[.size] as? Int)
        #expect((0...4000).contains(size))
        #expect(run.standardError.contains("\(ByteCount.text(size)) of kinetics-rgb are kept"))
    }

    @Test func aFullDisk() async throws {
        server.serve(Self.labels, [UInt8](repeating: 0x61, count: 5956))
        // Files may be at most 1 kB; the signal for larger ones is ignored, as on a full disk.
        let run = try await CommandRun.run(
            "/bin/bash",
            [
                "-c",
                "export LLVM_PROFILE_FILE=/dev/null; trap '' XFSZ; ulimit -f 1; "
                    + "exec \"$0\" model fetch kinetics-rgb --source \"$1\"",
                CommandRun.builtCommand, server.url,
            ], environment: environment)
        expectFailure(run, 73, "label_map.txt.part: cannot be written")
        #expect(
            try FileManager.default.attributesOfItem(atPath: partial + "/label_map.txt.part")[.size] as? Int == 1024)
    }

    @Test func theListNamesInstalledAndPublishedModels() async throws {
        let mine = "data/saliencyd/models/mine"
        try FileManager.default.createDirectory(atPath: folder.file(mine), withIntermediateDirectories: true)
        let made = try await CommandRun.saliencyd(
            "model", "untrained", folder.file(mine + "/model.safetensors"), "--width", "0.03", "--classes", "4",
            "--window", "8", "--size", "32")
        try #require(made.status == 0, "\(made.standardError)")

        let text = try await CommandRun.saliencyd("model", "list", environment: environment)
        #expect(text.status == 0)
        for mention in [
            "builtin:motion", "pointing game", "mine", "8 frames at 25 a second, RGB", "kinetics-rgb ", "kinetics-600 ",
            "model fetch NAME",
        ] {
            #expect(text.standardOutput.contains(mention), "\(text.standardOutput)")
        }
        let list = try await CommandRun.saliencyd("model", "list", "--json", environment: environment)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(list.standardOutput.utf8)) as? [String: [[String: Any]]])
        #expect(object["models"]?.map { $0["name"] as? String } == ["builtin:motion", "mine"])
        #expect((object["models"]?.last?["card"] as? [String: Any])?["class_count"] as? Int == 4)
        #expect(object["available"]?.count == 5)

        let verified = try await CommandRun.saliencyd("model", "verify", "mine", environment: environment)
        #expect(verified.status == 0, "\(verified.standardError)")
        let near = try await CommandRun.saliencyd("model", "verify", "mien", environment: environment)
        expectFailure(near, 66, "did you mean mine?")
    }
}
