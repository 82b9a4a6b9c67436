import Hummingbird
import Jobs

/// The jobs: which there are, how they fare, and what people ask of them.
struct JobRoutes: Sendable {
    let dependencies: HTTPDependencies

    private struct PriorityBody: Decodable {
        var priority: Int
    }

    /// Jobs on one page.
    static let most = 500
    static let priorities = -1000...1000

    var routes: [Route] {
        [
            Route(.get, "/api/v1/jobs", answer: list),
            Route(.get, "/api/v1/jobs/{id}", answer: show),
            Route(.post, "/api/v1/jobs/{id}/retry", answer: retry),
            Route(.post, "/api/v1/jobs/{id}/cancel", answer: cancel),
            Route(.post, "/api/v1/jobs/{id}/priority", answer: prioritise),
        ]
    }

    private func list(_ request: APIRequest) async throws -> Response {
        let query = try request.query("state", "watch", "before", "limit")
        let states = try query.choices("state", of: JobState.self)
        let watch = try query.text("watch")
        let before = try query.integer("before", Int64(1)...Int64.max)
        let limit = try query.integer("limit", 1...Self.most) ?? 100
        // One more than asked for says whether there is another page.
        let jobs = try await dependencies.desk { ledger throws(LedgerError) in
            try ledger.jobs(states: states, watch: watch, before: before, limit: limit + 1)
        }
        let page = jobs.prefix(limit)
        return JSONAnswer.response(
            JobListAnswer(jobs: page.map(answer), next: jobs.count > limit ? page.last?.id : nil))
    }

    private func show(_ request: APIRequest) async throws -> Response {
        let query = try request.query("wait")
        let id = try request.jobNumber()
        let seconds = try query.integer("wait", 0...HTTPLimits.longestWait) ?? 0
        let job: Job?
        if seconds > 0 {
            job = try await JobWait(desk: dependencies.desk, clock: dependencies.clock).settled(id, atMost: seconds)
        } else {
            job = try await dependencies.desk { ledger throws(LedgerError) in try ledger.job(id) }
        }
        guard let job else { throw APIError.notFound("There is no job \(id).") }
        return JSONAnswer.response(answer(job))
    }

    private func retry(_ request: APIRequest) async throws -> Response {
        _ = try request.query()
        let id = try request.jobNumber()
        // Its attempt, cancelled, may not have ended yet; two would write one file.
        guard !dependencies.running.all.contains(where: { $0.job.id == id }) else {
            throw APIError.conflict("Job \(id) is being annotated or has not come to its end yet; try again then.")
        }
        return JSONAnswer.response(
            answer(try await dependencies.desk { ledger throws(LedgerError) in try ledger.retry(id) }))
    }

    private func cancel(_ request: APIRequest) async throws -> Response {
        _ = try request.query()
        let id = try request.jobNumber()
        let job = try await dependencies.desk { ledger throws(LedgerError) in try ledger.cancel(id) }
        dependencies.running.stop(id, .cancelled)
        return JSONAnswer.response(answer(job))
    }

    private func prioritise(_ request: APIRequest) async throws -> Response {
        _ = try request.query()
        let id = try request.jobNumber()
        let priority = try await request.body(PriorityBody.self, keys: ["priority"]).priority
        guard Self.priorities.contains(priority) else {
            throw APIError.unprocessable(
                "A priority is a whole number from \(Self.priorities.lowerBound) to \(Self.priorities.upperBound).")
        }
        return JSONAnswer.response(
            answer(try await dependencies.desk { ledger throws(LedgerError) in try ledger.prioritise(id, priority) }))
    }

    private func answer(_ job: Job) -> JobAnswer {
        JobAnswer(job, running: dependencies.running.progress(of: job.id))
    }
}
