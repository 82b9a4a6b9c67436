import HTTPTypes
import Hummingbird
import Logging
import Telemetry

/// Turns errors into answers, says in every answer what all of them say, counts them, and logs who changed what.
struct AnswerMiddleware: RouterMiddleware {
    typealias Context = ConnectionContext

    /// Nil for requests that have none.
    let route: Route?
    let metrics = HTTPMetrics()
    let log: Logger
    let warnings: RepeatedWarnings

    init(route: Route?, log: Logger, warnings: RepeatedWarnings) {
        self.route = route
        self.log = log
        self.warnings = warnings
    }

    func handle(
        _ request: Request, context: ConnectionContext, next: (Request, ConnectionContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            let refusal = APIError(error)
            if refusal.status.kind == .serverError {
                // Each camera's snapshot and each job is a matter of its own.
                let asked = context.target.text.prefix { $0 != "?" }
                warnings.warn(
                    "http \(asked) \(refusal.status.code)", "\(error)",
                    metadata: ["path": "\(route?.path ?? "")", "status": "\(refusal.status.code)"])
            }
            response = ErrorResponse.response(refusal, to: request)
        }
        if let route, !route.isReading { tell(request, context, response.status) }
        // Of a route the router does it.
        if route == nil, request.method == .head { response = response.createHeadResponse() }
        if !response.headers.contains(.cacheControl) { response.headers[.cacheControl] = "no-store" }
        response.headers.append(contentsOf: Self.guards)
        metrics.answered(route?.path, response.status)
        return response
    }

    /// What every answer says to browsers: it is what it says it is, and no page of another site may show it. A page need not
    /// say where it is when it asks for an image.
    static let guards: HTTPFields = {
        var headers: HTTPFields = [.xContentTypeOptions: "nosniff"]
        if let policy = HTTPField.Name("Cross-Origin-Resource-Policy") { headers[policy] = "same-origin" }
        return headers
    }()

    /// Who changed what, or wanted to.
    private func tell(_ request: Request, _ context: ConnectionContext, _ status: HTTPResponse.Status) {
        var metadata = context.notes.all
        metadata["request"] = "\(request.method.rawValue) \(context.target.text)"
        metadata["status"] = "\(status.code)"
        metadata["by"] = metadata["by"] ?? "unknown"
        metadata["from"] = "\(context.peer ?? "")"
        log.notice(
            status.kind == .successful ? "changed over HTTP" : "change over HTTP refused", metadata: metadata)
    }
}

/// Lets through who may ask for the route; what has no route is nothing for strangers either.
struct AccessMiddleware: RouterMiddleware {
    typealias Context = ConnectionContext

    let route: Route?
    let tokens: TokenRegistry

    func handle(
        _ request: Request, context: ConnectionContext, next: (Request, ConnectionContext) async throws -> Response
    ) async throws -> Response {
        let caller = try tokens.accessControl.check(request.head, role: route?.role, isOpen: route?.isOpen ?? false)
        if let caller { context.notes.add("by", "token \(caller)") }
        return try await next(request, context)
    }
}

/// Holds a place among the requests of the route's kind until the answer is sent.
struct PlaceMiddleware: RouterMiddleware {
    typealias Context = ConnectionContext

    let route: Route
    let places: RequestPlaces

    func handle(
        _ request: Request, context: ConnectionContext, next: (Request, ConnectionContext) async throws -> Response
    ) async throws -> Response {
        guard let place = try places.enter(route.load(context.target)) else { return try await next(request, context) }
        var response = try await next(request, context)
        // The place is free when the body is sent, or when it never will be.
        let body = response.body
        response.body = ResponseBody(contentLength: body.contentLength) { writer in
            try await body.write(writer)
            withExtendedLifetime(place) {}
        }
        return response
    }
}

/// Says what is wrong with a request that has no route: 404 for its path, or 405 for its method.
struct UnknownRouteMiddleware: RouterMiddleware {
    typealias Context = ConnectionContext

    private struct Path {
        var pattern: RouterPath
        var methods: [HTTPRequest.Method]
    }

    /// Those with fewer names in them first, as the router prefers them.
    private let paths: [Path]

    init(_ routes: [Router<ConnectionContext>.RouteDescription]) {
        let methods = Dictionary(grouping: routes) { $0.path.description }
        paths = methods.sorted { ($0.key.count { $0 == "{" }, $0.key) < ($1.key.count { $0 == "{" }, $1.key) }
            .map { Path(pattern: RouterPath($0.key), methods: $0.value.map(\.method)) }
    }

    func handle(
        _ request: Request, context: ConnectionContext, next: (Request, ConnectionContext) async throws -> Response
    ) async throws -> Response {
        let parts = request.uri.path.split(separator: "/")
        let path = paths.first { path in
            path.pattern.count == parts.count && zip(path.pattern, parts).allSatisfy { $0 ~= $1 }
        }
        guard let path else {
            throw APIError.notFound("There is nothing at this path; /api/v1/openapi.yaml lists what there is.")
        }
        let allowed = path.methods.flatMap { $0 == .get ? [$0, .head] : [$0] }.map(\.rawValue).joined(separator: ", ")
        throw APIError(
            .methodNotAllowed, "method_not_allowed", "This path is used with \(allowed).", headers: [.allow: allowed])
    }
}
