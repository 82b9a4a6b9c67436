import ArgumentParser

/// `saliencyd jobs cancel`
struct JobsCancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Cancel a job that is queued or running; its source stays where it is.")

    @Argument(help: "The job's number.")
    var job: Int64

    @OptionGroup(title: "Daemon") var daemon: DaemonOptions

    func run() async throws {
        try await JobAnswerPrinter(daemon: daemon).run("POST", "/api/v1/jobs/\(job)/cancel")
    }
}
