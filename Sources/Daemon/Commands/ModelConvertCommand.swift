import ArgumentParser
import Engine
import Pipeline

/// `saliencyd model convert`: any form to one safetensors file.
struct ModelConvertCommand: AsyncParsableCommand {
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

    func run() async throws {
        try await DedicatedThread.run(name: "model", onCancel: {}) { [self] in
            try ModelCatalogue().open(model, labelFile: labels).convert(to: output, half: half, replacing: force)
        }
        print("Written to \(output)")
    }
}
