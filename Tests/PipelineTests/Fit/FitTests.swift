import Concurrency
import Engine
import Foundation
import LinearAlgebra
import Media
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

/// `fit`: from labelled clips to a model.
@Suite struct FitTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    /// A folder with two classes of three clips each, which differ in their patterns.
    private func makeClips() throws -> String {
        for (name, source) in [("bars", "smptebars"), ("test", "testsrc2")] {
            try FileManager.default.createDirectory(
                atPath: folder.file("clips/\(name)"), withIntermediateDirectories: true)
            for number in 1...3 {
                try MediaFactory.ffmpeg([
                    "-f", "lavfi", "-i", "\(source)=s=\(44 + 2 * number)x40:r=25:d=0.5",
                    folder.file("clips/\(name)/\(number).mp4"),
                ])
            }
        }
        return folder.file("clips")
    }

    /// The base network; its file is read again when the fitted network is written.
    private func base() async throws -> LoadedModel {
        try TinyModel.write(to: folder.file("base.safetensors"))
        return try await LoadedModel.load(path: folder.file("base.safetensors"))
    }

    private func request(
        _ list: String, _ output: String = "out.safetensors", half: Bool = false
    ) -> FitRequest {
        FitRequest(
            list: list, output: folder.file(output), cache: folder.file("features"), folds: 3, seed: 5, isHalf: half)
    }

    private func fit(
        _ request: FitRequest, _ model: LoadedModel, stop: StopRequest = StopRequest(), threads: Int? = nil,
        progress: @escaping @Sendable (FitProgress) -> Void = { _ in }
    ) async throws -> FitResult {
        try await FitJob(
            request: request, clips: LabelledClips(path: request.list), model: model, threads: threads
        ).run(stop: stop, progress: progress)
    }

    @Test("The written model has the fitted head, the base network and the new labels")
    func modelIsWritten() async throws {
        let model = try await base()
        let list = try makeClips()
        let result = try await fit(request(list), model)
        #expect(result.clips == 6 && result.features == model.network.featureCount && result.folds == 3)
        #expect(result.heldOut.accuracy == 1 && result.optimum.accuracy == 1 && result.optimum.isConverged)
        #expect(result.strengths.map(\.strength) == StrengthSearch.standard)
        #expect(result.unreadable.isEmpty && result.base == model.description)
        #expect(result.answers.map(\.clip).prefix(2) == ["bars/1.mp4", "bars/2.mp4"])

        let checkpoint = try Checkpoint.open(folder.file("out.safetensors"))
        #expect(checkpoint.manifest.labels == ["bars", "test"] && checkpoint.manifest.name == "out")
        #expect(checkpoint.manifest.clipLength == model.manifest.clipLength)
        let variables = try checkpoint.load()
        #expect(variables.contentHash == result.model.sha256)
        let base = try model.variables()
        for (name, variable) in base.variables where !name.hasPrefix("Logits/") { #expect(variables[name] == variable) }

        // Through the network, a clip's answer is that of the head for its kept features.
        let fitted = try await LoadedModel.load(path: folder.file("out.safetensors"))
        let clip = folder.file("clips/test/2.mp4")
        let answer = try await ClassifyJob(request: ClassifyRequest(input: clip), model: fitted).run()
        let cache = FeatureCache(folder: folder.file("features"), model: model, sampling: SamplingRequest())
        let content = try ClipContent.hash(of: clip) { false }
        let features = try #require(cache.features(of: content, count: model.network.featureCount))
        #expect(features.windows == answer.windows.count && features.windows > 1)
        let filters = try #require(variables[I3DArchitecture.logitsFilterName])
        let bias = try #require(variables[I3DArchitecture.logitsBiasName])
        #expect(filters.shape == [1, 1, 1, result.features, 2])
        for index in 0..<2 {
            var (expected, terms) = (Double(bias.values[index]), Double(bias.values[index].magnitude))
            for (feature, value) in features.values.enumerated() {
                let product = value * Double(filters.values[feature * 2 + index])
                expected += product
                terms += product.magnitude
            }
            // Each window's logit is rounded to single precision, and so is their mean. The features are sums in double
            // precision in another order.
            let bound = 2 * 0x1p-24 * terms + 1e-12 * terms
            #expect((Double(answer.logits[index]) - expected).magnitude <= bound)
        }
        #expect(answer.top.first?.label == "test")
    }

    @Test("The same clips, settings and seed give the same bytes, with any number of threads")
    func sameBytes() async throws {
        let model = try await base()
        let list = try makeClips()
        _ = try await fit(request(list), model, threads: 1)
        let first = try (folder.bytes(of: "out.safetensors"), folder.bytes(of: "out.fit.json"))
        try FileManager.default.removeItem(atPath: folder.file("features"))
        for name in ["out.safetensors", "out.fit.json"] {
            try FileManager.default.removeItem(atPath: folder.file(name))
        }
        _ = try await fit(request(list), model, threads: 3)
        #expect(try folder.bytes(of: "out.safetensors") == first.0)
        #expect(try folder.bytes(of: "out.fit.json") == first.1)
        await #expect(throws: ModelError.self) { try await fit(request(list), model) }
    }

    @Test("A half-precision model has the hash that its record states")
    func halfPrecision() async throws {
        let model = try await base()
        let result = try await fit(request(try makeClips(), half: true), model)
        let verified = try Checkpoint.open(folder.file("out.safetensors")).verify()
        #expect(verified.contentHash == result.model.sha256)
    }

    @Test("A stopped run keeps its features; the next run computes only the others, and damaged ones again")
    func resumes() async throws {
        let model = try await base()
        let list = try makeClips()
        let stop = StopRequest()
        await #expect(throws: CancellationError.self) {
            try await fit(request(list), model, stop: stop) { if $0.done == 2 { stop.finishSoon() } }
        }
        #expect(try folder.listing() == ["base.safetensors", "clips", "features"])
        let kept = try FileManager.default.contentsOfDirectory(atPath: folder.file("features")).sorted()
        #expect(kept.count == 2)
        let stamps = try kept.map { try modificationTime("features/\($0)") }
        // As if the disk had damaged one of them.
        try folder.write(Array("{\"settings\":".utf8), to: "features/\(kept[0])")
        let result = try await fit(request(list), model)
        #expect(result.clips == 6)
        let all = try FileManager.default.contentsOfDirectory(atPath: folder.file("features"))
        #expect(all.count == 6)
        #expect(try modificationTime("features/\(kept[1])") == stamps[1])
        #expect(try folder.bytes(of: "features/\(kept[0])").count > 100)
        // Another sampling is kept beside it.
        var other = request(list, "other.safetensors")
        other.sampling.stride = 8
        _ = try await fit(other, model)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("features")).count == 12)
    }

    private func modificationTime(_ name: String) throws -> Date? {
        try FileManager.default.attributesOfItem(atPath: folder.file(name))[.modificationDate] as? Date
    }

    @Test("Clips that cannot be read are left out and named, as long as every class has two")
    func unreadableClips() async throws {
        let model = try await base()
        let list = try makeClips()
        try folder.write(Array("no video".utf8), to: "clips/test/4.mp4")
        try folder.write(Array("beside a clip".utf8), to: "clips/test/notes.txt")
        let result = try await fit(request(list), model)
        #expect(result.clips == 6 && result.unreadable.map(\.clip) == ["test/4.mp4"])
        for number in 1...2 { try folder.write(Array("broken".utf8), to: "clips/bars/\(number).mp4") }
        let error = await #expect(throws: MediaError.self) {
            try await fit(request(list, "new.safetensors"), model)
        }
        #expect(error?.description.contains("too few: bars (1)") == true)
        #expect(try !folder.listing().contains("new.safetensors"))
    }

    @Test("Progress counts the clips, then the heads")
    func progress() async throws {
        let model = try await base()
        let list = try makeClips()
        let seen = Mutex<[FitProgress]>([])
        _ = try await fit(request(list), model) { one in seen.withLock { $0.append(one) } }
        let all = seen.withLock { $0 }
        #expect(all.filter { $0.stage == .features }.map(\.done) == Array(0...6))
        let heads = 3 * StrengthSearch.standard.count + 1
        #expect(all.filter { $0.stage == .fitting }.map(\.done) == Array(0...heads))
        #expect(all.last?.remainingSeconds == 0)
    }

    @Test("Outputs are checked before any work")
    func outputs() throws {
        try TinyModel.write(to: folder.file("base.safetensors"))
        let base = try Checkpoint.open(folder.file("base.safetensors")).files
        func check(_ output: String, replacing: Bool = true) throws {
            try FitRequest(list: "", output: folder.file(output), isReplacing: replacing).checkOutputs(base: base)
        }
        try check("new.safetensors", replacing: false)
        for wrong in ["base.safetensors", "new.pt", ".safetensors", "none/new.safetensors"] {
            #expect(throws: MediaError.self, "\(wrong)") { try check(wrong) }
        }
        try folder.write([1], to: "old.fit.json")
        #expect(throws: MediaError.self) { try check("old.safetensors", replacing: false) }
        try check("old.safetensors")
        let request = FitRequest(list: "", output: "a/b.safetensors")
        #expect(request.record == "a/b.fit.json" && request.cache == "a/b.features" && request.name == "b")
    }
}
