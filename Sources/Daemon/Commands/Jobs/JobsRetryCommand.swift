import ArgumentParser

/// `saliencyd jobs retry`
struct JobsRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Queue jobs anew that failed, were cancelled, or wait for their next attempt.",
        discussion: "Without --state, --folder and --name mean jobs that failed.")

    @Argument(help: "The job's number.")
    var job: Int64?

    @OptionGroup(title: "Several jobs") var selection: JobSelection

    @OptionGroup(title: "Daemon") var daemon: DaemonOptions

    func validate() throws {
        try selection.check(job: job)
    }

    func run() async throws {
        try await JobAnswerPrinter(daemon: daemon).change("retry", job, selection, done: "queued again")
    }
}
