import Foundation

/// Asks the daemon to begin or end a pause, and prints what is paused then.
struct PausePrinter {
    let daemon: DaemonOptions

    func run(_ action: String, watch: String?) async throws {
        let query = watch.map { [URLQueryItem(name: "folder", value: $0)] } ?? []
        let data = try await daemon.client().request("POST", "/api/v1/jobs/\(action)", query: query)
        if daemon.json { return print(String(decoding: data, as: UTF8.self)) }
        print(Self.text(try JobRecord.decoded(PauseAnswer.self, from: data)))
    }

    /// - Parameter zone: of the times.
    static func text(_ answer: PauseAnswer, zone: TimeZone = .current) -> String {
        guard !answer.paused.isEmpty else { return "nothing is paused" }
        return answer.paused.map { pause in
            "\(pause.folder.map { "the drop folder \($0) is" } ?? "all jobs are") paused since \(JobTable.shown(pause.since, zone))"
        }.joined(separator: "\n")
    }
}
