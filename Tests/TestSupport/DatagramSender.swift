import Foundation

/// Sends datagrams to an address of this machine, or to a multicast group that only this machine receives.
public final class DatagramSender: Sendable {
    private let descriptor: Int32

    public init(host: String, port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var hops: UInt8 = 0
        setsockopt(descriptor, Int32(IPPROTO_IP), IP_MULTICAST_TTL, &hops, 1)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr(host)
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else {
            Glibc.close(descriptor)
            throw CocoaError(.fileReadUnknown)
        }
    }

    deinit {
        Glibc.close(descriptor)
    }

    public func send(_ bytes: [UInt8]) {
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Whether this machine can send to a multicast group and receive from it, which needs a route.
    public static let reachesGroups: Bool = {
        guard let receiver = try? LocalSocket.joined("239.255.77.1"),
            let sender = try? DatagramSender(host: "239.255.77.1", port: receiver.port)
        else { return false }
        sender.send([1])
        return receiver.receive(within: 1) == [1]
    }()
}
