import ArgumentParser
import Files
import FoundationEssentials
import HTTPAPI

/// `saliencyd jobs`: shows and changes the jobs of a running daemon.
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

/// `saliencyd jobs show`
struct JobsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show everything about a job.")

    @Argument(help: "The job's number.")
    var job: Int64

    @OptionGroup(title: "Daemon") var daemon: DaemonOptions

    func run() async throws {
        try await JobResponsePrinter(daemon: daemon).run("GET", "/api/v1/jobs/\(job)")
    }
}

/// `saliencyd jobs cancel`
struct JobsCancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Cancel jobs that are queued or running; their sources stay where they are.",
        discussion: "Without --state, --folder and --name select queued jobs.")

    @Argument(help: "The job's number.")
    var job: Int64?

    @OptionGroup(title: "Several jobs") var selection: JobSelection

    @OptionGroup(title: "Daemon") var daemon: DaemonOptions

    func validate() throws {
        try selection.check(job: job)
    }

    func run() async throws {
        try await JobResponsePrinter(daemon: daemon).change("cancel", job, selection, done: "cancelled")
    }
}

/// `saliencyd jobs retry`
struct JobsRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Queue jobs again that failed, were cancelled or wait for their next attempt.",
        discussion: "Without --state, --folder and --name select failed jobs.")

    @Argument(help: "The job's number.")
    var job: Int64?

    @OptionGroup(title: "Several jobs") var selection: JobSelection

    @OptionGroup(title: "Daemon") var daemon: DaemonOptions

    func validate() throws {
        try selection.check(job: job)
    }

    func run() async throws {
        try await JobResponsePrinter(daemon: daemon).change("retry", job, selection, done: "queued again")
    }
}

/// `saliencyd jobs priority`
struct JobsPriorityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "priority", abstract: "Move a job forward or back in the queue.")

    @Argument(help: "The job's number.")
    var job: Int64

    @Argument(help: "-1000 to 1000; jobs with a higher priority go first.")
    var priority: Int

    @OptionGroup(title: "Daemon") var daemon: DaemonOptions

    func validate() throws {
        guard (-1000...1000).contains(priority) else {
            throw ValidationError("a priority is -1000 to 1000, not \(priority)")
        }
    }

    func run() async throws {
        let body = Data(#"{"priority": \#(priority)}"#.utf8)
        try await JobResponsePrinter(daemon: daemon).run("POST", "/api/v1/jobs/\(job)/priority", body: body)
    }
}

/// `saliencyd jobs pause`
struct JobsPauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Pause the queue until `jobs resume`.",
        discussion: "Running jobs continue, and files are still accepted. The pause survives a restart of the daemon.")

    @Option(help: ArgumentHelp("Only jobs of this drop folder.", valueName: "name"))
    var folder: String?

    @OptionGroup(title: "Daemon") var daemon: DaemonOptions

    func run() async throws {
        try await PausePrinter(daemon: daemon).run("pause", dropFolder: folder)
    }
}

/// `saliencyd jobs resume`
struct JobsResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "End a pause: every one, or that of one drop folder.")

    @Option(help: ArgumentHelp("Only the pause of this drop folder.", valueName: "name"))
    var folder: String?

    @OptionGroup(title: "Daemon") var daemon: DaemonOptions

    func run() async throws {
        try await PausePrinter(daemon: daemon).run("resume", dropFolder: folder)
    }
}

/// Sends a request to the daemon and prints the jobs in the response.
struct JobResponsePrinter {
    let daemon: DaemonOptions

    /// Time limit for a change of many jobs, in seconds.
    private static let timeout = 3600.0

    private struct Change: Decodable {
        var changed: Int
    }

    func run(_ method: String, _ path: String, body: Data? = nil) async throws {
        let data = try await daemon.client().request(method, path, body: body)
        if daemon.json { return print(String(decoding: data, as: UTF8.self)) }
        print(JobListText.details(try JobRecord.decoded(JobRecord.self, from: data)))
    }

    /// Changes one job or several.
    ///
    /// - Parameter done: describes the jobs after the change.
    func change(_ action: String, _ job: Int64?, _ selection: JobSelection, done: String) async throws {
        if let job { return try await run("POST", "/api/v1/jobs/\(job)/\(action)") }
        let data = try await daemon.client().request(
            "POST", "/api/v1/jobs/\(action)", query: selection.query, timeout: Self.timeout)
        if daemon.json { return print(String(decoding: data, as: UTF8.self)) }
        print("\(try JobRecord.decoded(Change.self, from: data).changed.counted("job")) \(done)")
    }
}

/// Asks the daemon to begin or end a pause, and prints the pauses then in effect.
struct PausePrinter {
    let daemon: DaemonOptions

    func run(_ action: String, dropFolder: String?) async throws {
        let query = dropFolder.map { [URLQueryItem(name: "folder", value: $0)] } ?? []
        let data = try await daemon.client().request("POST", "/api/v1/jobs/\(action)", query: query)
        if daemon.json { return print(String(decoding: data, as: UTF8.self)) }
        print(Self.text(try JobRecord.decoded(PauseResponse.self, from: data)))
    }

    /// - Parameter zone: the time zone of the times; nil for the local one.
    static func text(_ response: PauseResponse, zone: TimeZone? = nil) -> String {
        guard !response.paused.isEmpty else { return "nothing is paused" }
        return response.paused.map { pause in
            "\(pause.folder.map { "the drop folder \($0) has been" } ?? "all jobs have been") paused since \(JobListText.shown(pause.since, zone))"
        }.joined(separator: "\n")
    }
}
