import DaemonConfiguration
import Hummingbird
import JobService
import Jobs

/// Lists, shows and changes jobs.
struct JobRoutes: Sendable {
    let dependencies: HTTPDependencies

    private struct PriorityBody: Decodable {
        var priority: Int
    }

    /// The number of jobs that were changed.
    private struct ChangeResponse: Encodable {
        var changed: Int
    }

    /// The maximum number of jobs on one page.
    static let maximumPageSize = 500

    var routes: [Route] {
        [
            Route(.get, "/api/v1/jobs", answer: list),
            Route(.post, "/api/v1/jobs/retry", answer: retryMany),
            Route(.post, "/api/v1/jobs/cancel", answer: cancelMany),
            Route(.get, "/api/v1/jobs/{id}", answer: show),
            Route(.post, "/api/v1/jobs/{id}/retry", answer: retry),
            Route(.post, "/api/v1/jobs/{id}/cancel", answer: cancel),
            Route(.post, "/api/v1/jobs/{id}/priority", answer: prioritise),
        ]
    }

    private func list(_ request: APIRequest) async throws -> Response {
        let query = try request.query("state", "folder", "name", "before", "limit")
        let filter = try JobFilter(query)
        let before = try query.integer("before", Int64(1)...Int64.max)
        let limit = try query.integer("limit", 1...Self.maximumPageSize) ?? 100
        let page = try await dependencies.store { ledger throws(LedgerError) in
            try ledger.page(filter, before: before, limit: limit)
        }
        let holds = try await dependencies.holds()
        return JSONResponse.response(JobListResponse(jobs: page.jobs.map { answer($0, holds) }, next: page.next))
    }

    private func retryMany(_ request: APIRequest) async throws -> Response {
        let filter = try JobFilter(
            request.query("state", "folder", "name"), defaultState: .failed,
            allowed: [.failed, .quarantined, .cancelled, .queued])
        return try await change(filter, .retry)
    }

    private func cancelMany(_ request: APIRequest) async throws -> Response {
        let filter = try JobFilter(
            request.query("state", "folder", "name"), defaultState: .queued, allowed: [.queued, .running])
        return try await change(filter, .cancel)
    }

    private enum Change {
        case retry
        case cancel
    }

    /// Changes many jobs in steps, so that the ledger is available to others in between.
    private func change(_ filter: JobFilter, _ change: Change) async throws -> Response {
        var count = 0
        var before: Job.ID?
        var isOver = false
        while !isOver {
            let done = try await step(filter, change, before: before)
            count += done.changed.count
            before = done.next
            isOver = done.next == nil
        }
        return JSONResponse.response(ChangeResponse(changed: count))
    }

    // A separate function, without `Task.checkCancellation`: Swift 6.3.1 crashes in release builds (CoroSplit) if that
    // call and the ledger's typed error occur in one asynchronous function.
    @inline(never)
    private func step(_ filter: JobFilter, _ change: Change, before: Job.ID?) async throws -> Ledger.Step {
        if Task.isCancelled { throw CancellationError() }
        let running = dependencies.running
        let done = try await dependencies.store { ledger throws(LedgerError) in
            switch change {
            // Excludes cancelled jobs whose attempts have not ended: two attempts would write one file.
            case .retry: try ledger.retry(filter, except: Set(running.all.map(\.job.id)), before: before)
            case .cancel: try ledger.cancel(filter, before: before)
            }
        }
        for job in done.changed where job.state == .cancelled { running.stop(job.id, .cancelled) }
        return done
    }

    private func show(_ request: APIRequest) async throws -> Response {
        let query = try request.query("wait")
        let id = try request.jobNumber()
        let seconds = try query.integer("wait", 0...HTTPLimits.longestWait) ?? 0
        let job: Job?
        if seconds > 0 {
            let wait = JobWait(store: dependencies.store, clock: dependencies.clock)
            job = try await request.connection.whileConnected { try await wait.settled(id, atMost: seconds) }
        } else {
            job = try await dependencies.store { ledger throws(LedgerError) in try ledger.job(id) }
        }
        guard let job else { throw APIError.notFound("There is no job \(id).") }
        return try await response(job)
    }

    private func retry(_ request: APIRequest) async throws -> Response {
        _ = try request.query()
        let id = try request.jobNumber()
        // A cancelled attempt may not have ended yet; two attempts would write one file.
        guard !dependencies.running.all.contains(where: { $0.job.id == id }) else {
            throw APIError.conflict("Job \(id) is being annotated or has not ended yet; try again later.")
        }
        return try await response(
            try await dependencies.store { ledger throws(LedgerError) in try ledger.retry(id) })
    }

    private func cancel(_ request: APIRequest) async throws -> Response {
        _ = try request.query()
        let id = try request.jobNumber()
        let job = try await dependencies.store { ledger throws(LedgerError) in try ledger.cancel(id) }
        dependencies.running.stop(id, .cancelled)
        return try await response(job)
    }

    private func prioritise(_ request: APIRequest) async throws -> Response {
        _ = try request.query()
        let id = try request.jobNumber()
        let priority = try await request.body(PriorityBody.self, keys: ["priority"]).priority
        guard DropFolderSettings.priorities.contains(priority) else {
            throw APIError.unprocessable(
                "A priority is a whole number from \(DropFolderSettings.priorities.lowerBound) to \(DropFolderSettings.priorities.upperBound)."
            )
        }
        request.logFields.add("priority", "\(priority)")
        return try await response(
            try await dependencies.store { ledger throws(LedgerError) in try ledger.prioritise(id, priority) })
    }

    private func response(_ job: Job) async throws -> Response {
        JSONResponse.response(answer(job, try await dependencies.holds()))
    }

    private func answer(_ job: Job, _ holds: JobHolds) -> JobResponse {
        JobResponse(job, running: dependencies.running.progress(of: job.id), holds: holds)
    }
}

extension JobFilter {
    /// The filter from the parameters `state`, `folder` and `name`.
    init(_ query: QueryItems) throws(APIError) {
        self.init(
            states: try query.choices("state", of: JobState.self), dropFolder: try query.text("folder"),
            name: try query.text("name"))
    }

    /// The filter for a change of many jobs.
    ///
    /// - Parameters:
    ///   - defaultState: the state if none is given.
    ///   - allowed: the states in which the change is possible.
    /// - Throws: 400 if no parameter is given, so that an omission does not change every job; 422 for other states.
    init(_ query: QueryItems, defaultState: JobState, allowed: [JobState]) throws(APIError) {
        try self.init(query)
        guard !isEmpty else {
            throw .badRequest("Select the jobs by at least one of state, folder and name.")
        }
        let states = self.states ?? [defaultState]
        guard states.isSubset(of: allowed) else {
            let names = allowed.map(\.rawValue).joined(separator: ", ")
            throw .unprocessable("This is possible for jobs whose state is one of \(names).")
        }
        self.states = states
    }
}
