import ArgumentParser
import Concurrency
import Pipeline

/// `saliencyd model import`: installs the network in a file under a name.
struct ModelImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Install a network that lies in a file under a name.",
        discussion: """
            It reads every form of checkpoint: TensorFlow, safetensors, PyTorch, a .npz archive or a pickle of NumPy arrays \
            with the names of TensorFlow or Flax. No code of a pickle is run. The network is written as safetensors into \
            the folder for models, and then goes by its name: --model NAME. A published network is recognised by its \
            variables.

            Exit status: 0 installed, 64 a name that cannot be used, 66 the file is no network, 73 cannot be written, or \
            another model has the name.
            """)

    @Argument(help: "The checkpoint.")
    var file: String

    @Option(
        help: ArgumentHelp(
            "The model's name (default: that of the published network that it is, or the file's).", valueName: "name"))
    var name: String?

    @Option(help: ArgumentHelp("A file with one label per line, in class order.", valueName: "file"))
    var labels: String?

    @Option(help: ArgumentHelp("A licence to copy beside the model; may be given several times.", valueName: "file"))
    var license: [String] = []

    @Flag(help: "Replace another model of this name.")
    var force = false

    func run() async throws {
        let job = ModelImport(
            file, name: name, labels: labels, licenses: license, into: ModelCatalogue(), replacing: force)
        let outcome = try await DedicatedThread.run(name: "model", onCancel: {}) { try job.run() }
        let use = "Use it with --model \(outcome.name)."
        print(
            outcome.wasInstalled
                ? "\(outcome.name) is installed already: \(outcome.path). \(use)"
                : "\(outcome.name) is installed: \(outcome.path). \(use)")
        if !outcome.hasLabels { print("It has no labels, so its classes are numbers; --labels gives it some.") }
    }
}
