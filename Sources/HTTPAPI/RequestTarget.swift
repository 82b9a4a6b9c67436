import Foundation

/// The path and the query of a request, decoded.
struct RequestTarget: Sendable, Equatable {
    /// The parts between slashes, each decoded: `%2F` is part of a name, no separator.
    let path: [String]
    let query: [(name: String, value: String)]

    /// - Throws: 400 for what is no path of this server.
    init(_ target: String) throws(APIError) {
        guard target.hasPrefix("/") else { throw .badRequest("The request has to name a path that begins with /.") }
        let whole = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)[0]
        let parts = whole.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var path: [String] = []
        for part in parts[0].dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            path.append(try Self.decoded(part))
        }
        self.path = path
        var query: [(name: String, value: String)] = []
        for item in parts.count > 1 ? parts[1].split(separator: "&") : [] {
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = pair.count > 1 ? pair[1].replacing("+", with: " ") : ""
            query.append((try Self.decoded(pair[0]), try Self.decoded(Substring(value))))
        }
        self.query = query
    }

    private static func decoded(_ text: Substring) throws(APIError) -> String {
        guard let decoded = String(text).removingPercentEncoding else {
            throw .badRequest("The path and the query have to be percent-encoded UTF-8.")
        }
        return decoded
    }

    static func == (left: Self, right: Self) -> Bool {
        left.path == right.path && left.query.elementsEqual(right.query, by: ==)
    }
}
