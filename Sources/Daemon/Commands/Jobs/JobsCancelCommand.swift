import ArgumentParser

/// `saliencyd jobs cancel`
struct JobsCancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Cancel jobs that are queued or running; their sources stay where they are.",
        discussion: "Without --state, --folder and --name mean jobs that are queued.")

    @Argument(help: "The job's number.")
    var job: Int64?

    @OptionGroup(title: "Several jobs") var selection: JobSelection

    @OptionGroup(title: "Daemon") var daemon: DaemonOptions

    func validate() throws {
        try selection.check(job: job)
    }

    func run() async throws {
        try await JobAnswerPrinter(daemon: daemon).change("cancel", job, selection, done: "cancelled")
    }
}
