import Files
import FoundationEssentials

/// The decoded path and query of a request.
struct RequestTarget: Sendable {
    /// The target as sent.
    let text: String
    /// The path segments, each decoded: `%2F` is part of a segment, not a separator.
    let path: [String]
    let query: [(name: String, value: String)]

    /// - Throws: 400 for an invalid target.
    init(_ target: String) throws(APIError) {
        guard target.hasPrefix("/") else { throw .badRequest("The request has to name a path that begins with /.") }
        let whole = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)[0]
        let parts = whole.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var path: [String] = []
        for part in parts[0].dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            path.append(try Self.decoded(part))
        }
        var query: [(name: String, value: String)] = []
        for item in parts.count > 1 ? parts[1].split(separator: "&") : [] {
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = pair.count > 1 ? pair[1].replacing("+", with: " ") : ""
            query.append((try Self.decoded(pair[0]), try Self.decoded(Substring(value))))
        }
        self.init(text: target, path: path, query: query)
    }

    private init(text: String, path: [String], query: [(name: String, value: String)]) {
        self.text = text
        self.path = path
        self.query = query
    }

    /// The target of a request that has not been read yet.
    static let none = RequestTarget(text: "", path: [], query: [])

    /// The path in canonical form for the router, which neither decodes its input nor distinguishes `//` from `/`: all
    /// characters except letters, digits and `-._~` are encoded, and a path with an empty segment, which no route has,
    /// becomes `/`.
    var canonicalPath: String {
        guard !path.contains("") else { return "/" }
        // The former name of folders; the next version will not support it.
        let isOld = path.starts(with: ["api", "v1", "watches"])
        return (isOld ? ["api", "v1", "folders"] + path.dropFirst(3) : path).map { "/" + Self.encoded($0) }.joined()
    }

    private static func encoded(_ part: String) -> String {
        part.utf8.reduce(into: "") { text, byte in
            let scalar = Unicode.Scalar(byte)
            if scalar.isASCII && scalar.properties.isAlphabetic || "0123456789-._~".unicodeScalars.contains(scalar) {
                text.unicodeScalars.append(scalar)
            } else {
                text += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
    }

    private static func decoded(_ text: Substring) throws(APIError) -> String {
        guard let decoded = String(text).withoutPercentSigns else {
            throw .badRequest("The path and the query have to be percent-encoded UTF-8.")
        }
        return decoded
    }
}
