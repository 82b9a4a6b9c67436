import ArgumentParser

/// `saliencyd model …`: checkpoints by themselves.
struct ModelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Look into checkpoints, check them, convert them.",
        subcommands: [
            ModelInspectCommand.self, ModelVerifyCommand.self, ModelConvertCommand.self, ModelUntrainedCommand.self,
        ])
}
