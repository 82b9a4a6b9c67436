import ArgumentParser

/// `saliencyd jobs resume`
struct JobsResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let paused jobs begin again: end every pause, or that of one watch.")

    @Option(help: ArgumentHelp("Only the pause of this watch.", valueName: "name"))
    var watch: String?

    @OptionGroup(title: "Daemon") var daemon: DaemonOptions

    func run() async throws {
        try await PausePrinter(daemon: daemon).run("resume", watch: watch)
    }
}
