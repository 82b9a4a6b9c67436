import Foundation
import Synchronization

/// A small HTTP/1.1 server on a local port: its answers are scripted, and the requests are recorded.
///
/// Every connection serves one request and is then closed.
public final class HTTPServer: Sendable {
    /// The answer to one request for a path; the last answer of a path is repeated.
    public enum Answer: Sendable {
        /// Everything that was requested.
        case complete
        /// The headers of the whole body, but only this many bytes of it before the connection is closed.
        case cut(after: Int)
        /// This many bytes of the body, and then nothing until the server ends.
        case stall(after: Int)
        /// The whole body, as from a server without support for ranges.
        case wholeAlways
        /// Nothing until the server or the client closes the connection.
        case silence
        /// A status without a body.
        case status(Int)
        case redirect(String)
    }

    public struct Request: Sendable, Equatable {
        public var method: String
        public var path: String
        /// By lower-case name.
        public var headers: [String: String]
        public var body: [UInt8]
    }

    public let port: UInt16
    private let sockets: Sockets

    public init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isListening else {
            Glibc.close(listener)
            throw CocoaError(.fileReadUnknown)
        }
        port = UInt16(bigEndian: address.sin_port)
        sockets = Sockets(listener: listener)
        Thread.detachNewThread { [sockets] in sockets.accept() }
    }

    deinit {
        close()
    }

    /// Closes all connections; later ones are refused.
    public func close() {
        sockets.shutDown()
    }

    public var url: String { "http://127.0.0.1:\(port)" }

    /// The requests so far, in order.
    public var requests: [Request] { sockets.state.withLock { $0.requests } }

    /// - Parameter tag: the entity tag; a different tag means that the content has changed.
    public func serve(_ path: String, _ bytes: [UInt8], tag: String = "\"1\"", _ answers: Answer...) {
        sockets.state.withLock {
            $0.resources[path] = Sockets.Resource(
                bytes: bytes, tag: tag, answers: answers.isEmpty ? [.complete] : answers)
        }
    }

}

/// The server's descriptors. Each is closed by the thread that uses it, and shut down only while it is known to be
/// open, so that no other file of the process with the same number is ever affected.
private final class Sockets: Sendable {
    struct Resource {
        var bytes: [UInt8]
        var tag: String
        var answers: [HTTPServer.Answer]
    }

    struct State {
        var resources: [String: Resource] = [:]
        var requests: [HTTPServer.Request] = []
        var listener: Int32?
        var connections: Set<Int32> = []
        var isShutDown = false
    }

    let state: Mutex<State>

    init(listener: Int32) {
        state = Mutex(State(listener: listener))
    }

    func shutDown() {
        state.withLock { state in
            state.isShutDown = true
            if let listener = state.listener { shutdown(listener, Int32(SHUT_RDWR)) }
            for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    /// Accepts connections until the listener is shut down.
    func accept() {
        guard let listener = state.withLock({ $0.listener }) else { return }
        while case let connection = Glibc.accept(listener, nil, nil), connection >= 0 {
            _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
            state.withLock { state in
                state.connections.insert(connection)
                if state.isShutDown { shutdown(connection, Int32(SHUT_RDWR)) }
            }
            Thread.detachNewThread { self.serve(connection) }
        }
        state.withLock {
            $0.listener = nil
            close(listener)
        }
    }

    private func serve(_ connection: Int32) {
        defer {
            state.withLock {
                $0.connections.remove(connection)
                close(connection)
            }
        }
        guard let request = Self.read(connection) else { return }
        let found: (resource: Resource, answer: HTTPServer.Answer)? = state.withLock { state in
            state.requests.append(request)
            guard var resource = state.resources[request.path] else { return nil }
            let answer = resource.answers.count > 1 ? resource.answers.removeFirst() : resource.answers[0]
            state.resources[request.path] = resource
            return (resource, answer)
        }
        guard let found else { return Self.send(connection, Self.head("404 Not Found", ["Content-Length: 0"])) }
        answer(found.answer, found.resource, request, connection)
    }

    private func answer(
        _ answer: HTTPServer.Answer, _ resource: Resource, _ request: HTTPServer.Request, _ connection: Int32
    ) {
        let count = resource.bytes.count
        var start = 0
        var limit = count
        var stalls = false
        var knowsRanges = true
        switch answer {
        case .complete: break
        case .cut(let after): limit = after
        case .stall(let after):
            limit = after
            stalls = true
        case .wholeAlways: knowsRanges = false
        case .silence:
            _ = Self.read(connection)
            return
        case .status(let code):
            return Self.send(connection, Self.head("\(code) Scripted", ["Content-Length: 0"]))
        case .redirect(let target):
            return Self.send(connection, Self.head("302 Found", ["Location: \(target)", "Content-Length: 0"]))
        }
        let isSame = request.headers["if-range"].map { $0 == resource.tag } ?? true
        if knowsRanges, isSame, let match = request.headers["range"]?.wholeMatch(of: /bytes=(\d+)-/) {
            start = Int(match.1) ?? 0
            guard start < count else {
                return Self.send(
                    connection,
                    Self.head("416 Range Not Satisfiable", ["Content-Range: bytes */\(count)", "Content-Length: 0"]))
            }
        }
        let tag = "ETag: \(resource.tag)"
        let head =
            start == 0
            ? Self.head("200 OK", ["Content-Length: \(count)", tag])
            : Self.head(
                "206 Partial Content",
                ["Content-Length: \(count - start)", "Content-Range: bytes \(start)-\(count - 1)/\(count)", tag])
        Self.send(connection, head + resource.bytes[start..<max(start, min(count, limit))])
        // Waits until the client leaves or `close` ends the connection.
        if stalls { _ = Self.read(connection) }
    }

    // MARK: Transport

    private static func head(_ status: String, _ headers: [String]) -> [UInt8] {
        Array("HTTP/1.1 \(status)\r\n\((headers + ["Connection: close"]).joined(separator: "\r\n"))\r\n\r\n".utf8)
    }

    /// Reads a request with its body; nil if the connection ends before it is complete.
    private static func read(_ connection: Int32) -> HTTPServer.Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        func receive() -> Bool {
            let count = recv(connection, &buffer, buffer.count, 0)
            bytes += buffer[..<max(0, count)]
            return count > 0
        }
        var end: Int?
        while end == nil {
            guard receive() else { return nil }
            end = bytes.indices.first { bytes[$0...].starts(with: [13, 10, 13, 10]) }.map { $0 + 4 }
        }
        let head = end ?? bytes.count
        var lines = String(decoding: bytes[..<head], as: UTF8.self).split(separator: "\r\n").map(String.init)[...]
        let first = (lines.popFirst() ?? "").split(separator: " ")
        guard first.count == 3 else { return nil }
        let headers = lines.compactMap { line -> (String, String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            return (line[..<colon].lowercased(), value)
        }
        let fields = Dictionary(headers) { $1 }
        let length = fields["content-length"].flatMap { Int($0) } ?? 0
        while bytes.count - head < length {
            guard receive() else { return nil }
        }
        return HTTPServer.Request(
            method: String(first[0]), path: String(first[1]), headers: fields, body: Array(bytes[head...]))
    }

    private static func send(_ connection: Int32, _ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
