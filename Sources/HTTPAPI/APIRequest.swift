import Files
import FoundationEssentials
import HTTPTypes
import Hummingbird

/// A request as passed to its route.
struct APIRequest: Sendable {
    let request: Request
    let connection: ConnectionContext
    let limits: HTTPLimits
    let slots: RequestSlots

    var logFields: RequestLogFields { connection.logFields }

    /// The query, which may contain only these parameters.
    func query(_ allowed: String...) throws(APIError) -> QueryItems {
        try QueryItems(connection.target.query, allowed: allowed)
    }

    /// The decoded value of a parameter in the route's path.
    func parameter(_ name: String) -> String { connection.parameters.get(name)?.withoutPercentSigns ?? "" }

    /// The job number in the path's parameter `id`.
    func jobNumber() throws(APIError) -> Int64 {
        let text = parameter("id")
        guard let number = Int64(text), number > 0, text.allSatisfy(\.isNumber) else {
            throw .notFound("Jobs have numbers; \"\(text.prefix(60))\" is none.")
        }
        return number
    }

    /// The body, which must be one JSON object with these keys.
    func body<Body: Decodable>(_ type: Body.Type, keys: Set<String>) async throws -> Body {
        try await connection.sendContinue(for: request)
        let bytes = try await request.body.collect(upTo: limits.bodyBytes)
        let data = Data(bytes.readableBytesView)
        let expected = keys.sorted().joined(separator: ", ")
        guard let object = try? JSONDecoder().decode([String: Anything?].self, from: data) else {
            throw APIError.badRequest("The body has to be a JSON object with \(expected).")
        }
        guard Set(object.keys).isSubset(of: keys), let body = try? JSONDecoder().decode(type, from: data) else {
            throw APIError.badRequest("The body has to be a JSON object with \(expected), and nothing else.")
        }
        return body
    }

    /// Whatever a key of an object stands for.
    private struct Anything: Decodable {
        init(from decoder: any Decoder) {}
    }
}
