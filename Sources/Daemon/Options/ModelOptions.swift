import ArgumentParser

/// Which network answers.
struct ModelOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The network: an installed model's name, or a checkpoint's directory, TensorFlow prefix or .index, or a .safetensors, .pt or .pth file.",
            valueName: "model"))
    var model: String

    @Option(
        help: ArgumentHelp(
            "A file with one label a line, in class order (default: the model's own).", valueName: "file"))
    var labels: String?
}
