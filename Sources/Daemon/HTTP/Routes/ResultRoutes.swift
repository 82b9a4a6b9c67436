import Encode
import Foundation
import Hummingbird
import Jobs

/// What jobs made: the annotated video, its captions and its record.
struct ResultRoutes: Sendable {
    let dependencies: HTTPDependencies

    var routes: [Route] {
        [
            Route(.get, "/api/v1/jobs/{id}/result") { request in
                let job = try await finishedJob(request)
                return try await FileAnswer(
                    path: job.output, contentType: Self.contentType(job.output), tag: Self.tag(job)
                ).response(to: request.request.head)
            },
            Route(.get, "/api/v1/jobs/{id}/captions") { request in
                let job = try await finishedJob(request)
                return try await FileAnswer(
                    path: OutputNames.captions(job.output), contentType: "text/vtt; charset=utf-8", tag: Self.tag(job)
                ).response(to: request.request.head)
            },
            Route(.get, "/api/v1/jobs/{id}/record") { request in
                let job = try await finishedJob(request)
                return try await FileAnswer(
                    path: OutputNames.sidecar(job.output), contentType: JSONAnswer.contentType, tag: Self.tag(job)
                ).response(to: request.request.head)
            },
        ]
    }

    private func finishedJob(_ request: APIRequest) async throws -> Job {
        _ = try request.query()
        let id = try request.jobNumber()
        let job = try await dependencies.desk { ledger throws(LedgerError) in try ledger.job(id) }
        guard let job else { throw APIError.notFound("There is no job \(id).") }
        guard job.state == .done else {
            throw APIError.conflict("Job \(id) is \(job.state.rawValue); there is a result when it is done.")
        }
        return job
    }

    /// What the video was made of, and when: a job that is done once more makes another file.
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
