import Foundation
import Testing

/// Receives live images, one part after another.
final class ImageViewer {
    struct Ended: Error {}

    private let connection: LoopbackConnection
    /// Received bytes that were not parsed yet: raw, and decoded from chunks.
    private var received: [UInt8] = []
    private var body: [UInt8] = []
    /// The head of the response.
    private(set) var head = ""

    private static let blankLine = Array("\r\n\r\n".utf8)
    private static let lineEnd = Array("\r\n".utf8)

    /// Sends the request and reads the head of the response.
    init(port: Int, path: String = "/cameras/gate/live.mjpeg", receiveBuffer: CInt? = nil) async throws {
        connection = try LoopbackConnection(port: port, receiveBuffer: receiveBuffer)
        try await connection.send(Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
        head = try await takeReceived(through: Self.blankLine)
    }

    /// The next image.
    func next() async throws -> [UInt8] {
        while Self.end(of: Self.blankLine, in: body) == nil { try await receiveChunk() }
        let header = String(decoding: body.prefix(Self.end(of: Self.blankLine, in: body) ?? 0), as: UTF8.self)
        body.removeFirst(header.utf8.count)
        try #require(header.hasPrefix("--saliencyd-image\r\nContent-Type: image/jpeg\r\n"), "\(header)")
        let length = try #require(header.firstMatch(of: /Content-Length: (\d+)\r\n/))
        let count = try #require(Int(length.1))
        while body.count < count + 2 { try await receiveChunk() }
        defer { body.removeFirst(count + 2) }
        return Array(body[..<count])
    }

    /// The remaining data until the response or the connection ends.
    func rest() async -> String {
        while (try? await receiveChunk()) != nil {}
        return String(decoding: body, as: UTF8.self)
    }

    private func receiveChunk() async throws {
        let line = try await takeReceived(through: Self.lineEnd)
        let count = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines), radix: 16), "\(line)")
        guard count > 0 else { throw Ended() }
        while received.count < count + 2 { try await receive() }
        body += received[..<count]
        received.removeFirst(count + 2)
    }

    private func takeReceived(through end: [UInt8]) async throws -> String {
        while true {
            if let count = Self.end(of: end, in: received) {
                defer { received.removeFirst(count) }
                return String(decoding: received[..<count], as: UTF8.self)
            }
            try await receive()
        }
    }

    private func receive() async throws {
        let bytes = try await connection.receiveSome()
        guard !bytes.isEmpty else { throw Ended() }
        received += bytes
    }

    private static func end(of mark: [UInt8], in bytes: [UInt8]) -> Int? {
        bytes.firstRange(of: mark)?.upperBound
    }
}
