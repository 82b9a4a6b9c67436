import HTTPTypes
import Hummingbird
import Logging
import Telemetry

/// Answers every request, the wrong ones too: Hummingbird's router, with what a route demands as middleware around it.
struct APIResponder: HTTPResponder {
    typealias Context = ConnectionContext

    private let router: RouterResponder<ConnectionContext>
    /// For what is no request of this server.
    private let answers: AnswerMiddleware

    /// - Parameter warnings: the same failure again and again, as of a page that asks for a camera that is disconnected, is a line a
    ///   minute.
    init(
        routes: [Route], tokens: TokenRegistry, places: RequestPlaces, limits: HTTPLimits, log: Logger,
        warnings: RepeatedWarnings
    ) {
        let router = Self.router(routes, tokens, places, limits, log, warnings)
        let unknown = UnknownRouteMiddleware(router.routes)
        answers = AnswerMiddleware(route: nil, log: log, warnings: warnings)
        // What is added after the routes is for requests that have none.
        router.add(middleware: answers)
        router.add(middleware: AccessMiddleware(route: nil, tokens: tokens))
        router.add(middleware: unknown)
        self.router = router.buildResponder()
    }

    private static func router(
        _ routes: [Route], _ tokens: TokenRegistry, _ places: RequestPlaces, _ limits: HTTPLimits, _ log: Logger,
        _ warnings: RepeatedWarnings
    ) -> Router<ConnectionContext> {
        let router = Router(context: ConnectionContext.self, options: .autoGenerateHeadEndpoints)
        for route in routes {
            router.group()
                .add(middleware: AnswerMiddleware(route: route, log: log, warnings: warnings))
                .add(middleware: AccessMiddleware(route: route, tokens: tokens))
                .add(middleware: PlaceMiddleware(route: route, places: places))
                .on(RouterPath(route.path), method: route.method) { request, connection in
                    try await route.answer(
                        APIRequest(request: request, connection: connection, limits: limits, places: places))
                }
        }
        return router
    }

    func respond(to request: Request, context: ConnectionContext) async throws -> Response {
        var context = context
        do {
            context.target = try RequestTarget(request.head.path ?? "")
        } catch {
            return try await answers.handle(request, context: context) { _, _ in throw error }
        }
        var head = request.head
        head.path = context.target.canonicalPath
        return try await router.respond(to: Request(head: head, body: request.body), context: context)
    }
}
