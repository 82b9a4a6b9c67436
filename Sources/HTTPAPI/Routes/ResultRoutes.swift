import Encode
import Files
import FoundationEssentials
import Hummingbird
import JobService
import Jobs

/// The files of jobs that are done: the annotated video, its captions and its record.
struct ResultRoutes: Sendable {
    let dependencies: HTTPDependencies

    var routes: [Route] {
        [
            Route(.get, "/api/v1/jobs/{id}/result", load: .download) { request in
                try await file(request, contentType: Self.contentType) { $0 }
            },
            Route(.get, "/api/v1/jobs/{id}/captions", load: .download) { request in
                try await file(request, contentType: { _ in "text/vtt; charset=utf-8" }, OutputRegistry.captions)
            },
            Route(.get, "/api/v1/jobs/{id}/record", load: .download) { request in
                try await file(request, contentType: { _ in JSONResponse.contentType }, OutputRegistry.sidecar)
            },
        ]
    }

    /// - Parameter choose: derives the file's path from that of the job's video.
    private func file(
        _ request: APIRequest, contentType: (String) -> String, _ choose: (String) -> String
    ) async throws -> Response {
        let job = try await finishedJob(request)
        let path = choose(job.output)
        return try await FileResponse(
            path: path, folder: folder(of: job), contentType: contentType(path), tag: Self.tag(job),
            connection: request.connection, limits: request.limits, clock: dependencies.clock
        ).response(to: request.request.head)
    }

    /// The drop folder's output folder; the file's own folder if the drop folder was removed or now writes elsewhere.
    private func folder(of job: Job) -> String {
        if let output = dependencies.registry[job.dropFolder]?.output, job.output.hasPrefix(output + "/") {
            return output
        }
        return FileName.split(job.output).folder
    }

    private func finishedJob(_ request: APIRequest) async throws -> Job {
        _ = try request.query()
        let id = try request.jobNumber()
        let job = try await dependencies.store { ledger throws(LedgerError) in try ledger.job(id) }
        guard let job else { throw APIError.notFound("There is no job \(id).") }
        guard job.state == .done else {
            throw APIError.conflict("Job \(id) is \(job.state.rawValue); there is a result when it is done.")
        }
        return job
    }

    /// The ETag: the video's origin and when it was made, since a job that is done again makes another file.
    static func tag(_ job: Job) -> String {
        let time = Int64((job.finishedAt?.timeIntervalSince1970 ?? 0) * 1000)
        return "\"\(job.key.origin)-\(String(time, radix: 16))\""
    }

    static func contentType(_ path: String) -> String {
        switch try? OutputContainer(path: path) {
        case .mp4: "video/mp4"
        case .mov: "video/quicktime"
        case .mkv: "video/x-matroska"
        case .webm: "video/webm"
        case .ts: "video/mp2t"
        case .avi: "video/x-msvideo"
        case nil: "application/octet-stream"
        }
    }
}
