import ArgumentParser
import Engine

/// Which network answers.
struct ModelOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            """
            The network: the name of a built-in or installed model, or a checkpoint's directory, TensorFlow prefix or \
            .index, or a .safetensors, .pt or .pth file.
            """,
            valueName: "model"))
    var model: String = BuiltInModel.motion.rawValue

    @Option(
        help: ArgumentHelp(
            "A file with one label a line, in class order (default: the model's own).", valueName: "file"))
    var labels: String?
}
