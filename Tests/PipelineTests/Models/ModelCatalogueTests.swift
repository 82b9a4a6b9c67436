import Engine
import Foundation
import TestSupport
import Testing

@testable import Pipeline

@Suite struct ModelCatalogueTests {
    private let folder: TemporaryDirectory
    private let catalogue: ModelCatalogue

    init() throws {
        folder = try TemporaryDirectory()
        // Independent of the files in and above the folder in which the tests are started.
        catalogue = ModelCatalogue(folder: folder.path, workingFolder: folder.file("work"))
        let copies = [("reference.safetensors", "mine"), ("reference.safetensors", "other")]
        for (name, model) in copies {
            try FileManager.default.createDirectory(atPath: folder.file(model), withIntermediateDirectories: true)
            try folder.write(GoldenMaterial.bytes("checkpoints/\(name)"), to: "\(model)/model.safetensors")
        }
    }

    @Test(arguments: [
        (["STATE_DIRECTORY": "/var/lib/saliencyd", "HOME": "/home/a"], "/var/lib/saliencyd/models"),
        (["STATE_DIRECTORY": "/a:/b", "XDG_DATA_HOME": "/data"], "/a/models"),
        (["XDG_DATA_HOME": "/data", "HOME": "/home/a"], "/data/saliencyd/models"),
        (["XDG_DATA_HOME": "data", "HOME": "/home/a"], "/home/a/.local/share/saliencyd/models"),
        (["XDG_DATA_HOME": "", "HOME": "/home/a"], "/home/a/.local/share/saliencyd/models"),
        ([:], nil),
    ])
    func environmentSelectsTheFolder(environment: [String: String], expected: String?) {
        #expect(ModelCatalogue(environment: environment).folder == expected)
    }

    @Test func namesArePathsOfInstalledModels() throws {
        #expect(try catalogue.open("mine").path == folder.file("mine/model.safetensors"))
        #expect(try catalogue.inspect("mine").problem == nil)
    }

    @Test func pathsTakePrecedence() throws {
        let path = GoldenMaterial.path("checkpoints/model.ckpt")
        #expect(try catalogue.open(path).path == path)
        #expect(try catalogue.open(folder.file("other")).path == folder.file("other/model.safetensors"))
    }

    @Test("The published network is the default once it is installed")
    func standardModel() throws {
        #expect(catalogue.standardModel == "builtin:motion")
        try FileManager.default.createDirectory(
            atPath: folder.file("kinetics-rgb"), withIntermediateDirectories: false)
        #expect(catalogue.standardModel == "kinetics-rgb")
        #expect(ModelCatalogue(folder: nil).standardModel == "builtin:motion")
    }

    @Test(arguments: [
        ("kinetics-rgb", "get it with make kinetics, or with: saliencyd model fetch kinetics-rgb"),
        ("kinetics-600", "fetch it with: saliencyd model fetch kinetics-600"),
        ("kinetic-600", "did you mean kinetics-600?"), ("mien", "did you mean mine?"),
        ("motion", "did you mean builtin:motion?"), ("Other", "did you mean other?"),
        ("nothing-like-it.safetensors", "no such file"), ("no/such/path", "no such file"), ("", "no such file"),
    ])
    func missingModelsAreExplained(name: String, mention: String) {
        let error = #expect(throws: ModelError.self) { try catalogue.open(name) }
        #expect(error?.description.contains(mention) == true, "\(String(describing: error))")
    }

    /// The models' folder or its parent may contain a checkpoint, which is the folder's and not that of a model with
    /// that name.
    @Test func dotsAreFolders() throws {
        let parent = try TemporaryDirectory()
        for place in ["", "models/", "work/"] {
            try FileManager.default.createDirectory(
                atPath: parent.file(place), withIntermediateDirectories: true)
            try parent.write(
                GoldenMaterial.bytes("checkpoints/reference.safetensors"), to: "\(place)model.safetensors")
        }
        let models = ModelCatalogue(folder: parent.file("models"), workingFolder: parent.file("work"))
        #expect(try models.open(".").path == parent.file("work/./model.safetensors"))
        #expect(try models.open("..").path == parent.file("work/../model.safetensors"))
        for name in [".", ".."] {
            #expect(models.installedPath(of: name) == nil)
            let error = #expect(throws: ModelError.self) { try catalogue.open(name) }
            #expect(error?.code == .cannotOpen)
        }
    }

    @Test func listShowsInstalledModels() throws {
        try FileManager.default.createDirectory(
            atPath: folder.file(".small.part"), withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: folder.file("empty"), withIntermediateDirectories: true)
        let all = catalogue.installed()
        #expect(all.map(\.name) == ["empty", "mine", "other"])
        #expect(all[0].problem?.contains("holds no checkpoint") == true)
        #expect(all[0].card == nil)
        #expect(all[1].card?.classCount == 5)
        #expect(all[1].problem == nil)
        #expect(ModelCatalogue(folder: folder.file("none")).installed().isEmpty)
    }

    @Test func theBuiltInModelIsListedWithItsCard() throws {
        let all = ModelCatalogue(folder: nil).models()
        #expect(all.map(\.name) == ["builtin:motion"])
        #expect(all[0].path == nil)
        let card = try #require(all[0].card, "\(all[0].problem ?? "")")
        #expect(card.classes?.count == card.classCount)
        #expect(card.quality.count == 3)
        let checkpoint = try catalogue.open("builtin:motion")
        #expect(checkpoint.manifest.labels == card.classes)
        #expect(try catalogue.inspect("builtin:motion").form == .safetensors)
    }

    @Test func unknownPublishedNamesAreExplained() {
        let near = #expect(throws: ModelError.self) { try PublishedModel.named("kinetics-rbg") }
        #expect(near?.reason.contains("kinetics-rgb") == true)
        let far = #expect(throws: ModelError.self) { try PublishedModel.named("imagenet") }
        #expect(far?.code == .invalidRequest)
        #expect(PublishedModel.all.allSatisfy { far?.reason.contains($0.name) == true })
    }

    @Test func publishedModelsAreWellFormed() {
        #expect(Set(PublishedModel.all.map(\.name)).count == PublishedModel.all.count)
        for model in PublishedModel.all {
            #expect(model.files.count == 3)
            #expect(model.source.hasPrefix("https://"))
            #expect(model.files.allSatisfy { $0.blobID.wholeMatch(of: /[0-9a-f]{40}/) != nil })
        }
        #expect(Set(PublishedModel.all.flatMap(\.files).map(\.blobID)).count == 12)
    }

    @Test(.tags(.shared), .enabled(if: SharedMaterial.isPresent, Comment(rawValue: SharedMaterial.skipReason)))
    func publishedFilesHaveTheirIDs() throws {
        var found = 0
        for file in PublishedModel.all.flatMap(\.files) {
            let relative = file.path.hasPrefix("data/checkpoints/") ? file.path.dropFirst(17) : file.path.dropFirst(5)
            let path = try #require(SharedMaterial.path("checkpoints/kinetics-i3d/\(relative)"))
            guard FileManager.default.fileExists(atPath: path) else { continue }
            found += 1
            #expect(try GitBlob.id(ofFile: path) == file.blobID, "\(file.path)")
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int == file.size)
        }
        // Three index files, and a label map for each of the five models.
        #expect(found == 8)
    }
}
