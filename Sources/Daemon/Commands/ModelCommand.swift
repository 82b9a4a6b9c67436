import ArgumentParser
import Concurrency
import Engine
import Files
import Pipeline

/// `saliencyd model …`: commands for checkpoints.
struct ModelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Fetch, import and list models; inspect, verify and convert checkpoints.",
        subcommands: [
            ModelListCommand.self, ModelFetchCommand.self, ModelImportCommand.self, ModelInspectCommand.self,
            ModelVerifyCommand.self,
            ModelConvertCommand.self, ModelUntrainedCommand.self,
        ])
}

/// `saliencyd model inspect`: shows a checkpoint's properties.
struct ModelInspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Show a checkpoint's form, files, manifest and variables.")

    @Argument(help: "The checkpoint.")
    var model: String

    @Option(help: ArgumentHelp("A file with one label per line, in class order.", valueName: "file"))
    var labels: String?

    @Flag(help: "As JSON.")
    var json = false

    func run() async throws {
        let inspection = try await DedicatedThread.run(name: "model", onCancel: {}) { [model, labels] in
            try ModelCatalogue().inspect(model, labelFile: labels)
        }
        print(json ? JSONLine.pretty(inspection) : inspection.description)
        if let problem = inspection.problem { throw CommandFailure(.model, problem) }
    }
}

/// `saliencyd model verify`: reads and checks every value.
struct ModelVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Read every value of a checkpoint: checksums, finite numbers, variances.")

    @Argument(help: "The checkpoint.")
    var model: String

    @Flag(help: "As JSON.")
    var json = false

    func run() async throws {
        let verification = try await DedicatedThread.run(name: "model", onCancel: {}) { [model] in
            try ModelCatalogue().open(model).verify()
        }
        if json {
            print(JSONLine.pretty(verification))
        } else {
            let checksums =
                verification.checksum.map { "\($0) of every tensor matches" } ?? "this form has no checksums"
            print(
                """
                \(verification.path): good (\(verification.form)); \(checksums)
                \(verification.variableCount.counted("variable")), \(verification.parameterCount.counted("parameter")), all finite
                sha256 \(verification.contentHash)
                """)
        }
    }
}

/// `saliencyd model convert`: converts a checkpoint of any form to one safetensors file.
struct ModelConvertCommand: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Write a checkpoint of any form as one .safetensors file that carries its manifest and labels.")

    @Argument(help: "The checkpoint.")
    var model: String

    @Argument(help: "The file to write.")
    var output: String

    @Option(help: ArgumentHelp("A file with one label per line, in class order.", valueName: "file"))
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
                // After this point the file is written completely.
                if stop.abort.isCancelled { throw CancellationError() }
                try checkpoint.convert(to: output, half: half, replacing: force)
            }
        }
        print("Written to \(output)")
    }
}
