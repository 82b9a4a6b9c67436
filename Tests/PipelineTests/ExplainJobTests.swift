import Concurrency
import Decode
import Engine
import Foundation
import Media
import TestSupport
import Testing

@testable import Pipeline

/// The output of `explain` for path methods.
@Suite struct ExplainJobTests {
    @Test("The signed shares add up to the stated sum; the map bounds them")
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

    private func clip(_ folder: borrowing TemporaryDirectory) throws -> String {
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=1", folder.file("clip.mp4")])
        return folder.file("clip.mp4")
    }

    @Test("Each of several targets has the images and numbers that it has alone, and they share the forward passes")
    func targets() async throws {
        let folder = try TemporaryDirectory()
        let (input, model) = (try clip(folder), try await TinyModel.load())
        func request(_ output: String, _ target: String, more: [String] = []) -> ExplainRequest {
            ExplainRequest(
                input: input, output: folder.file(output), rawMap: folder.file("\(output).npy"),
                saliency: SaliencyRequest(method: .gradient, target: target, sign: .signed), moreTargets: more)
        }
        let result = try await ExplainJob(
            request: request("all", "up", more: ["contrast:down,up"]), model: model
        ).run()
        let alone = try await ExplainJob(request: request("alone", "contrast:down,up"), model: model).run()
        #expect(result.cost == ExplainResult.Cost(forwardPasses: 1, backwardPasses: 2, multiple: 3))
        let targets = try #require(result.targets)
        #expect(targets.map(\.name) == ["up", "contrast-down-up"])
        #expect(targets.map(\.asked) == ["up", "contrast:down,up"])
        #expect(targets[1].target == alone.target && targets[1].contrast == alone.contrast)
        #expect(targets[1].saliency == alone.saliency && targets[1].frameMeans == alone.frameMeans)
        #expect(targets[0].frameMeans == result.frameMeans && targets[0].target == result.target)
        #expect(alone.targets == nil)
        #expect(try folder.bytes(of: "all_contrast-down-up.npy") == folder.bytes(of: "alone.npy"))
        for (name, other) in [("maps_contrast-down-up_0003.jpg", "maps_0003.jpg"), ("orig_0003.jpg", "orig_0003.jpg")] {
            #expect(try folder.bytes(of: "all/\(name)") == folder.bytes(of: "alone/\(other)"))
        }
        #expect(try folder.bytes(of: "all/montage_up.png") != folder.bytes(of: "all/montage_contrast-down-up.png"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("all")).count == 3 * 8 + 3)
        for wrong in [["up"], ["sideways"], (0..<16).map { "\($0)" }] {
            await #expect(throws: ModelError.self) {
                _ = try await ExplainJob(request: request("wrong", "up", more: wrong), model: model).run()
            }
        }
    }

    @Test("The clip is the network's input: as an input itself it gives the same answer and map")
    func writesTheClip() async throws {
        let folder = try TemporaryDirectory()
        let model = try await TinyModel.load()
        func request(_ input: String, _ output: String) -> ExplainRequest {
            ExplainRequest(
                input: input, output: folder.file(output), rawMap: folder.file("\(output)-map.npy"),
                clip: folder.file("\(output).npy"))
        }
        let result = try await ExplainJob(request: request(try clip(folder), "first"), model: model).run()
        let array = try NumPyFile(folder.file("first.npy"))
        #expect(array.shape == result.input.clip && array.shape == [8, 32, 32, 3])
        #expect(array.elementType == .uint8)
        let again = try await ExplainJob(request: request(folder.file("first.npy"), "second"), model: model).run()
        #expect(again.logits == result.logits)
        #expect(try folder.bytes(of: "second.npy") == folder.bytes(of: "first.npy"))
        #expect(try folder.bytes(of: "second-map.npy") == folder.bytes(of: "first-map.npy"))
        // An existing file is not replaced, and nothing else is written.
        try FileManager.default.removeItem(atPath: folder.file("first"))
        await #expect(throws: MediaError.self) {
            _ = try await ExplainJob(request: request(folder.file("clip.mp4"), "first"), model: model).run()
        }
        #expect(try !folder.listing().contains("first"))
    }

    @Test("The clip of optical flow that came as floats has the same floats")
    func writesTheFlow() async throws {
        let folder = try TemporaryDirectory()
        let count = 8 * 32 * 32 * 2
        let floats = (0..<count).map { (index: Int) -> Float in Float(index % 41) / 20 - 1 }
        try NumPyFile.write(folder.file("flow.npy"), shape: [8, 32, 32, 2], floats: floats)
        let request = ExplainRequest(
            input: folder.file("flow.npy"), output: folder.file("out"), clip: folder.file("clip.npy"))
        _ = try await ExplainJob(request: request, model: try await TinyModel.load(channels: 2)).run()
        #expect(try folder.bytes(of: "clip.npy") == folder.bytes(of: "flow.npy"))
    }

    @Test("One value per frame: the mean of its map, low-pass filtered over neighbouring frames")
    func frameMeans() async throws {
        let folder = try TemporaryDirectory()
        let request = ExplainRequest(
            input: try clip(folder), output: folder.file("out"), rawMap: folder.file("raw.npy"),
            saliency: SaliencyRequest(method: .guidedBackprop))
        let result = try await ExplainJob(request: request, model: try await TinyModel.load()).run()
        let raw = try NumPyFile(folder.file("raw.npy"))
        let values = try raw.floats(rows: 0..<raw.rowCount)
        let plane = values.count / 8
        #expect(result.frameMeans.count == 8)
        let means = (0..<8).map { values[$0 * plane..<($0 + 1) * plane].reduce(0, +) / Float(plane) }
        let mirror = [2, 1] + Array(0..<8) + [6, 5]
        for (frame, mean) in result.frameMeans.enumerated() {
            let near = mirror[frame..<frame + 5].map { means[$0] }
            let expected = (near[0] + 4 * near[1] + 6 * near[2] + 4 * near[3] + near[4]) / 16
            #expect((mean - expected).magnitude <= 1e-4 * expected)
        }
        #expect(Set(result.frameMeans).count > 1)
    }

    @Test("Progress increases to 1; a job that is stopped at once leaves no files")
    func progress() async throws {
        let folder = try TemporaryDirectory()
        let (input, model) = (try clip(folder), try await TinyModel.load())
        let request = ExplainRequest(
            input: input, output: folder.file("out"), saliency: SaliencyRequest(method: .guidedIG, steps: 6))
        let (stream, continuation) = AsyncStream.makeStream(of: Double.self)
        _ = try await ExplainJob(request: request, model: model).run { continuation.yield($0.fraction) }
        continuation.finish()
        var fractions: [Double] = []
        for await fraction in stream { fractions.append(fraction) }
        #expect(fractions.count >= 6 && fractions == fractions.sorted())
        #expect(fractions.filter { $0 == 1 }.count == 1 && fractions.last == 1)

        let stop = StopRequest()
        let other = ExplainRequest(
            input: input, output: folder.file("other"), saliency: SaliencyRequest(method: .guidedIG, steps: 1000))
        await #expect(throws: (any Error).self) {
            _ = try await ExplainJob(request: other, model: model).run(stop: stop) { progress in
                if progress.fraction > 0 { stop.abort.cancel() }
            }
        }
        #expect(try folder.listing() == ["clip.mp4", "out"])
    }

    @Test("Too many boxes are refused before any are computed")
    func boxes() async throws {
        let folder = try TemporaryDirectory()
        var saliency = SaliencyRequest(method: .occlusion)
        saliency.parameters.box = .init(frames: 1, height: 1, width: 1)
        saliency.parameters.boxStride = .init(frames: 1, height: 1, width: 1)
        var request = ExplainRequest(input: try clip(folder), output: folder.file("out"), saliency: saliency)
        request.sampling.fit = .full
        request.sampling.shortSide = 64
        let error = await #expect(throws: ModelError.self) {
            _ = try await ExplainJob(request: request, model: try await TinyModel.load()).run()
        }
        #expect(error?.reason.contains("32769 forward passes") == true)
    }
}
