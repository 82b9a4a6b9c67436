/// Sends requests to a server on a port of this machine.
protocol LoopbackClient: Sendable {
    var port: Int { get }
}

extension LoopbackClient {
    var url: String { "http://127.0.0.1:\(port)" }

    /// Sends one request on a separate connection.
    func request(
        _ method: String, _ path: String, headers: [String] = [], body: [UInt8]? = nil, host: String? = "localhost"
    ) async throws -> ReceivedResponse {
        var lines = ["\(method) \(path) HTTP/1.1", "Connection: close"]
        if let host { lines.append("Host: \(host)") }
        if let body { lines.append("Content-Length: \(body.count)") }
        lines += headers
        return try ReceivedResponse(
            try await exchange(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + (body ?? [])))
    }

    func get(_ path: String, _ headers: String...) async throws -> ReceivedResponse {
        try await request("GET", path, headers: headers)
    }

    func post(_ path: String, _ body: String = "") async throws -> ReceivedResponse {
        try await request("POST", path, body: Array(body.utf8))
    }

    /// Sends bytes on a separate connection, and returns everything that the server sends before it closes it.
    func exchange(_ bytes: [UInt8]) async throws -> [UInt8] {
        try await LoopbackConnection.exchange(bytes, port: port)
    }
}

/// A server that a test did not start itself.
struct PortClient: LoopbackClient {
    let port: Int
}
