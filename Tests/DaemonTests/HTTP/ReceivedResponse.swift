import Foundation
import Testing

/// A parsed response of a server.
struct ReceivedResponse: Sendable {
    var status: Int
    /// The headers by lower-case name.
    var headers: [String: String]
    var body: [UInt8]

    /// - Parameter bytes: all bytes received on a connection with one request.
    init(_ bytes: [UInt8]) throws {
        let end = try #require(bytes.indices.first { bytes[$0...].starts(with: [13, 10, 13, 10]) }, "no answer")
        let lines = String(decoding: bytes[..<end], as: UTF8.self).components(separatedBy: "\r\n")
        let parts = try #require(lines.first).split(separator: " ")
        try #require(parts.count >= 2 && parts[0] == "HTTP/1.1")
        status = try #require(Int(parts[1]))
        headers = [:]
        for line in lines.dropFirst() {
            let colon = try #require(line.firstIndex(of: ":"))
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(
                in: .whitespaces)
        }
        body = Array(bytes[(end + 4)...])
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as a JSON object.
    func json() throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any], "\(text)")
    }

    /// Checks that this is an error with a sentence, as the API specifies for all errors.
    func expectError(
        _ status: Int, _ code: String? = nil, mention: String = "", _ location: SourceLocation = #_sourceLocation
    ) throws {
        #expect(self.status == status, "\(text)", sourceLocation: location)
        #expect(headers["content-type"] == "application/json", sourceLocation: location)
        let error = try #require(json()["error"] as? [String: Any], sourceLocation: location)
        let message = try #require(error["message"] as? String, sourceLocation: location)
        #expect(message.hasSuffix(".") && !message.contains("\n"), "\(message)", sourceLocation: location)
        #expect(mention.isEmpty || message.contains(mention), "\(message)", sourceLocation: location)
        let found = try #require(error["code"] as? String, sourceLocation: location)
        if let code { #expect(found == code, sourceLocation: location) }
    }
}
