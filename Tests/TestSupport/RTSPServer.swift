import Foundation
import Synchronization

/// A camera with RTSP on a local port that sends a transport stream, interleaved in the connection.
public final class RTSPServer: Sendable {
    /// How it authenticates clients and answers.
    public struct Script: Sendable {
        /// `user:password` in base 64; nil if no login is required.
        public var login: String?
        /// Whether it sends over UDP if a client requests it.
        public var acceptsUDP = false
        /// The group to which it sends if a client requests multicast.
        public var group: String?
        /// Whether it refuses TCP.
        public var refusesTCP = false

        public init() {}
    }

    public let port: UInt16
    private let server: StreamServer
    private let asked: Requests

    private final class Requests: Sendable {
        let all = Mutex<[String]>([])
    }

    /// The heads of the requests, in order.
    public var requests: [String] { asked.all.withLock { $0 } }

    /// - Parameter stream: a transport stream, which is sent once before the connection is closed.
    public init(_ stream: [UInt8], script: Script = Script()) throws {
        let asked = Requests()
        self.asked = asked
        server = try StreamServer { connection in
            var text = ""
            var place: Place?
            while let bytes = connection.receive() {
                text += String(decoding: bytes, as: UTF8.self)
                while let end = text.range(of: "\r\n\r\n") {
                    let request = String(text[..<end.lowerBound])
                    text.removeSubrange(..<end.upperBound)
                    asked.all.withLock { $0.append(request) }
                    connection.send(Array(Self.answer(request, script).utf8))
                    if request.hasPrefix("SETUP") { place = Self.place(request, script) }
                    guard request.hasPrefix("PLAY") else { continue }
                    Self.play(stream, connection, place)
                    return
                }
            }
        }
        port = server.port
    }

    public func close() {
        server.close()
    }

    private static func answer(_ request: String, _ script: Script) -> String {
        let number = request.firstMatch(of: /CSeq: (\d+)/).map { String($0.1) } ?? "0"
        func head(_ status: String, _ headers: [String] = [], body: String = "") -> String {
            (["RTSP/1.0 \(status)", "CSeq: \(number)", "Content-Length: \(body.utf8.count)"] + headers)
                .joined(separator: "\r\n") + "\r\n\r\n" + body
        }
        let method = request.prefix { $0 != " " }
        if method == "OPTIONS" { return head("200 OK", ["Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN"]) }
        if let login = script.login, !request.contains("Authorization: Basic \(login)") {
            return head("401 Unauthorized", ["WWW-Authenticate: Basic realm=\"camera\""])
        }
        switch method {
        case "DESCRIBE":
            let description =
                "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video 0 RTP/AVP 33\r\n"
                + "a=control:track1\r\n"
            return head("200 OK", ["Content-Type: application/sdp"], body: description)
        case "SETUP":
            let isTCP = request.contains("RTP/AVP/TCP")
            if !isTCP, request.contains("multicast") {
                guard let group = script.group else { return head("461 Unsupported transport") }
                let transport = "RTP/AVP;multicast;destination=\(group);port=\(groupPort)-\(groupPort + 1);ttl=0"
                return head("200 OK", ["Session: 1", "Transport: \(transport)"])
            }
            guard isTCP ? !script.refusesTCP : script.acceptsUDP else { return head("461 Unsupported transport") }
            let wanted = request.firstMatch(of: /Transport: ([^\r]+)/).map { String($0.1) } ?? ""
            return head(
                "200 OK", ["Session: 1", "Transport: \(wanted)\(isTCP ? "" : ";server_port=5000-5001")"])
        default:
            return head("200 OK", ["Session: 1"])
        }
    }

    /// The destination of datagrams.
    private struct Place {
        var host: String
        var port: UInt16
    }

    /// An even port of the group; other groups have other addresses.
    private static let groupPort: UInt16 = 45_678

    /// - Returns: nil if packets are sent in the connection itself.
    private static func place(_ request: String, _ script: Script) -> Place? {
        guard !request.contains("RTP/AVP/TCP") else { return nil }
        if request.contains("multicast") { return script.group.map { Place(host: $0, port: groupPort) } }
        return request.firstMatch(of: /client_port=(\d+)/).flatMap { UInt16($0.1) }.map {
            Place(host: "127.0.0.1", port: $0)
        }
    }

    /// Sends seven packets of the transport stream per RTP packet, in a frame of channel 0 or in a datagram.
    private static func play(_ stream: [UInt8], _ connection: StreamServer.Connection, _ place: Place?) {
        let sender = place.flatMap { try? DatagramSender(host: $0.host, port: $0.port) }
        var number: UInt16 = 0
        for start in Swift.stride(from: 0, to: stream.count, by: 7 * 188) {
            let payload = stream[start..<min(start + 7 * 188, stream.count)]
            let size = UInt16(12 + payload.count)
            let channel: [UInt8] = [0x24, 0, UInt8(size >> 8), UInt8(size & 255)]
            let packet = [0x80, 33, UInt8(number >> 8), UInt8(number & 255), 0, 0, 0, 0, 1, 2, 3, 4] + payload
            number &+= 1
            if let sender {
                // A test's stream is smaller than the receiver's buffer in the kernel.
                sender.send(packet)
            } else if !connection.send(channel + packet) {
                return
            }
        }
        // Datagrams have no end, so this waits until the client leaves.
        if sender != nil { connection.hold() }
    }
}
