import Hummingbird
import Jobs

/// Liveness, readiness and metrics.
struct HealthRoutes: Sendable {
    let dependencies: HTTPDependencies
    private let check: ReadinessCheck

    init(dependencies: HTTPDependencies) {
        self.dependencies = dependencies
        check = ReadinessCheck(dependencies)
    }

    private struct Status: Encodable {
        var status: String
        /// Why queued jobs are held, if they are; this does not affect readiness.
        var held: [String]?
    }

    var routes: [Route] {
        var routes = [
            Route(.get, "/healthz", isOpen: true, load: .health) { request in
                _ = try request.query()
                return JSONResponse.response(Status(status: "ok"))
            },
            Route(.get, "/readyz", load: .health) { request in
                _ = try request.query()
                return try await readiness()
            },
        ]
        if let text = dependencies.metricsText {
            routes.append(
                Route(.get, "/metrics", load: .health) { request in
                    _ = try request.query()
                    return Response(
                        status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                        body: ResponseBody(byteBuffer: ByteBuffer(string: text())))
                })
        }
        return routes
    }

    private func readiness() async throws -> Response {
        let reasons = await check.reasons()
        guard reasons.isEmpty else {
            throw APIError(
                .serviceUnavailable, "not_ready", "Not ready: \(reasons.joined(separator: "; ")).", reasons: reasons)
        }
        let holds = try await dependencies.holds()
        var held = holds.ofAll
        for dropFolder in dependencies.registry.all { held += holds.of(dropFolder.name).filter { !held.contains($0) } }
        return JSONResponse.response(Status(status: "ready", held: held.isEmpty ? nil : held.map(\.message)))
    }
}

/// Checks whether the daemon can work. Concurrent requests share one check, since it writes to every disk.
actor ReadinessCheck {
    private let dependencies: HTTPDependencies
    private var current: Task<[String], Never>?

    init(_ dependencies: HTTPDependencies) {
        self.dependencies = dependencies
    }

    /// Why the daemon cannot work; empty if it can.
    func reasons() async -> [String] {
        if let current { return await current.value }
        let new = Task { [dependencies] in await Self.reasons(dependencies) }
        current = new
        let reasons = await new.value
        current = nil
        return reasons
    }

    /// Does not check the model, which is loaded before the server starts.
    private static func reasons(_ dependencies: HTTPDependencies) async -> [String] {
        var reasons: [String] = []
        do {
            try await dependencies.store { ledger throws(LedgerError) in try ledger.probe() }
        } catch {
            reasons.append("the ledger \(error.reason)")
        }
        return reasons + (await FolderCheck.allProblems(dependencies.registry.all))
    }
}
