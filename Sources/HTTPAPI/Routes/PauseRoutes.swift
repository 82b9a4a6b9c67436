import Foundation
import Hummingbird
import Jobs

/// Holding up jobs: all of them, or those of one drop folder.
struct PauseRoutes: Sendable {
    let dependencies: HTTPDependencies

    var routes: [Route] {
        [
            Route(.get, "/api/v1/jobs/pause", answer: show),
            Route(.post, "/api/v1/jobs/pause", answer: pause),
            Route(.post, "/api/v1/jobs/resume", answer: resume),
        ]
    }

    private func show(_ request: APIRequest) async throws -> Response {
        _ = try request.query()
        return JSONAnswer.response(
            PauseAnswer(try await dependencies.desk { ledger throws(LedgerError) in try ledger.pauses() }))
    }

    private func pause(_ request: APIRequest) async throws -> Response {
        let watch = try request.query("folder").text("folder")
        if let watch, dependencies.book[watch] == nil {
            throw APIError.notFound("There is no drop folder of this name; /api/v1/folders lists those there are.")
        }
        let pauses = try await dependencies.desk { ledger throws(LedgerError) in try ledger.pause(watch: watch) }
        dependencies.log.notice("jobs are paused", metadata: ["folder": "\(watch ?? "all")"])
        return JSONAnswer.response(PauseAnswer(pauses))
    }

    /// A drop folder that is gone from the configuration may still be paused.
    private func resume(_ request: APIRequest) async throws -> Response {
        let watch = try request.query("folder").text("folder")
        let pauses = try await dependencies.desk { ledger throws(LedgerError) -> JobPauses? in
            if let watch, try ledger.pauses().watches[watch] == nil { return nil }
            return try ledger.resume(watch: watch)
        }
        guard let pauses else { throw APIError.conflict("This drop folder is not paused by itself.") }
        dependencies.log.notice("jobs go on", metadata: ["folder": "\(watch ?? "all")"])
        return JSONAnswer.response(PauseAnswer(pauses))
    }
}

/// What is paused, as the API tells of it: all jobs first, then drop folders by name.
package struct PauseAnswer: Codable {
    package struct Pause: Codable {
        /// Nil for all jobs.
        package var folder: String?
        package var since: Date
    }

    package var paused: [Pause]

    init(_ pauses: JobPauses) {
        let watches = pauses.watches.sorted { $0.key < $1.key }.map { Pause(folder: $0.key, since: $0.value) }
        paused = (pauses.all.map { [Pause(folder: nil, since: $0)] } ?? []) + watches
    }
}
