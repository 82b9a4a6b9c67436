import ArgumentParser

/// `saliencyd model …`: checkpoints by themselves.
struct ModelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Fetch and list models; look into checkpoints, check them, convert them.",
        subcommands: [
            ModelListCommand.self, ModelFetchCommand.self, ModelInspectCommand.self, ModelVerifyCommand.self,
            ModelConvertCommand.self, ModelUntrainedCommand.self,
        ])
}
