import Foundation

/// Asks the daemon something that it answers with a job, and prints that.
struct JobAnswerPrinter {
    let daemon: DaemonOptions

    func run(_ method: String, _ path: String, body: Data? = nil) async throws {
        let data = try await daemon.client().request(method, path, body: body)
        if daemon.json { return print(String(decoding: data, as: UTF8.self)) }
        print(JobTable.details(try JobRecord.decoded(JobRecord.self, from: data)))
    }
}
