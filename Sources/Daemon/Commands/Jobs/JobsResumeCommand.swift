import ArgumentParser

/// `saliencyd jobs resume`
struct JobsResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let paused jobs begin again: end every pause, or that of one drop folder.")

    @Option(help: ArgumentHelp("Only the pause of this drop folder.", valueName: "name"))
    var folder: String?

    @OptionGroup(title: "Daemon") var daemon: DaemonOptions

    func run() async throws {
        try await PausePrinter(daemon: daemon).run("resume", watch: folder)
    }
}
