import HTTPTypes

/// All routes. Hummingbird's own router can tell neither which methods a path has nor which routes there are.
struct RouteTable: Sendable {
    let routes: [Route]

    /// The route of a request, and what the names in its pattern stand for. HEAD goes where GET goes.
    ///
    /// - Throws: 404 for a path that is none, 405 for a method that the path does not have.
    func find(
        _ method: HTTPRequest.Method, _ path: [String]
    ) throws(APIError) -> (route: Route, parameters: [String: String]) {
        let wanted = method == .head ? .get : method
        // What the folders were called before; the next version will not answer there.
        let path = path.starts(with: ["api", "v1", "watches"]) ? ["api", "v1", "folders"] + path.dropFirst(3) : path
        var methods: [String] = []
        for route in routes {
            guard let parameters = route.pattern.match(path) else { continue }
            if route.method == wanted { return (route, parameters) }
            methods.append(route.method.rawValue)
            if route.method == .get { methods.append(HTTPRequest.Method.head.rawValue) }
        }
        guard !methods.isEmpty else {
            throw .notFound("There is nothing at this path; /api/v1/openapi.yaml lists what there is.")
        }
        let allowed = methods.joined(separator: ", ")
        throw APIError(
            .methodNotAllowed, "method_not_allowed", "This path is used with \(allowed).", headers: [.allow: allowed])
    }
}
