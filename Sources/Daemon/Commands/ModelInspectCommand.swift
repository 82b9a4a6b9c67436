import ArgumentParser
import Concurrency
import Engine
import Pipeline

/// `saliencyd model inspect`: what a checkpoint says of itself.
struct ModelInspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Show a checkpoint's form, files, manifest and variables.")

    @Argument(help: "The checkpoint.")
    var model: String

    @Option(help: ArgumentHelp("A file with one label a line, in class order.", valueName: "file"))
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
