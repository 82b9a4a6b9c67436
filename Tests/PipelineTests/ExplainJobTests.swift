import Decode
import Foundation
import TestSupport
import Testing

@testable import Pipeline

/// What `explain` writes of a method with a path.
@Suite struct ExplainJobTests {
    @Test("The shares with their signs add up to what the result says; the map bounds them")
    func signs() async throws {
        let folder = try TemporaryDirectory()
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=1", folder.file("clip.mp4"),
        ])
        let request = ExplainRequest(
            input: folder.file("clip.mp4"), output: folder.file("out"), rawMap: folder.file("raw.npy"),
            signedMap: folder.file("signed.npy"),
            saliency: SaliencyRequest(
                method: .integratedGradients, steps: 4, baseline: .mean, target: "contrast:up,down"))
        let result = try await ExplainJob(request: request, model: try await TinyModel.load()).run()

        let (raw, signed) = (try NumPyFile(folder.file("raw.npy")), try NumPyFile(folder.file("signed.npy")))
        #expect(signed.rowCount == raw.rowCount)
        let magnitudes = try raw.floats(rows: 0..<raw.rowCount)
        let shares = try signed.floats(rows: 0..<signed.rowCount)
        #expect(zip(shares, magnitudes).allSatisfy { $0.magnitude <= $1 * 1.0001 })
        #expect(shares.contains { $0 < 0 } && shares.contains { $0 > 0 })
        let completeness = try #require(result.completeness)
        let sum = shares.reduce(0.0) { $0 + Double($1) }
        let size = magnitudes.reduce(0.0) { $0 + Double($1) }
        #expect((sum - completeness.attributed).magnitude < 1e-5 * size)
        #expect(result.target.label == "up")
        #expect(result.contrast?.label == "down")
        #expect(result.cost == ExplainResult.Cost(forwardPasses: 4, backwardPasses: 4, multiple: 8))
        #expect(result.method.steps == 4)
        #expect(result.method.baseline == .mean)
        #expect(result.method.noiseAverage == nil)
        let written = String(
            decoding: try Data(contentsOf: URL(fileURLWithPath: folder.file("out/result.json"))), as: UTF8.self)
        #expect(written.contains("\"forward_passes\" : 4"))
    }
}
