import Foundation
import HTTPTypes
import Hummingbird

/// A request as the route that answers it sees it.
struct APIRequest: Sendable {
    let request: Request
    let connection: ConnectionContext
    let target: RequestTarget
    /// What the names in the route's pattern stand for.
    let parameters: [String: String]
    let limits: HTTPLimits
    let places: RequestPlaces
    let notes: RequestNotes

    /// The query, which may have these parameters and no others.
    func query(_ allowed: String...) throws(APIError) -> QueryItems {
        try QueryItems(target.query, allowed: allowed)
    }

    /// A parameter of the path.
    func parameter(_ name: String) -> String { parameters[name] ?? "" }

    /// The parameter `id` of the path.
    func jobNumber() throws(APIError) -> Int64 {
        let text = parameter("id")
        guard let number = Int64(text), number > 0, text.allSatisfy(\.isNumber) else {
            throw .notFound("Jobs have numbers; \"\(text.prefix(60))\" is none.")
        }
        return number
    }

    /// The body, which has to be one JSON object with these keys.
    func body<Body: Decodable>(_ type: Body.Type, keys: Set<String>) async throws -> Body {
        try await connection.invite(request)
        let bytes = try await request.body.collect(upTo: limits.bodyBytes)
        let data = Data(bytes.readableBytesView)
        let expected = keys.sorted().joined(separator: ", ")
        guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw APIError.badRequest("The body has to be a JSON object with \(expected).")
        }
        guard Set(object.keys).isSubset(of: keys), let body = try? JSONDecoder().decode(type, from: data) else {
            throw APIError.badRequest("The body has to be a JSON object with \(expected), and nothing else.")
        }
        return body
    }
}
