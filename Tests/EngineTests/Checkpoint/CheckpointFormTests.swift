import Files
import TestSupport
import Testing

@testable import Engine

/// The same network in every format.
@Suite struct CheckpointFormTests {
    @Test(arguments: [
        ("model.ckpt", CheckpointForm.tensorFlow, 3), ("model.ckpt.index", .tensorFlow, 3),
        ("model.ckpt.data-00001-of-00004", .tensorFlow, 3), ("short_names.pt", .torchArchive, 1),
        ("nested.pth", .torchLegacy, 1), ("reference.safetensors", .safetensors, 0),
        ("offset.safetensors", .safetensors, 0), ("offset.pt", .torchArchive, 0), ("offset.pth", .torchLegacy, 0),
        ("offset.ckpt", .tensorFlow, 4), ("flax.pickle", .numpyPickle, 0), ("flax5.pickle", .numpyPickle, 0),
        ("network.npz", .numpyArchive, 1),
    ])
    func everyFormatGivesTheSameNetwork(name: String, form: CheckpointForm, skippedCount: Int) throws {
        let checkpoint = try Checkpoint.open(GoldenCheckpoint.path(name))
        #expect(checkpoint.form == form)
        #expect(checkpoint.manifest.classCount == 5)
        #expect(checkpoint.manifest.inputChannels == 3)
        #expect(checkpoint.manifest.shortSide == 256)
        #expect(checkpoint.skipped.count == skippedCount)
        #expect(checkpoint.unknown.isEmpty)
        let variables = try checkpoint.load()
        let reference = try GoldenCheckpoint.reference()
        #expect(variables.variables == reference.variables)
        #expect(variables.contentHash == reference.contentHash)
        #expect(variables.variables.count == 4 * 57 + 2)
    }

    @Test func gammasAreFoldedIntoTheFilters() throws {
        let checkpoint = try Checkpoint.open(GoldenCheckpoint.path("long_names_gamma.pth"))
        let variables = try checkpoint.load()
        let reference = try GoldenCheckpoint.reference()
        #expect(variables.contentHash != reference.contentHash)
        try expectSameFunction(variables, reference)
    }

    @Test func shapesAreCanonical() throws {
        let variables = try GoldenCheckpoint.reference()
        #expect(variables["Conv3d_1a_7x7/conv_3d/w"]?.shape == [7, 7, 7, 3, 1])
        #expect(variables["Conv3d_2c_3x3/batch_norm/beta"]?.shape == [3])
        #expect(variables["Mixed_5b/Branch_2/Conv3d_0a_3x3/conv_3d/w"]?.shape == [3, 3, 3, 1, 2])
        #expect(variables["Logits/Conv3d_0c_1x1/conv_3d/b"]?.shape == [5])
    }

    @Test(arguments: ["types.pt", "types.pth", "protocol4.pt", "zip64.pt"])
    func everyElementTypeIsRead(name: String) throws {
        let reader = try CheckpointLocation(GoldenCheckpoint.path(name)).reader()
        let matrix: [Float] = [1, -2, 0.5, 3, 0.25, -65504]
        for tensor in reader.tensors {
            switch tensor.name.split(separator: ".").first {
            case "int64": #expect(throws: ModelError.self) { try reader.values(of: tensor) }
            case "transposed": #expect(try reader.values(of: tensor) == [1, 3, -2, 0.25, 0.5, -65504])
            case "part": #expect(try reader.values(of: tensor) == [0.25, -65504, 0.25, -65504])
            // bfloat16 has 8 bits: -65504 is rounded to -65536.
            case "bfloat16": #expect(try reader.values(of: tensor) == matrix.dropLast() + [-65536])
            default: #expect(try reader.values(of: tensor) == matrix)
            }
        }
        #expect(reader.tensors.count == 7)
    }

    @Test(arguments: [("types.npz", CheckpointForm.numpyArchive), ("types.pickle", .numpyPickle)])
    func everyElementTypeOfNumPyIsRead(name: String, form: CheckpointForm) throws {
        let location = try CheckpointLocation(GoldenCheckpoint.path(name))
        #expect(location.form == form)
        let reader = try location.reader()
        let matrix: [Float] = [1, -2, 0.5, 3, 0.25, -65504]
        for tensor in reader.tensors {
            switch tensor.name.split(separator: "/").first {
            // What the network does not need is listed, and not read.
            case "int64", "big": #expect(throws: ModelError.self) { try reader.values(of: tensor) }
            case "transposed": #expect(try reader.values(of: tensor) == [1, 3, -2, 0.25, 0.5, -65504])
            default: #expect(try reader.values(of: tensor) == matrix)
            }
        }
        #expect(reader.tensors.count == 6)
    }

    @Test(arguments: [
        ("compressed.npz", ModelError.Code.malformed, "compressed"),
        ("forbidden.pickle", .forbiddenPickle, "asks for pathlib."),
    ])
    func whatIsNotReadIsNamed(name: String, code: ModelError.Code, mention: String) throws {
        let error = try #require(throws: ModelError.self) { try Checkpoint.open(GoldenCheckpoint.path(name)) }
        #expect(error.code == code && error.reason.contains(mention), "\(error)")
    }

    @Test func everyElementTypeOfTensorFlowIsRead() throws {
        let reader = try TensorFlowCheckpoint(prefix: GoldenCheckpoint.path("types.ckpt"))
        #expect(reader.tensors.map(\.name) == ["bfloat16", "double", "float", "half", "int"])
        let matrix: [Float] = [1, -2, 0.5, 3, 0.25, -65504]
        for tensor in reader.tensors where tensor.name != "int" {
            #expect(tensor.shape == [2, 3])
            let rounded = tensor.name == "bfloat16" ? matrix.dropLast() + [-65536] : matrix
            #expect(try reader.values(of: tensor) == rounded)
        }
    }

    @Test func hashFollowsItsDefinition() throws {
        let variables = ModelVariables([
            "b": .init(shape: [2], values: [1, -2]), "a": .init(shape: [1, 1], values: [0.5]),
        ])
        var bytes: [UInt8] = []
        for (name, shape, values) in [("a", [1, 1], [0.5]), ("b", [2], [1, -2])] as [(String, [Int], [Float])] {
            bytes += Array(name.utf8) + [0]
            for number in [shape.count] + shape { bytes += [UInt8(number)] + [UInt8](repeating: 0, count: 7) }
            for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 } }
        }
        var hash = SHA256()
        hash.update(bytes)
        #expect(variables.contentHash == hash.hexDigest())
    }
}
