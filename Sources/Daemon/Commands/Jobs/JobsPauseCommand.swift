import ArgumentParser

/// `saliencyd jobs pause`
struct JobsPauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Let no further job begin, until `jobs resume`.",
        discussion: "Jobs that run go on, and files are still taken. It lasts over a restart of the daemon.")

    @Option(help: ArgumentHelp("Only jobs of this drop folder.", valueName: "name"))
    var folder: String?

    @OptionGroup(title: "Daemon") var daemon: DaemonOptions

    func run() async throws {
        try await PausePrinter(daemon: daemon).run("pause", watch: folder)
    }
}
