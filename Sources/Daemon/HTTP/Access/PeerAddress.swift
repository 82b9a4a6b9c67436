import NIOCore

/// Whom a connection comes from, as connections are counted.
enum PeerAddress {
    /// An IPv4 address, also one written as IPv6, or the network half of an IPv6 address, of which a client has as many as it
    /// likes. One name for everything that has no address.
    static func key(_ address: SocketAddress?) -> String {
        switch address {
        case .v4: return address?.ipAddress ?? ""
        case .v6(let six):
            let bytes = withUnsafeBytes(of: six.address.sin6_addr) { Array($0) }
            if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10..<12] == [0xFF, 0xFF] {
                return bytes[12...].map(String.init).joined(separator: ".")
            }
            return bytes[..<8].map { String($0, radix: 16) }.joined(separator: ":")
        default: return ""
        }
    }
}
