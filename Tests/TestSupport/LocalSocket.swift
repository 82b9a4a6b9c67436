import Foundation

/// A socket bound to a free port of this machine, for tests that act as the peer.
public final class LocalSocket: Sendable {
    public enum Kind: Sendable { case datagrams, connections }

    public let port: UInt16
    private let descriptor: Int32

    /// - Parameter kind: `connections` are accepted by the system, and nobody reads from them.
    public init(_ kind: Kind) throws {
        let type = kind == .datagrams ? SOCK_DGRAM : SOCK_STREAM
        let descriptor = socket(AF_INET, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && (kind == .datagrams || listen(descriptor, 16) == 0)
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else {
            Glibc.close(descriptor)
            throw CocoaError(.fileReadUnknown)
        }
        var room: Int32 = 8 << 20
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &room, socklen_t(MemoryLayout<Int32>.size))
        port = UInt16(bigEndian: address.sin_port)
        self.descriptor = descriptor
    }

    private init(port: UInt16, descriptor: Int32) {
        (self.port, self.descriptor) = (port, descriptor)
    }

    /// A socket that has joined a multicast group, at a free port.
    public static func joined(_ group: String) throws -> LocalSocket {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        var membership = ip_mreq()
        membership.imr_multiaddr.s_addr = inet_addr(group)
        let isJoined = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isJoined,
            setsockopt(
                descriptor, Int32(IPPROTO_IP), IP_ADD_MEMBERSHIP, &membership, socklen_t(MemoryLayout<ip_mreq>.size))
                == 0
        else {
            Glibc.close(descriptor)
            throw CocoaError(.fileReadUnknown)
        }
        return LocalSocket(port: UInt16(bigEndian: address.sin_port), descriptor: descriptor)
    }

    /// The next datagram; nil if none arrives in time.
    public func receive(within seconds: Int) -> [UInt8]? {
        var timeout = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        let bytes = receive()
        return bytes.isEmpty ? nil : bytes
    }

    deinit {
        Glibc.close(descriptor)
    }

    /// A port of this machine on which nothing listens; it was free a moment ago.
    public static func freePort(_ kind: Kind = .connections) throws -> UInt16 {
        try LocalSocket(kind).port
    }

    /// Waits for the next datagram.
    public func receive() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return Array(buffer.prefix(max(0, count)))
    }
}
