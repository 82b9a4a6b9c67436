import ArgumentParser
import FoundationEssentials
import Jobs

/// `saliencyd jobs wait`
struct JobsWaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait until jobs have ended.",
        discussion: """
            Exit status: 0 if all of them are done, 1 if one failed, was cancelled or did not end in time.
            """)

    @Argument(help: "The jobs' numbers (default: all that are queued or running now).")
    var jobs: [Int64] = []

    @Option(help: ArgumentHelp("Time limit (default: none).", valueName: "seconds"))
    var timeout: Double?

    @OptionGroup(title: "Daemon") var daemon: DaemonOptions

    func run() async throws {
        let client = try await daemon.client()
        let numbers = jobs.isEmpty ? try await JobFollower.pending(client) : jobs
        let follower = JobFollower(client: client, deadline: timeout.map { ContinuousClock.now + .seconds($0) })
        var areAllDone = true
        for number in numbers {
            let data = try await follower.end(of: number)
            let job = try JobRecord.decoded(JobRecord.self, from: data)
            print(daemon.json ? String(decoding: data, as: UTF8.self) : JobListText.text([job], isHeaded: false))
            areAllDone = areAllDone && job.state == .done
        }
        if !areAllDone { throw ExitCode(1) }
    }
}

/// Waits for the ends of jobs by repeated requests, since the daemon limits a single wait.
struct JobFollower {
    let client: DaemonClient
    /// Nil to wait without a limit.
    let deadline: ContinuousClock.Instant?

    /// The longest wait of one request, in seconds.
    private static let longestWait = 60.0

    /// The daemon's response when the job has ended, or at the deadline.
    func end(of job: Int64) async throws -> Data {
        while true {
            let left = deadline.map { max(0, ($0 - .now) / .seconds(1)) } ?? .infinity
            let wait = min(left.rounded(.up), Self.longestWait)
            let data = try await client.request(
                "GET", "/api/v1/jobs/\(job)", query: [URLQueryItem(name: "wait", value: String(Int(wait)))],
                timeout: wait + 30)
            let state = try JobRecord.decoded(JobRecord.self, from: data).state
            let isOver = ![.queued, .running].contains(state)
            if isOver || deadline.map({ $0 <= .now }) == true { return data }
        }
    }

    /// The jobs that are queued or running, oldest first.
    static func pending(_ client: DaemonClient) async throws -> [Int64] {
        let query = [URLQueryItem(name: "state", value: "queued,running"), URLQueryItem(name: "limit", value: "500")]
        let data = try await client.request("GET", "/api/v1/jobs", query: query)
        return try JobRecord.decoded(JobRecord.List.self, from: data).jobs.map(\.id).reversed()
    }
}
