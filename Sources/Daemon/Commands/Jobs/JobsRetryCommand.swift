import ArgumentParser

/// `saliencyd jobs retry`
struct JobsRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Queue a job anew that failed, was cancelled, or waits for its next attempt.")

    @Argument(help: "The job's number.")
    var job: Int64

    @OptionGroup(title: "Daemon") var daemon: DaemonOptions

    func run() async throws {
        try await JobAnswerPrinter(daemon: daemon).run("POST", "/api/v1/jobs/\(job)/retry")
    }
}
