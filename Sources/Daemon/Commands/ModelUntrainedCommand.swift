import ArgumentParser
import Concurrency
import Engine
import Pipeline

/// `saliencyd model untrained`: writes a random network to try the software with.
struct ModelUntrainedCommand: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "untrained",
        abstract:
            "Write a network of random weights, to try the software without a checkpoint. Its answers are meaningless.")

    @Argument(help: "The .safetensors file to write.")
    var output: String

    @Option(
        help: ArgumentHelp(
            "Channels of each layer, as a part of the published network's: 0.25 makes a small, quick one.",
            valueName: "factor"))
    var width = 1.0

    @Option(help: ArgumentHelp("How many classes.", valueName: "count"))
    var classes = 400

    @Option(help: ArgumentHelp("Frames the network sees at once.", valueName: "frames"))
    var window = 64

    @Option(help: ArgumentHelp("Width and height of the network's frame.", valueName: "pixels"))
    var size = 224

    @Option(help: ArgumentHelp("The same seed gives the same network.", valueName: "number"))
    var seed: UInt64 = 1

    @Flag(help: "Replace the output if it exists.")
    var force = false

    func checkOptions(_ problems: inout RequestProblems) {
        problems.demand((32...2048).contains(size), "--size is 32 to 2048 pixels, not \(size)")
        if let reason = SettingForm.integer(SamplingRequest.windows).problem(with: window) {
            problems.demand(false, "--window \(reason)")
        }
        problems.demand(width > 0 && width <= 4, "--width is above 0 and at most 4, not \(width)")
        problems.demand((1...100_000).contains(classes), "--classes is 1 to 100000, not \(classes)")
    }

    func checkFiles(_ problems: inout RequestProblems) {
        problems.attempt { try OutputCheck.file(output, isReplacing: force) }
    }

    func run() async throws {
        try await StopSignals.cancelling { stop in
            try await DedicatedThread.run(name: "model", onCancel: {}) { [self] in
                let variables = try UntrainedNetwork.variables(width: width, classCount: classes, seed: seed)
                let manifest = ModelManifest(
                    name: "untrained, seed \(seed)", classCount: classes, inputChannels: 3, clipLength: window,
                    frameSize: size, shortSide: size * 8 / 7)
                // After this point the file is written completely.
                if stop.abort.isCancelled { throw CancellationError() }
                try variables.write(safetensors: output, manifest: manifest, replacing: force)
            }
        }
        print("Written to \(output): random weights, whose answers are meaningless")
    }
}
