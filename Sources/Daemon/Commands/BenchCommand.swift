import ArgumentParser
import Concurrency
import Files
import FoundationEssentials
import Pipeline

/// `saliencyd bench`: measures the time of one window.
struct BenchCommand: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure how long one window takes: the forward pass, the gradient, guided backpropagation.",
        discussion:
            "Without --model it measures an untrained network of the published size; weights do not change the time.")

    @Option(name: .shortAndLong, help: ArgumentHelp("The network.", valueName: "path"))
    var model: String?

    @Option(help: "What to measure; may be repeated (default: all).")
    var method: [BenchRequest.Method] = []

    @Option(help: ArgumentHelp("Measured runs, after one to warm up.", valueName: "count"))
    var runs = 5

    @Option(help: ArgumentHelp("Frames of the window (default: the model's).", valueName: "frames"))
    var window: Int?

    @Option(help: ArgumentHelp("Edge of the frame (default: the model's).", valueName: "pixels"))
    var size: Int?

    @Option(
        help: ArgumentHelp(
            "Number of windows computed in parallel, as for this many streams; each gets an equal share of the threads.",
            valueName: "count"))
    var atOnce = 1

    @Flag(help: "Also print each layer's time and rate.")
    var layers = false

    @Flag(help: "One JSON object per line and method.")
    var json = false

    @OptionGroup(title: "Engine") var engine: EngineOptions

    func checkOptions(_ problems: inout RequestProblems) {
        problems.demand((1...1000).contains(runs), "--runs is 1 to 1000, not \(runs)")
        problems.demand((1...64).contains(atOnce), "--at-once is 1 to 64, not \(atOnce)")
        engine.check(&problems)
    }

    func checkFiles(_ problems: inout RequestProblems) {
        if let model { _ = ModelOptions.check(model, &problems) }
    }

    func run() async throws {
        let request = BenchRequest(
            methods: method.isEmpty ? BenchRequest.Method.allCases : method, runs: runs, window: window, size: size,
            recordsLayers: layers, threads: engine.threads, windowsAtOnce: atOnce)
        let loaded: LoadedModel =
            if let model {
                try await LoadedModel.load(path: model, memory: engine.memory)
            } else {
                try await LoadedModel.untrained(memory: engine.memory)
            }
        let results = try await DedicatedThread.run(name: "bench", onCancel: {}) {
            try Bench.run(request, model: loaded)
        }
        for result in results {
            print(json ? JSONLine.text(result.figures) : Self.text(result.figures))
            for layer in result.layers {
                print(json ? JSONLine.text(layer) : Self.text(layer))
            }
        }
    }

    private static func text(_ figures: BenchResult.Figures) -> String {
        figures.method.padded(to: 16)
            + String(
                printf:
                    ": median %.3f s, min %.3f, max %.3f; %.2f windows/s; %.0f GFLOP/s, %.2f of the machine's peak; peak memory %.0f MB",
                figures.medianS, figures.minS, figures.maxS, figures.windowsPerS, figures.gflops, figures.ofPeak,
                figures.peakRssMb)
    }

    private static func text(_ layer: BenchResult.Layer) -> String {
        "  " + layer.layer.padded(to: 34)
            + String(
                printf: " forward %7.2f ms %5.0f GFLOP/s  backward %7.2f ms %5.0f GFLOP/s  %7.2f GFLOP",
                layer.forwardS * 1000, layer.forwardGflops, layer.backwardS * 1000, layer.backwardGflops, layer.gflop)
    }
}

extension BenchRequest.Method: ExpressibleByArgument {}
