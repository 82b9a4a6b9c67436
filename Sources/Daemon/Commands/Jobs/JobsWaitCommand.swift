import ArgumentParser
import Foundation
import Jobs

/// `saliencyd jobs wait`
struct JobsWaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait until jobs are over.",
        discussion: """
            Exit status: 0 if all of them are done, 1 if one failed, was cancelled or was not over in time.
            """)

    @Argument(help: "The jobs' numbers (default: all that are queued or running now).")
    var jobs: [Int64] = []

    @Option(help: ArgumentHelp("Give up after so long (default: never).", valueName: "seconds"))
    var timeout: Double?

    @OptionGroup(title: "Daemon") var daemon: DaemonOptions

    func run() async throws {
        let client = try await daemon.client()
        let numbers = jobs.isEmpty ? try await JobFollower.pending(client) : jobs
        let follower = JobFollower(client: client, deadline: timeout.map { ContinuousClock.now + .seconds($0) })
        var isEveryOneDone = true
        for number in numbers {
            let data = try await follower.end(of: number)
            let job = try JobRecord.decoded(JobRecord.self, from: data)
            print(daemon.json ? String(decoding: data, as: UTF8.self) : JobTable.text([job], isHeaded: false))
            isEveryOneDone = isEveryOneDone && job.state == .done
        }
        if !isEveryOneDone { throw ExitCode(1) }
    }
}
