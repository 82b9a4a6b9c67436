import HTTPTypes
import Hummingbird
import Logging
import Telemetry

/// Converts errors to responses, adds the common headers, counts responses, and logs changes with their authors.
struct ResponseMiddleware: RouterMiddleware {
    typealias Context = ConnectionContext

    /// Nil for requests without a route.
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
                // By path: every camera's snapshot and every job is a separate kind of warning.
                let path = context.target.text.prefix { $0 != "?" }
                warnings.warn(
                    "http \(path) \(refusal.status.code)", "\(error)",
                    metadata: ["path": "\(route?.path ?? "")", "status": "\(refusal.status.code)"])
            }
            response = ErrorResponse.response(refusal, to: request)
        }
        if let route, !route.isReading { logChange(request, context, response.status) }
        // For requests with a route the router does this.
        if route == nil, request.method == .head { response = response.createHeadResponse() }
        if !response.headers.contains(.cacheControl) { response.headers[.cacheControl] = "no-store" }
        response.headers.append(contentsOf: Self.securityHeaders)
        metrics.answered(route?.path, response.status)
        return response
    }

    /// Headers of every response for browsers: they must not guess the content type, and no page of another site may
    /// embed the response. Checking `Origin` is not enough, since requests for images may have none.
    static let securityHeaders: HTTPFields = {
        var headers: HTTPFields = [.xContentTypeOptions: "nosniff"]
        if let policy = HTTPField.Name("Cross-Origin-Resource-Policy") { headers[policy] = "same-origin" }
        return headers
    }()

    /// Logs who changed something, or tried to.
    private func logChange(_ request: Request, _ context: ConnectionContext, _ status: HTTPResponse.Status) {
        var metadata = context.logFields.all
        metadata["request"] = "\(request.method.rawValue) \(context.target.text)"
        metadata["status"] = "\(status.code)"
        metadata["by"] = metadata["by"] ?? "unknown"
        metadata["from"] = "\(context.peer ?? "")"
        log.notice(
            status.kind == .successful ? "changed over HTTP" : "change over HTTP refused", metadata: metadata)
    }
}

/// Admits requests with the rights for the route; requests without a route need a valid token too.
struct AccessMiddleware: RouterMiddleware {
    typealias Context = ConnectionContext

    let route: Route?
    let tokens: TokenRegistry

    func handle(
        _ request: Request, context: ConnectionContext, next: (Request, ConnectionContext) async throws -> Response
    ) async throws -> Response {
        let caller = try tokens.accessControl.check(request.head, role: route?.role, isOpen: route?.isOpen ?? false)
        if let caller { context.logFields.add("by", "token \(caller)") }
        return try await next(request, context)
    }
}

/// Occupies a slot of the request's kind until the response is sent.
struct SlotMiddleware: RouterMiddleware {
    typealias Context = ConnectionContext

    let route: Route
    let slots: RequestSlots

    func handle(
        _ request: Request, context: ConnectionContext, next: (Request, ConnectionContext) async throws -> Response
    ) async throws -> Response {
        guard let slot = try slots.enter(route.load(context.target)) else { return try await next(request, context) }
        var response = try await next(request, context)
        // The slot is released when the body was sent, or is discarded.
        let body = response.body
        response.body = ResponseBody(contentLength: body.contentLength) { writer in
            try await body.write(writer)
            withExtendedLifetime(slot) {}
        }
        return response
    }
}

/// Rejects a request without a route: 404 for its path, or 405 for its method.
struct UnknownRouteMiddleware: RouterMiddleware {
    typealias Context = ConnectionContext

    private struct Path {
        var pattern: RouterPath
        var methods: [HTTPRequest.Method]
    }

    /// Paths with fewer parameters first, in the router's order of preference.
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
