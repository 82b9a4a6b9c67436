import Concurrency
import Decode
import Encode
import Engine
import Foundation
import Media
import TestSupport
import Testing

@testable import Pipeline

/// `compare` from the input file to the video and the results, with a tiny network.
@Suite struct CompareJobTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private static let methods: [SaliencyRequest] = [
        SaliencyRequest(method: .integratedGradients, steps: 3), SaliencyRequest(method: .gradient),
        SaliencyRequest(method: .gradCAM),
    ]
    /// Signed methods between unsigned ones.
    private static let signed: [SaliencyRequest] = [
        SaliencyRequest(method: .gradient), SaliencyRequest(method: .gradient, sign: .signed),
        SaliencyRequest(method: .gradCAM),
    ]

    private func clip(_ name: String = "clip.mp4", seconds: Double = 1, _ options: [String] = []) throws -> String {
        try MediaFactory.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=\(seconds)"] + options + [folder.file(name)])
        return folder.file(name)
    }

    private func compare(
        _ input: String, to output: String = "out.mp4", methods: [SaliencyRequest] = Self.methods,
        threads: Int? = nil, stop: StopRequest = StopRequest(), change: (inout CompareRequest) -> Void = { _ in },
        progress: @escaping @Sendable (JobProgress) -> Void = { _ in }
    ) async throws -> CompareOutcome {
        var request = CompareRequest(
            input: input, output: folder.file(output), methods: methods, paneWidth: 96, evidenceWindows: 1,
            curveSteps: 4)
        change(&request)
        return try await CompareJob(request: request, model: try await TinyModel.load(), threads: threads)
            .run(stop: stop, progress: progress)
    }

    /// The samples of a rectangle of every frame, YCbCr 4:2:0.
    private func samples(_ path: String, crop: String? = nil) throws -> Data {
        try MediaFactory.ffmpeg(
            ["-i", path, "-map", "0:v:0"] + (crop.map { ["-vf", "crop=\($0)"] } ?? []) + [
                "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-",
            ])
    }

    @Test func soundBeginsFirstOrIsLeftOut() async throws {
        let input = folder.file("late.mp4")
        try MediaFactory.ffmpeg([
            "-itsoffset", "1.6", "-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=1", "-f", "lavfi", "-i", "sine=d=2.6",
            "-fps_mode", "passthrough", "-c:v", "libx264", "-c:a", "ac3", input,
        ])
        func seen(_ audio: AudioPolicy) async throws -> [String] {
            _ = try await compare(input, to: "\(audio).mp4") {
                $0.evidenceWindows = 0
                $0.audio = audio
            }
            return try MediaFactory.probe(
                folder.file("\(audio).mp4"), ["-show_entries", "stream=codec_name,start_time"])
        }
        #expect(try await seen(.compatible).starts(with: ["h264,1.600000", "aac,0.000000"]))
        #expect(try await seen(.copy).starts(with: ["h264,1.600000", "ac3,0.000000"]))
        #expect(try await seen(.omitted).starts(with: ["h264,0.000000", "mov_text,0.000000"]))
    }

    /// Lossless, so that the panes can be compared sample by sample with the output of `annotate`.
    @Test(arguments: [Self.methods, Self.signed], [false, true])
    func eachPaneIsWhatAnnotateDraws(_ methods: [SaliencyRequest], _ hasLegend: Bool) async throws {
        let input = try clip(
            seconds: 1, ["-f", "lavfi", "-i", "sine=d=1", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac"])
        let lossless = VideoSettings(crf: 0)
        let outcome = try await compare(input, methods: methods) {
            $0.video = lossless
            $0.drawing = CompareDrawing(colormap: .viridis, signedColormap: .bwr, hasLegend: hasLegend)
        }
        let panes = outcome.result.panes
        #expect((panes.columns, panes.rows, panes.paneWidth, panes.paneHeight) == (2, 2, 96, 64))
        let stream = try MediaFactory.probe(
            folder.file("out.mp4"), ["-show_entries", "stream=codec_type,codec_name,width,height"])
        #expect(stream.contains("h264,video,\(panes.width),\(panes.height)"))
        #expect(stream.contains("aac,audio") && stream.contains { $0.hasPrefix("mov_text,subtitle") })
        #expect(
            try MediaFactory.packetTimes(input).sorted() == MediaFactory.packetTimes(folder.file("out.mp4")).sorted())
        let layout = try PaneLayout(count: 4, width: 96, height: 64, paneWidth: 96)
        let titleHeight = layout.height / 2 - 64 - 6
        func crop(_ index: Int) -> String {
            "96:64:\(4 + index % 2 * 100):\(4 + titleHeight + index / 2 * (titleHeight + 68))"
        }
        #expect(try samples(folder.file("out.mp4"), crop: crop(0)) == samples(input))
        let model = try await TinyModel.load()
        for (index, method) in methods.enumerated() {
            let alone = folder.file("alone\(index).mp4")
            let annotated = try await AnnotateJob(
                request: AnnotateRequest(
                    input: input, output: alone, saliency: method,
                    drawing: DrawingRequest(
                        colormap: method.sign == .signed ? .bwr : .viridis, hasLegend: hasLegend),
                    video: lossless),
                model: model
            ).run()
            #expect(try samples(folder.file("out.mp4"), crop: crop(index + 1)) == samples(alone), "\(method.label)")
            #expect(
                annotated.sidecar.windows.map(\.saliency) == outcome.result.windows.map { $0.methods[index].saliency })
            #expect(annotated.sidecar.windows.map(\.target) == outcome.result.windows.map(\.target))
        }
    }

    @Test func recordsEverything() async throws {
        let outcome = try await compare(try clip())
        let result = outcome.result
        #expect(result.source.frames == 25 && result.windows.count == 6)
        #expect(result.windows.map(\.index) == Array(0..<6))
        #expect(result.summary.methods.map(\.label) == ["integrated-gradients, steps 3", "gradient", "grad-cam"])
        #expect(result.summary.evidenceWindows == [2])
        let similarity = try #require(result.summary.similarity)
        for (row, values) in similarity.rankCorrelation.enumerated() {
            #expect(values[row] == 1)
            for column in values.indices {
                #expect(values[column] == similarity.rankCorrelation[column][row])
                // Grad-CAM's map is constant where the last endpoint has one position.
                #expect(
                    values[column].map { (-1...1).contains($0) } == (row == column || max(row, column) < 2 ? true : nil)
                )
            }
        }
        #expect(result.warnings.isEmpty && result.unexplained.isEmpty && !result.interrupted)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let data = try Data(contentsOf: URL(fileURLWithPath: outcome.sidecarPath))
        #expect(try decoder.decode(CompareResult.self, from: data) == result)
    }

    /// The cost stated in docs/compare.md: one shared forward pass, and for each method at most its cost alone.
    @Test func costsNoMoreThanTheFormula() async throws {
        let result = try await compare(try clip()).result
        #expect(result.summary.methods.map(\.cost.multiple) == [6, 2, 2])
        let methods = result.summary.methods.reduce(0) { $0 + $1.cost.multiple }
        for window in result.windows {
            let evidence = window.evidence?.cost.multiple ?? 0
            #expect(evidence == (window.index == 2 ? CompareEvidence.passes(methods: 3, steps: 4) : 0))
            #expect(window.cost.multiple <= 1 + methods + evidence)
        }
        // Gradients share the one forward pass.
        let gradients = try await compare(
            try clip("other.mp4"), to: "gradients.mp4",
            methods: [
                SaliencyRequest(method: .gradient), SaliencyRequest(method: .guidedBackprop),
                SaliencyRequest(method: .gradientTimesInput),
            ]
        ) { $0.evidenceWindows = 0 }
        #expect(gradients.result.windows.allSatisfy { $0.cost.forwardPasses == 1 && $0.cost.backwardPasses == 3 })
        #expect(gradients.result.summary.methods.allSatisfy { $0.cost.multiple == 2 && $0.evidence == nil })
        #expect(gradients.result.summary.similarity == nil && gradients.result.summary.random == nil)
    }

    @Test func evidenceEqualsThatOfTrust() async throws {
        let input = try clip(seconds: 0.32)
        let result = try await compare(input, methods: [SaliencyRequest(method: .gradient)]).result
        let path = folder.file("tiny.safetensors")
        try TinyModel.write(to: path)
        let loaded = try await LoadedModel.loadWithVariables(path: path)
        let trust = try await TrustJob(
            request: TrustRequest(
                input: input, output: folder.file("trust"), methods: [.gradient], steps: 4, boxes: Infidelity().boxes),
            model: loaded.model, variables: loaded.variables
        ).run()
        let evidence = try #require(result.windows.first?.evidence)
        let method = try #require(trust.methods.first)
        #expect(evidence.methods[0].curves.deletion.area == method.curves.of(.deletion, .clip)?.area)
        #expect(evidence.methods[0].curves.insertion.area == method.curves.of(.insertion, .clip)?.area)
        #expect(evidence.methods[0].unexplained == method.infidelity?.unexplained)
        #expect(evidence.methods[0].edges == method.edges)
        #expect(evidence.random.deletion.area == trust.random.of(.deletion, .clip)?.area)
    }

    @Test func sameBytesWithAnyNumberOfThreads() async throws {
        let input = try clip(seconds: 0.6)
        var outcomes: [CompareOutcome] = []
        for threads in 1...2 { outcomes.append(try await compare(input, to: "out\(threads).mp4", threads: threads)) }
        #expect(try folder.bytes(of: "out1.mp4") == folder.bytes(of: "out2.mp4"))
        #expect(
            outcomes[0].result.summary.methods.map(\.evidence) == outcomes[1].result.summary.methods.map(\.evidence))
        #expect(outcomes[0].result.summary.similarity == outcomes[1].result.summary.similarity)
    }

    @Test func masksOfEitherSizeAreTheSame() async throws {
        // The left half of the source's 96 columns; the crop is the centre of 54x36, from column 11 on: its columns 0
        // to 15.
        let input = try clip()
        func masks(_ name: String, width: Int, height: Int, frames: Int = 25, edge: Int) throws -> String {
            let values = (0..<frames * height * width).map { Float($0 % width < edge ? 1 : 0) }
            try NumPyFile.write(
                folder.file(name), shape: [frames, height, width], floats: values, replacing: false)
            return folder.file(name)
        }
        let source = try masks("source.npy", width: 96, height: 64, edge: 48)
        let clip = try masks("clip.npy", width: 32, height: 32, edge: 16)
        let short = try masks("short.npy", width: 32, height: 32, frames: 2, edge: 16)
        var found: [CompareSummary.Mask] = []
        for (index, path) in [source, clip].enumerated() {
            let result = try await compare(input, to: "out\(index).mp4") {
                $0.masks = path
                $0.tolerance = 2
            }.result
            found.append(try #require(result.summary.methods[0].evidence?.mask))
        }
        #expect(found[0] == found[1])
        #expect(found[0].area == 0.5 && found[0].frames == 8)
        let rest = try await compare(input, to: "short.mp4") { $0.masks = short }.result
        #expect(rest.warnings.contains { $0.contains("2 of 25 frames") })
        #expect(rest.summary.methods[0].evidence?.mask == nil)
        let wrong = try masks("wrong.npy", width: 10, height: 10, edge: 5)
        let before = try folder.listing()
        await #expect { _ = try await compare(input, to: "wrong.mp4") { $0.masks = wrong } } throws: {
            ($0 as? MediaError)?.reason.contains("10x10") == true
        }
        #expect(try folder.listing() == before)
    }

    @Test func unsupportedRequestsAreRefusedFirst() async throws {
        let input = try clip()
        let twice = [SaliencyRequest(method: .gradient), SaliencyRequest(method: .gradient, seed: 5)]
        let many = (2...17).map { SaliencyRequest(method: .integratedGradients, steps: $0) }
        for methods in [[], twice, many] {
            await #expect { _ = try await compare(input, methods: methods) } throws: {
                ($0 as? ModelError)?.code == .invalidRequest
            }
        }
        await #expect { _ = try await compare(input) { $0.paneWidth = 3840 } } throws: {
            ($0 as? ModelError)?.reason.contains("--pane-width") == true
        }
        try folder.write(Array("mine".utf8), to: "out.json")
        await #expect { _ = try await compare(input) } throws: { ($0 as? MediaError)?.code == .outputExists }
        #expect(try folder.listing() == ["clip.mp4", "out.json"])
        _ = try await compare(input) { $0.isReplacing = true }
        #expect(try folder.listing() == ["clip.mp4", "out.json", "out.mp4", "out.vtt"])
    }

    @Test func endsEarlyWithAPlayableFileAndLittleEvidence() async throws {
        let input = try clip(seconds: 8)
        let stop = StopRequest()
        let outcome = try await compare(input, stop: stop) {
            $0.evidenceWindows = 2
        } progress: { progress in
            if progress.windows >= 2 { stop.finishSoon() }
        }
        #expect(outcome.result.interrupted)
        #expect(outcome.result.source.frames < 200)
        #expect(outcome.result.warnings.contains("evidence was measured on 0 of 2 windows"))
        #expect(try MediaFactory.countedFrames(folder.file("out.mp4")) == outcome.result.source.frames)
    }

    /// An early end does not wait for evidence.
    @Test func endsEarlyInTheMiddleOfEvidence() async throws {
        let stop = StopRequest()
        let outcome = try await compare(
            try clip(seconds: 8), stop: stop, change: { $0.curveSteps = 1000 },
            progress: { progress in
                if progress.activity?.contains("evidence") == true { stop.finishSoon() }
            })
        #expect(outcome.result.interrupted)
        #expect(outcome.result.summary.evidenceWindows.isEmpty && outcome.result.summary.random == nil)
        #expect(outcome.result.warnings.contains("evidence was measured on 0 of 1 window"))
        #expect(try MediaFactory.countedFrames(folder.file("out.mp4")) == outcome.result.source.frames)
    }

    /// Aborted during a method, and during the measurement of evidence.
    @Test(arguments: ["integrated-gradients", "evidence"]) func leavesNothingWhenAborted(_ moment: String) async throws
    {
        let input = try clip(seconds: 2)
        let stop = StopRequest()
        await #expect(throws: (any Error).self) {
            _ = try await compare(
                input, stop: stop,
                progress: { progress in
                    if progress.activity?.contains(moment) == true { stop.abort.cancel() }
                })
        }
        #expect(try folder.listing() == ["clip.mp4"])
    }

    @Test(
        "Evidence is measured for windows spread evenly over the expected number",
        arguments: [
            (1, 1, [0]), (1, 2, [0]), (1, 3, [1]), (1, 9, [4]), (2, 4, [0, 2]), (4, 4, [0, 1, 2, 3]), (9, 2, [0, 1]),
            (3, 9, [1, 4, 7]), (0, 5, []),
        ])
    func plan(_ count: Int, _ total: Int, _ windows: [Int]) {
        #expect(EvidencePlan(count: count, total: total).windows.sorted() == windows)
        #expect(EvidencePlan(count: count, total: nil).windows.sorted() == Array(0..<count))
    }
}
