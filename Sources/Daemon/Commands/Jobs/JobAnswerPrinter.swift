import Files
import Foundation

/// Asks the daemon something that it answers with jobs, and prints that.
struct JobAnswerPrinter {
    let daemon: DaemonOptions

    /// Seconds that a change of very many jobs may take.
    private static let patience = 3600.0

    private struct Change: Decodable {
        var changed: Int
    }

    func run(_ method: String, _ path: String, body: Data? = nil) async throws {
        let data = try await daemon.client().request(method, path, body: body)
        if daemon.json { return print(String(decoding: data, as: UTF8.self)) }
        print(JobTable.details(try JobRecord.decoded(JobRecord.self, from: data)))
    }

    /// Changes one job or several.
    ///
    /// - Parameter done: what they are then.
    func change(_ action: String, _ job: Int64?, _ selection: JobSelection, done: String) async throws {
        if let job { return try await run("POST", "/api/v1/jobs/\(job)/\(action)") }
        let data = try await daemon.client().request(
            "POST", "/api/v1/jobs/\(action)", query: selection.query, patience: Self.patience)
        if daemon.json { return print(String(decoding: data, as: UTF8.self)) }
        print("\(try JobRecord.decoded(Change.self, from: data).changed.counted("job")) \(done)")
    }
}
