import ArgumentParser

/// The `saliencyd` command.
@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "saliencyd",
        abstract: "Shows which pixels of a video made an action-recognition network answer as it did.")
}
