import ArgumentParser
import FoundationEssentials
import Jobs

/// The options that select jobs.
struct JobSelection: ParsableArguments {
    @Option(help: "Only jobs in this state; may be repeated.")
    var state: [JobState] = []

    @Option(help: ArgumentHelp("Only jobs of this drop folder.", valueName: "name"))
    var folder: String?

    @Option(help: ArgumentHelp("Only jobs whose file's name contains this.", valueName: "text"))
    var name: String?

    var query: [URLQueryItem] {
        var query: [URLQueryItem] = []
        if !state.isEmpty {
            query.append(URLQueryItem(name: "state", value: state.map(\.rawValue).joined(separator: ",")))
        }
        if let folder { query.append(URLQueryItem(name: "folder", value: folder)) }
        if let name { query.append(URLQueryItem(name: "name", value: name)) }
        return query
    }

    /// Requires either a job's number or options, for commands that change jobs.
    func check(job: Int64?) throws {
        if job == nil, query.isEmpty {
            throw ValidationError("name the jobs: a number, or at least one of --state, --folder and --name")
        }
        if job != nil, !query.isEmpty {
            throw ValidationError("a job's number goes without --state, --folder and --name")
        }
    }
}

extension JobState: ExpressibleByArgument {}
