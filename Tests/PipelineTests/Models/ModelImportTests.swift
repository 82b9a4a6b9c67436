import Engine
import Foundation
import TestSupport
import Testing

@testable import Pipeline

@Suite struct ModelImportTests {
    private let folder: TemporaryDirectory
    private let catalogue: ModelCatalogue

    init() throws {
        folder = try TemporaryDirectory()
        catalogue = ModelCatalogue(folder: folder.file("models"), workingFolder: folder.file("work"))
    }

    private static func golden(_ name: String) -> String { GoldenMaterial.path("checkpoints/\(name)") }

    /// What is in the folder for models, hidden folders too.
    private var listing: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.file("models"))) ?? []).sorted()
    }

    @Test(
        "The same network has the same hash in every form, and keeps it when it is installed",
        arguments: ["flax.pickle", "flax5.pickle", "network.npz", "nested.pth", "model.ckpt", "reference.safetensors"])
    func forms(_ name: String) throws {
        let reference = try Checkpoint.open(Self.golden("reference.safetensors")).load().contentHash
        let outcome = try ModelImport(Self.golden(name), name: "mine", into: catalogue).run()
        #expect(outcome == .init(name: "mine", path: folder.file("models/mine"), wasInstalled: false, hasLabels: false))
        let checkpoint = try catalogue.open("mine")
        #expect(checkpoint.form == .safetensors && checkpoint.manifest.name == "mine")
        #expect(try checkpoint.load().contentHash == reference)
        #expect(listing == ["mine"])
    }

    @Test("Labels, card and licences come along")
    func companions() throws {
        try folder.write(Array("a\nb\nc\nd\ne\n".utf8), to: "labels.txt")
        try folder.write(Array("Do what you like.\n".utf8), to: "LICENSE")
        let job = ModelImport(
            Self.golden("flax.pickle"), labels: folder.file("labels.txt"), licenses: [folder.file("LICENSE")],
            into: catalogue
        )
        let outcome = try job.run()
        #expect(outcome.name == "flax.pickle" && outcome.hasLabels)
        #expect(try job.run().wasInstalled)
        #expect(try catalogue.open("flax.pickle").manifest.labels == ["a", "b", "c", "d", "e"])
        let installed = try #require(catalogue.installed().first)
        #expect(installed.problem == nil && installed.card?.classCount == 5)
        #expect(try folder.bytes(of: "models/flax.pickle/LICENSE") == Array("Do what you like.\n".utf8))
    }

    @Test(
        "A second run finds the same model installed; another one of its name is replaced only where that is asked for")
    func again() throws {
        let job = ModelImport(Self.golden("network.npz"), name: "mine", into: catalogue)
        #expect(try !job.run().wasInstalled)
        #expect(try job.run().wasInstalled)
        let other = Self.golden("long_names_gamma.pth")
        let error = #expect(throws: ModelError.self) { try ModelImport(other, name: "mine", into: catalogue).run() }
        #expect(error?.code == .outputExists)
        let hash = try catalogue.open("mine").load().contentHash
        #expect(try !ModelImport(other, name: "mine", into: catalogue, replacing: true).run().wasInstalled)
        #expect(try catalogue.open("mine").load().contentHash != hash)
        #expect(listing == ["mine"])
    }

    @Test(
        "Names that cannot be one, and those of published networks, are refused",
        arguments: ["", ".mine", "a/b", "..", "a b", "kinetics-rgb", "kinetics-600", String(repeating: "x", count: 65)])
    func names(_ name: String) {
        let error = #expect(throws: ModelError.self) {
            try ModelImport(Self.golden("network.npz"), name: name, into: catalogue).run()
        }
        #expect(error?.code == .invalidRequest)
        #expect(listing == [])
    }

    @Test(
        "Of a file that is no network nothing is installed", arguments: ["forbidden.pickle", "types.npz", "README.md"])
    func others(_ name: String) {
        #expect(throws: ModelError.self) { try ModelImport(Self.golden(name), name: "mine", into: catalogue).run() }
        #expect(listing == [])
    }

    @Test(
        "No licence takes the place of a file of the model, and none that cannot be read leaves anything behind",
        arguments: [
            "model.safetensors", "model.ckpt.index", "card.json", "label_map.txt", "labels.txt", "checkpoint",
            ".hidden",
            "x.npz", "none",
        ])
    func licenses(_ name: String) throws {
        if name != "none" { try folder.write([0x41], to: name) }
        let error = #expect(throws: ModelError.self) {
            try ModelImport(
                Self.golden("network.npz"), name: "mine", licenses: [folder.file(name)], into: catalogue
            ).run()
        }
        #expect(error?.code == (name == "none" ? .cannotOpen : .invalidRequest))
        #expect(listing == [])
    }

    @Test("The same licence name twice is refused")
    func equalLicenses() throws {
        for place in ["a", "b"] {
            try FileManager.default.createDirectory(atPath: folder.file(place), withIntermediateDirectories: false)
            try folder.write([0x41], to: "\(place)/LICENSE")
        }
        let error = #expect(throws: ModelError.self) {
            try ModelImport(
                Self.golden("network.npz"), name: "mine",
                licenses: [folder.file("a/LICENSE"), folder.file("b/LICENSE")],
                into: catalogue
            ).run()
        }
        #expect(error?.code == .invalidRequest)
    }

    @Test("A dangling link at the model's place is replaced")
    func danglingLink() throws {
        try FileManager.default.createDirectory(atPath: folder.file("models"), withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(atPath: folder.file("models/mine"), withDestinationPath: "/nowhere")
        let job = ModelImport(Self.golden("network.npz"), name: "mine", into: catalogue, replacing: true)
        #expect(try !job.run().wasInstalled)
        #expect(try catalogue.open("mine").form == .safetensors)
    }

    @Test("Labels that are installed stay if a second import has none")
    func labelsStay() throws {
        try folder.write(Array("a\nb\nc\nd\ne\n".utf8), to: "l.txt")
        let network = Self.golden("flax.pickle")
        _ = try ModelImport(network, name: "mine", labels: folder.file("l.txt"), into: catalogue).run()
        #expect(try ModelImport(network, name: "mine", into: catalogue).run().wasInstalled)
        #expect(try catalogue.open("mine").manifest.labels.count == 5)
    }

    @Test("What an interrupted run has left is no part of the model")
    func remains() throws {
        try FileManager.default.createDirectory(
            atPath: folder.file("models/.mine.part"), withIntermediateDirectories: true)
        try folder.write([1], to: "models/.mine.part/model.ckpt.index")
        _ = try ModelImport(Self.golden("network.npz"), name: "mine", into: catalogue).run()
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.file("models/mine"))
        #expect(files.sorted() == ["card.json", "model.safetensors"])
    }

    @Test(
        "The published network is recognised by its variables, and gets its card",
        .tags(.shared), .enabled(if: SharedMaterial.isPresent, Comment(rawValue: SharedMaterial.skipReason)))
    func published() throws {
        let path = try #require(SharedMaterial.path("golden/i3d-kinetics/model.safetensors"))
        let outcome = try ModelImport(path, into: catalogue).run()
        #expect(outcome.name == "kinetics-rgb" && outcome.hasLabels)
        let card = try #require(catalogue.installed().first?.card)
        #expect(card.license == "Apache-2.0" && card.quality.first?.contains("71.1 % top-1") == true)
        #expect(try ModelImport(path, into: catalogue).run().wasInstalled)
    }
}
