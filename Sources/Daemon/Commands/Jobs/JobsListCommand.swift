import ArgumentParser
import Foundation
import Jobs

/// `saliencyd jobs list`
struct JobsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List jobs, newest first.")

    @Option(help: "Only jobs in this state; may be repeated.")
    var state: [JobState] = []

    @Option(help: ArgumentHelp("Only jobs of this watch.", valueName: "name"))
    var watch: String?

    @Option(help: ArgumentHelp("Only jobs older than this one.", valueName: "job"))
    var before: Int64?

    @Option(help: ArgumentHelp("At most so many, 1 to 500.", valueName: "count"))
    var limit = 100

    @OptionGroup(title: "Daemon") var daemon: DaemonOptions

    func validate() throws {
        guard (1...500).contains(limit) else { throw ValidationError("--limit is 1 to 500, not \(limit)") }
    }

    func run() async throws {
        var query = [URLQueryItem(name: "limit", value: String(limit))]
        if !state.isEmpty {
            query.append(URLQueryItem(name: "state", value: state.map(\.rawValue).joined(separator: ",")))
        }
        if let watch { query.append(URLQueryItem(name: "watch", value: watch)) }
        if let before { query.append(URLQueryItem(name: "before", value: String(before))) }
        let data = try await daemon.client().request("GET", "/api/v1/jobs", query: query)
        if daemon.json { return print(String(decoding: data, as: UTF8.self)) }
        print(JobTable.text(try JobRecord.decoded(JobRecord.List.self, from: data).jobs))
    }
}

extension JobState: ExpressibleByArgument {}
