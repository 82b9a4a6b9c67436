import Files
import FoundationEssentials
import HTTPTypes
import Hummingbird

/// A request as the route that answers it sees it.
struct APIRequest: Sendable {
    let request: Request
    let connection: ConnectionContext
    let limits: HTTPLimits
    let places: RequestPlaces

    var notes: RequestNotes { connection.notes }

    /// The query, which may have these parameters and no others.
    func query(_ allowed: String...) throws(APIError) -> QueryItems {
        try QueryItems(connection.target.query, allowed: allowed)
    }

    /// What a name in the route's path stands for, decoded.
    func parameter(_ name: String) -> String { connection.parameters.get(name)?.withoutPercentSigns ?? "" }

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
