import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Telemetry

/// Answers every request, the wrong ones too.
struct APIResponder: HTTPResponder {
    typealias Context = ConnectionContext

    let table: RouteTable
    let tokens: TokenBook
    let places: RequestPlaces
    let limits: HTTPLimits
    let metrics: HTTPMetrics
    let log: Logger
    /// The same failure again and again, as of a page that asks for a camera that is away, is a line a minute.
    let warnings: RepeatedWarnings

    func respond(to request: Request, context: ConnectionContext) async -> Response {
        var route: Route?
        var caller: String?
        let notes = RequestNotes()
        var response: Response
        do {
            let target = try RequestTarget(request.head.path ?? "")
            let found = Result { () throws(APIError) in try table.find(request.method, target.path) }
            route = try? found.get().route
            caller = try tokens.gate.check(request.head, role: route?.role, isOpen: route?.isOpen ?? false)
            let (_, parameters) = try found.get()
            response = try await answer(
                found.get().route,
                APIRequest(
                    request: request, connection: context, target: target, parameters: parameters, limits: limits,
                    places: places, notes: notes))
        } catch {
            let refusal = APIError(error)
            if refusal.status.kind == .serverError {
                let path = route?.pattern.text ?? ""
                // Each camera's snapshot and each job is a matter of its own.
                let asked = (request.head.path ?? "").prefix { $0 != "?" }
                warnings.warn(
                    "http \(asked) \(refusal.status.code)", "\(error)",
                    metadata: ["path": "\(path)", "status": "\(refusal.status.code)"])
            }
            response = ErrorAnswer.response(refusal, to: request)
        }
        if let route, !route.isReading {
            tell(request, route, by: caller, from: context.peer, notes, response.status)
        }
        if request.method == .head { response = response.createHeadResponse() }
        if !response.headers.contains(.cacheControl) { response.headers[.cacheControl] = "no-store" }
        response.headers.append(contentsOf: Self.guards)
        metrics.answered(route?.pattern, response.status)
        return response
    }

    /// What every answer says to browsers: it is what it says it is, and no page of another site may show it. A page need not
    /// say where it is when it asks for a picture.
    static let guards: HTTPFields = {
        var headers: HTTPFields = [.xContentTypeOptions: "nosniff"]
        if let policy = HTTPField.Name("Cross-Origin-Resource-Policy") { headers[policy] = "same-origin" }
        return headers
    }()

    private func answer(_ route: Route, _ request: APIRequest) async throws -> Response {
        guard let place = try places.enter(route.load(request.target)) else { return try await route.answer(request) }
        var response = try await route.answer(request)
        // The place is free when the body is sent, or when it never will be.
        let body = response.body
        response.body = ResponseBody(contentLength: body.contentLength) { writer in
            try await body.write(writer)
            withExtendedLifetime(place) {}
        }
        return response
    }

    /// Who changed what, or wanted to.
    private func tell(
        _ request: Request, _ route: Route, by caller: String?, from peer: String?, _ notes: RequestNotes,
        _ status: HTTPResponse.Status
    ) {
        let metadata: Logger.Metadata = [
            "request": "\(request.method.rawValue) \(request.head.path ?? "")", "status": "\(status.code)",
            "by": "\(caller.map { "token \($0)" } ?? "nobody known")", "from": "\(peer ?? "")",
        ]
        let isDone = status.kind == .successful
        log.notice(
            isDone ? "changed over HTTP" : "change over HTTP refused",
            metadata: metadata.merging(notes.all) { own, _ in own })
    }
}
