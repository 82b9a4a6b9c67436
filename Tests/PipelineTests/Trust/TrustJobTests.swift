import Concurrency
import Decode
import Engine
import Foundation
import Media
import TestSupport
import Testing

@testable import Pipeline

/// `trust` from the input file to the report, with a tiny network.
@Suite struct TrustJobTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
        try TinyModel.write(to: folder.file("tiny.safetensors"))
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=48x40:r=25:d=1", folder.file("a<b>&.mp4")])
    }

    private func job(
        _ output: String, mask: String? = nil, methods: [SaliencyRequest.Method] = TrustRequest.standardMethods,
        isFull: Bool = false, smooth: Int = 0
    ) async throws -> TrustJob {
        let loaded = try await LoadedModel.loadWithVariables(path: folder.file("tiny.safetensors"))
        let request = TrustRequest(
            input: folder.file("a<b>&.mp4"), output: folder.file(output), methods: methods, mask: mask, tolerance: 2,
            steps: 4, boxes: 12, randomOrders: 2, isFull: isFull,
            saliency: SaliencyRequest(smoothSamples: smooth, target: "up"))
        return TrustJob(request: request, model: loaded.model, variables: loaded.variables)
    }

    @Test func writesSelfContainedReportAndFigures() async throws {
        let result = try await job("out", isFull: true).run()
        #expect(result.methods.map(\.name) == TrustRequest.standardMethods.map(\.rawValue))
        #expect(result.target.label == "up")
        for method in result.methods {
            #expect(method.curves.count == 4)
            #expect(method.curves.allSatisfy { $0.probabilities.count == 5 && (0...1).contains($0.area) })
            #expect(method.cascade.map(\.stage) == NetworkRandomization.stages.map(\.name))
            #expect(method.classes.count == 3)
            let information = try #require(method.information)
            #expect(information.readings.fractions.count == 15)
            #expect(information.readings.bytes.count == 15 && information.readings.probabilities.count == 15)
            let ends = (information.readings.bytes[0], information.readings.bytes[14])
            #expect(ends.0 > 0 && ends.0 < ends.1)
            #expect(information.softmaxArea == information.readings.softmaxCurve?.area)
            // All methods are measured from the same blurred clip to the same clip.
            let random = try #require(result.randomInformation)
            #expect(random.readings.bytes.first == ends.0 && random.readings.bytes.last == ends.1)
            #expect(Set(method.verdict.findings.map(\.check)) == [.weights, .classes, .pixels, .parts, .noise])
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        #expect(try decoder.decode(TrustResult.self, from: Data(folder.bytes(of: "out/trust.json"))) == result)

        let page = String(decoding: try folder.bytes(of: "out/trust.html"), as: UTF8.self)
        #expect(page.contains("a&lt;b&gt;&amp;.mp4") && !page.contains("a<b>"))
        for foreign in ["http:", "https:", "<script", "<link", "@import", "url("] {
            #expect(!page.contains(foreign), "\(foreign)")
        }
        #expect(page.components(separatedBy: "data:image/png;base64,").count == 1 + result.methods.count * 15)
        #expect(page.components(separatedBy: "<svg").count == 1 + result.methods.count * 4)
        for method in result.methods {
            for finding in method.verdict.findings {
                #expect(page.contains(HTMLWriter.escaped(finding.sentence)))
            }
        }
        // Every opened tag is closed.
        for tag in ["section", "svg", "ul", "table", "figure", "div", "body", "html"] {
            let opened = page.matches(of: try Regex("<\(tag)[ >]")).count
            #expect(opened == page.components(separatedBy: "</\(tag)>").count - 1, "\(tag)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.file("out.unfinished")))
        let again = try await job("again", isFull: true).run()
        #expect(again.methods == result.methods)
    }

    @Test func onlyAFullMeasurementHasWhatNoVerdictDependsOn() async throws {
        let (brief, full) = (try await job("brief").run(), try await job("full", isFull: true).run())
        for (brief, full) in zip(brief.methods, full.methods) {
            #expect(brief.verdict == full.verdict)
            #expect(brief.information == nil && brief.curves == full.curves.filter { $0.scope == .clip })
            #expect(brief.cascade == full.cascade.filter { TrustRules.judgesWeights($0.stage) })
            #expect(brief.cascade.count == 10 && brief.noise.count == 10)
            #expect(brief.maxSensitivity == brief.noise.max())
        }
        let page = String(decoding: try folder.bytes(of: "brief/trust.html"), as: UTF8.self)
        #expect(!page.contains("nformation") && !page.contains("per frame"))
    }

    /// The default method, which is not judged here, cannot be averaged.
    @Test func methodsAreAveragedOverNoisyCopies() async throws {
        let plain = try await job("plain", methods: [.gradient]).run()
        let smooth = try await job("smooth", methods: [.gradient], smooth: 3).run()
        #expect(smooth.settings.smoothSamples == 3 && smooth.methods.map(\.name) == ["smooth-gradient"])
        #expect(smooth.methods[0].edges != plain.methods[0].edges && smooth.methods[0].cascade.count == 10)
        // What the maps are compared with is not averaged.
        #expect(smooth.weightReferences == plain.weightReferences)
        #expect(plain.weightReferences?.gradient == plain.methods[0].cascade)
    }

    @Test func figuresOfRandomOrdersAreMeans() async throws {
        let result = try await job("out").run()
        let deletion = try #require(result.random.of(.deletion, .clip))
        let areas = try #require(deletion.areas)
        #expect(areas.count == 2 && areas[0] != areas[1])
        #expect(abs(deletion.area - (areas[0] + areas[1]) / 2) < 1e-12)
        let error = try #require(result.randomGainError)
        let insertion = try #require(result.random.of(.insertion, .clip)?.areas)
        #expect(abs(error - abs((insertion[0] - areas[0]) - (insertion[1] - areas[1])) / 2) < 1e-12)
        let random = try #require(result.randomInfidelity)
        for method in result.methods {
            let ratio = try #require(method.unexplainedRatio)
            let own = try #require(method.infidelity)
            #expect(abs(ratio.ratio - own.unexplained / random.unexplained) < 1e-12)
            #expect(try #require(ratio.standardError) >= 0 && own.standardError ?? -1 >= 0)
        }
    }

    @Test func maskIsUsedAsReference() async throws {
        var mask = [Float](repeating: 0, count: 8 * 32 * 32)
        for index in mask.indices where index % 32 < 16 { mask[index] = 1 }
        try NumPyFile.write(folder.file("mask.npy"), shape: [8, 32, 32], floats: mask, replacing: false)
        let result = try await job("out", mask: folder.file("mask.npy")).run()
        for method in result.methods {
            let mask = try #require(method.mask)
            #expect(mask.area == 0.5 && mask.frames == 8)
            #expect(method.verdict.findings.contains { $0.check == .mask })
        }
        try NumPyFile.write(folder.file("small.npy"), shape: [2, 2], floats: [0, 1, 1, 0], replacing: false)
        await #expect(throws: MediaError.self) { try await job("none", mask: folder.file("small.npy")).run() }
        #expect(!FileManager.default.fileExists(atPath: folder.file("none")))
    }

    @Test func sumsOfPathMethodsAreChecked() async throws {
        let result = try await job("out", methods: [.gradient, .integratedGradients]).run()
        #expect(result.methods[0].completeness == nil)
        let completeness = try #require(result.methods[1].completeness)
        #expect(completeness.gap == (completeness.attributed - completeness.difference).magnitude)
        #expect(result.methods.map { $0.verdict.findings.contains { $0.check == .completeness } } == [false, true])
    }

    @Test func cancellationLeavesNoFiles() async throws {
        let stop = StopRequest()
        let job = try await job("out")
        await #expect(throws: ModelError.self) {
            // The first report comes after the maps.
            try await job.run(stop: stop) { _ in stop.abort.cancel() }
        }
        #expect(!FileManager.default.fileExists(atPath: folder.file("out")))
    }
}
