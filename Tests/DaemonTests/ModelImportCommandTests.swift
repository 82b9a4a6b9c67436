import Foundation
import TestSupport
import Testing

/// Tests `model import`, and the use of an installed network, with the built command.
@Suite(.hangLimit) struct ModelImportCommandTests {
    private let folder: TemporaryDirectory
    private let network = GoldenMaterial.path("checkpoints/flax.pickle")

    init() throws {
        folder = try TemporaryDirectory()
    }

    private var environment: [String: String] {
        ["XDG_DATA_HOME": folder.file("data"), "STATE_DIRECTORY": ""]
    }

    private func saliencyd(_ arguments: String...) async throws -> CommandRun {
        try await CommandRun.run(CommandRun.builtCommand, arguments, environment: environment)
    }

    @Test("A pickle of arrays is imported as a model with a name")
    func imports() async throws {
        let path = folder.file("data/saliencyd/models/small")
        let run = try await saliencyd("model", "import", network, "--name", "small")
        #expect(run.status == 0, "\(run.standardError)")
        #expect(run.standardOutput.hasPrefix("small is installed: \(path). Use it with --model small.\n"))
        #expect(run.standardOutput.contains("--labels gives it some"))
        let verified = try await saliencyd("model", "verify", "small")
        #expect(verified.status == 0 && verified.standardOutput.contains("230 variables"), "\(verified.standardError)")
        let again = try await saliencyd("model", "import", network, "--name", "small")
        #expect(again.status == 0 && again.standardOutput.hasPrefix("small is installed already: \(path)."))
    }

    @Test(
        "The exit status of a failed import depends on the cause",
        arguments: [
            ("flax.pickle", "a b", 64, "letters, digits"), ("flax.pickle", "kinetics-rgb", 64, "choose another name"),
            ("forbidden.pickle", "x", 66, "asks for"), ("README.md", "x", 66, "known format"),
            ("nothing.npz", "x", 66, "no such file"),
        ])
    func failures(_ file: String, _ name: String, _ status: Int32, _ mention: String) async throws {
        let run = try await saliencyd("model", "import", GoldenMaterial.path("checkpoints/\(file)"), "--name", name)
        #expect(run.status == status && run.standardError.contains(mention), "\(run.standardError)")
    }

    @Test("An import replaces another model of the same name only with --force")
    func otherModels() async throws {
        _ = try await saliencyd("model", "import", network, "--name", "small")
        let other = GoldenMaterial.path("checkpoints/long_names_gamma.pth")
        let run = try await saliencyd("model", "import", other, "--name", "small")
        #expect(run.status == 73 && run.standardError.contains("installed as small"), "\(run.standardError)")
        #expect(try await saliencyd("model", "import", other, "--name", "small", "--force").status == 0)
    }

    @Test("Commands use the published network once it is installed, and report it")
    func publishedNetwork() async throws {
        let clip = folder.file("clip.mp4")
        #expect(try await saliencyd("sample", clip, "--seconds", "1").status == 0)
        let builtIn = try await saliencyd("classify", clip)
        #expect(builtIn.status == 0 && !builtIn.standardError.contains("The network is"), "\(builtIn.standardError)")
        #expect(builtIn.standardOutput.contains("moving right"))
        // A small network is installed in its place, since only the name matters here.
        let models = folder.file("data/saliencyd/models")
        #expect(try await saliencyd("model", "import", network, "--name", "small").status == 0)
        try FileManager.default.moveItem(atPath: "\(models)/small", toPath: "\(models)/kinetics-rgb")
        let published = try await saliencyd("classify", clip)
        #expect(published.status == 0 && !published.standardOutput.contains("moving right"))
        #expect(
            published.standardError.contains(
                "The network is kinetics-rgb, which is installed; --model builtin:motion uses the built-in one."))
        let named = try await saliencyd("classify", clip, "--model", "builtin:motion")
        #expect(named.standardOutput == builtIn.standardOutput && !named.standardError.contains("The network is"))
    }
}
