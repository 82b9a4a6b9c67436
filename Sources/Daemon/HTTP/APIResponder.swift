import HTTPTypes
import Hummingbird
import NIOCore
import Telemetry

/// Answers every request, the wrong ones too.
struct APIResponder: HTTPResponder {
    typealias Context = ConnectionContext

    let table: RouteTable
    let gate: RequestGate
    let gauge: RequestGauge
    let limits: HTTPLimits
    let metrics: HTTPMetrics
    /// The same failure again and again, as of a page that asks for a camera that is away, is a line a minute.
    let warnings: RepeatedWarnings

    func respond(to request: Request, context: ConnectionContext) async -> Response {
        var pattern: RoutePattern?
        var response: Response
        do {
            let target = try RequestTarget(request.head.path ?? "")
            let found = Result { () throws(APIError) in try table.find(request.method, target.path) }
            let route = try? found.get().route
            pattern = route?.pattern
            try gate.check(request.head, isOpen: route?.isOpen ?? false)
            let (_, parameters) = try found.get()
            response = try await answer(
                found.get().route,
                APIRequest(
                    request: request, connection: context, target: target, parameters: parameters, limits: limits))
        } catch {
            let refusal = APIError(error)
            if refusal.status.kind == .serverError {
                let path = pattern?.text ?? ""
                // Each camera's snapshot and each job is a matter of its own.
                let asked = (request.head.path ?? "").prefix { $0 != "?" }
                warnings.warn(
                    "http \(asked) \(refusal.status.code)", "\(error)",
                    metadata: ["path": "\(path)", "status": "\(refusal.status.code)"])
            }
            response = ErrorAnswer.response(refusal, to: request)
        }
        if request.method == .head { response = response.createHeadResponse() }
        if !response.headers.contains(.cacheControl) { response.headers[.cacheControl] = "no-store" }
        response.headers[.xContentTypeOptions] = "nosniff"
        metrics.answered(pattern, response.status)
        return response
    }

    private func answer(_ route: Route, _ request: APIRequest) async throws -> Response {
        guard !route.isOpen, !route.isLasting else { return try await route.answer(request) }
        let place = try gauge.enter()
        var response = try await route.answer(request)
        // The place is free when the body is sent, or when it never will be.
        let body = response.body
        response.body = ResponseBody(contentLength: body.contentLength) { writer in
            try await body.write(writer)
            withExtendedLifetime(place) {}
        }
        return response
    }
}
