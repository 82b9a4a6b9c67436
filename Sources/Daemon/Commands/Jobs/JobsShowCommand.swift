import ArgumentParser

/// `saliencyd jobs show`
struct JobsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show everything about a job.")

    @Argument(help: "The job's number.")
    var job: Int64

    @OptionGroup(title: "Daemon") var daemon: DaemonOptions

    func run() async throws {
        try await JobAnswerPrinter(daemon: daemon).run("GET", "/api/v1/jobs/\(job)")
    }
}
