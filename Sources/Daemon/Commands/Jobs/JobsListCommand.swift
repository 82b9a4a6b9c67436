import ArgumentParser
import FoundationEssentials

/// `saliencyd jobs list`
struct JobsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List jobs, newest first.")

    @OptionGroup var selection: JobSelection

    @Option(help: ArgumentHelp("Only jobs older than this one.", valueName: "job"))
    var before: Int64?

    @Option(help: ArgumentHelp("Maximum number of jobs, 1 to 500.", valueName: "count"))
    var limit = 100

    @OptionGroup(title: "Daemon") var daemon: DaemonOptions

    func validate() throws {
        guard (1...500).contains(limit) else { throw ValidationError("--limit is 1 to 500, not \(limit)") }
    }

    func run() async throws {
        let client = try await daemon.client()
        var found: [JobRecord] = []
        var next = before
        // A search by name examines only some of the jobs per request.
        repeat {
            var query = [URLQueryItem(name: "limit", value: String(limit - found.count))] + selection.query
            if let next { query.append(URLQueryItem(name: "before", value: String(next))) }
            let data = try await client.request("GET", "/api/v1/jobs", query: query)
            let page = try JobRecord.decoded(JobRecord.List.self, from: data)
            if daemon.json, found.isEmpty, page.next == nil || !page.jobs.isEmpty {
                return print(String(decoding: data, as: UTF8.self))
            }
            found += page.jobs
            next = page.next
        } while next != nil && found.count < limit
        print(JobListText.text(found))
    }
}
