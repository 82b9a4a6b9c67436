import ArgumentParser

/// `saliencyd jobs`: what a running daemon has to do, does, and has done.
struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "List, follow and change the jobs of a running daemon.",
        subcommands: [
            JobsListCommand.self, JobsShowCommand.self, JobsWhyCommand.self, JobsAddCommand.self, JobsWaitCommand.self,
            JobsRetryCommand.self,
            JobsCancelCommand.self, JobsPriorityCommand.self, JobsPauseCommand.self, JobsResumeCommand.self,
        ], defaultSubcommand: JobsListCommand.self)
}
