import HTTPTypes
import Hummingbird
import Logging
import Telemetry

/// Answers every request, including invalid ones: Hummingbird's router, with middleware for the requirements of each
/// route.
struct APIResponder: HTTPResponder {
    typealias Context = ConnectionContext

    private let router: RouterResponder<ConnectionContext>
    /// Answers requests that the router cannot handle.
    private let fallback: ResponseMiddleware

    /// - Parameter warnings: limits repeated failures to one line per minute, for example those of a page that polls a
    ///   disconnected camera.
    init(
        routes: [Route], tokens: TokenRegistry, slots: RequestSlots, limits: HTTPLimits, log: Logger,
        warnings: RepeatedWarnings
    ) {
        let router = Self.router(routes, tokens, slots, limits, log, warnings)
        let unknown = UnknownRouteMiddleware(router.routes)
        fallback = ResponseMiddleware(route: nil, log: log, warnings: warnings)
        // Middleware that is added after the routes handles requests without a route.
        router.add(middleware: fallback)
        router.add(middleware: AccessMiddleware(route: nil, tokens: tokens))
        router.add(middleware: unknown)
        self.router = router.buildResponder()
    }

    private static func router(
        _ routes: [Route], _ tokens: TokenRegistry, _ slots: RequestSlots, _ limits: HTTPLimits, _ log: Logger,
        _ warnings: RepeatedWarnings
    ) -> Router<ConnectionContext> {
        let router = Router(context: ConnectionContext.self, options: .autoGenerateHeadEndpoints)
        for route in routes {
            router.group()
                .add(middleware: ResponseMiddleware(route: route, log: log, warnings: warnings))
                .add(middleware: AccessMiddleware(route: route, tokens: tokens))
                .add(middleware: SlotMiddleware(route: route, slots: slots))
                .on(RouterPath(route.path), method: route.method) { request, connection in
                    try await route.answer(
                        APIRequest(request: request, connection: connection, limits: limits, slots: slots))
                }
        }
        return router
    }

    func respond(to request: Request, context: ConnectionContext) async throws -> Response {
        var context = context
        do {
            context.target = try RequestTarget(request.head.path ?? "")
        } catch {
            return try await fallback.handle(request, context: context) { _, _ in throw error }
        }
        var head = request.head
        head.path = context.target.canonicalPath
        return try await router.respond(to: Request(head: head, body: request.body), context: context)
    }
}
