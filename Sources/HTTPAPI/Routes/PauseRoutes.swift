import FoundationEssentials
import Hummingbird
import Jobs

/// Pauses of all jobs, or of one drop folder's.
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
        return JSONResponse.response(
            PauseResponse(try await dependencies.store { ledger throws(LedgerError) in try ledger.pauses() }))
    }

    private func pause(_ request: APIRequest) async throws -> Response {
        let dropFolder = try request.query("folder").text("folder")
        if let dropFolder, dependencies.registry[dropFolder] == nil {
            throw APIError.notFound("There is no drop folder of this name; /api/v1/folders lists those there are.")
        }
        let pauses = try await dependencies.store { ledger throws(LedgerError) in
            try ledger.pause(dropFolder: dropFolder)
        }
        dependencies.log.notice("jobs are paused", metadata: ["folder": "\(dropFolder ?? "all")"])
        return JSONResponse.response(PauseResponse(pauses))
    }

    /// Resumes jobs. A drop folder that was removed from the configuration may still be paused.
    private func resume(_ request: APIRequest) async throws -> Response {
        let dropFolder = try request.query("folder").text("folder")
        let pauses = try await dependencies.store { ledger throws(LedgerError) -> JobPauses? in
            if let dropFolder, try ledger.pauses().dropFolders[dropFolder] == nil { return nil }
            return try ledger.resume(dropFolder: dropFolder)
        }
        guard let pauses else { throw APIError.conflict("This drop folder is not paused on its own.") }
        dependencies.log.notice("jobs go on", metadata: ["folder": "\(dropFolder ?? "all")"])
        return JSONResponse.response(PauseResponse(pauses))
    }
}

/// The pauses in the API: all jobs first, then drop folders by name.
package struct PauseResponse: Codable {
    package struct Pause: Codable {
        /// Nil for all jobs.
        package var folder: String?
        package var since: Date
    }

    package var paused: [Pause]

    init(_ pauses: JobPauses) {
        let dropFolders = pauses.dropFolders.sorted { $0.key < $1.key }.map { Pause(folder: $0.key, since: $0.value) }
        paused = (pauses.all.map { [Pause(folder: nil, since: $0)] } ?? []) + dropFolders
    }
}
