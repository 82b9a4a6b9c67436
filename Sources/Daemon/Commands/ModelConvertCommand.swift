import ArgumentParser
import Concurrency
import Engine
import Pipeline

/// `saliencyd model convert`: any form to one safetensors file.
struct ModelConvertCommand: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Write a checkpoint of any form as one .safetensors file that carries its manifest and labels.")

    @Argument(help: "The checkpoint.")
    var model: String

    @Argument(help: "The file to write.")
    var output: String

    @Option(help: ArgumentHelp("A file with one label a line, in class order.", valueName: "file"))
    var labels: String?

    @Flag(help: "Store float16 instead of float32: half the size, every value rounded to 11 bits.")
    var half = false

    @Flag(help: "Replace the output if it exists.")
    var force = false

    func checkOptions(_ problems: inout RequestProblems) {}

    func checkFiles(_ problems: inout RequestProblems) {
        _ = ModelOptions.check(model, labels: labels, &problems)
        problems.attempt { try OutputCheck.file(output, isReplacing: force) }
    }

    func run() async throws {
        try await StopSignals.cancelling { stop in
            try await DedicatedThread.run(name: "model", onCancel: {}) { [self] in
                let checkpoint = try ModelCatalogue().open(model, labelFile: labels)
                // What has begun to be written by then is written to its end.
                if stop.abort.isCancelled { throw CancellationError() }
                try checkpoint.convert(to: output, half: half, replacing: force)
            }
        }
        print("Written to \(output)")
    }
}
