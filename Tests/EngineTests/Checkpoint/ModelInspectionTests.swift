import Foundation
import TestSupport
import Testing

@testable import Engine

@Suite struct ModelInspectionTests {
    @Test func everythingIsListed() throws {
        let inspection = try ModelInspection(GoldenCheckpoint.path("model.ckpt"))
        #expect(inspection.problem == nil)
        #expect(inspection.form == .tensorFlow)
        #expect(inspection.files.count == 5)
        #expect(inspection.variables.count == 230)
        #expect(try inspection.parameterCount == GoldenCheckpoint.reference().parameterCount)
        #expect(inspection.width == 1.0 / 64)
        #expect(inspection.manifest?.classCount == 5)
        #expect(
            inspection.skipped.sorted() == [
                "RGB/inception_i3d/Conv3d_1a_7x7/batch_norm/beta/Momentum",
                "RGB/inception_i3d/Logits/Conv3d_0c_1x1/conv_3d/b/Momentum", "global_step",
            ])
        let stem = try #require(inspection.variables.first { $0.name == "RGB/inception_i3d/Conv3d_1a_7x7/conv_3d/w" })
        #expect(stem.shape == [7, 7, 7, 3, 1])
        #expect(stem.elementType == "float32")
        #expect(inspection.description.contains("RGB/inception_i3d/Conv3d_1a_7x7/conv_3d/w [7, 7, 7, 3, 1] float32"))
    }

    @Test func problemsAreReported() throws {
        let directory = try TemporaryDirectory()
        var network = try GoldenCheckpoint.reference()
        network.variables["Conv3d_2b_1x1/conv_3d/w"] = nil
        let path = directory.file("a.safetensors")
        try network.write(safetensors: path, manifest: GoldenCheckpoint.manifest)
        let inspection = try ModelInspection(path)
        #expect(inspection.problem == "\(path): variable Conv3d_2b_1x1/conv_3d/w: is not in the checkpoint")
        #expect(inspection.manifest == nil)
        #expect(inspection.variables.count == 229)
    }

    @Test func inspectionRoundTripsThroughJSON() throws {
        let inspection = try ModelInspection(GoldenCheckpoint.path("short_names.pt"))
        let data = try JSONEncoder().encode(inspection)
        let back = try JSONDecoder().decode(ModelInspection.self, from: data)
        #expect(back.description == inspection.description)
        #expect(try JSONEncoder().encode(back).count == data.count)
    }

    @Test func verificationReadsEverything() throws {
        for (name, checksum) in [("model.ckpt", "CRC-32C"), ("short_names.pt", "CRC-32"), ("nested.pth", nil)] {
            let verification = try Checkpoint.open(GoldenCheckpoint.path(name)).verify()
            #expect(verification.variableCount == 230)
            #expect(verification.checksum == checksum)
            #expect(try verification.contentHash == GoldenCheckpoint.reference().contentHash)
        }
    }
}
