import ArgumentParser
import Foundation

/// `saliencyd jobs priority`
struct JobsPriorityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "priority", abstract: "Move a job forward or back in the queue.")

    @Argument(help: "The job's number.")
    var job: Int64

    @Argument(help: "-1000 to 1000; jobs of a higher one go first.")
    var priority: Int

    @OptionGroup(title: "Daemon") var daemon: DaemonOptions

    func validate() throws {
        guard (-1000...1000).contains(priority) else {
            throw ValidationError("a priority is -1000 to 1000, not \(priority)")
        }
    }

    func run() async throws {
        let body = Data(#"{"priority": \#(priority)}"#.utf8)
        try await JobAnswerPrinter(daemon: daemon).run("POST", "/api/v1/jobs/\(job)/priority", body: body)
    }
}
