import Glibc

/// The address of a datagram socket on this machine: a path, or an abstract name.
struct UnixAddress: Sendable {
    /// The bytes of `sockaddr_un.sun_path`: an abstract name begins with a zero byte and has no terminator.
    private let path: [UInt8]

    /// - Parameter text: an absolute path, or `@` and an abstract name.
    /// - Returns: nil for anything else, or if it is too long for an address.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        // 108 bytes; a path needs one of them for its terminator.
        let capacity = MemoryLayout.size(ofValue: sockaddr_un().sun_path)
        switch bytes.first {
        case UInt8(ascii: "@") where bytes.count > 1 && bytes.count <= capacity: path = [0] + bytes.dropFirst()
        case UInt8(ascii: "/") where bytes.count < capacity && !bytes.contains(0): path = bytes + [0]
        default: return nil
        }
    }

    /// Calls `body` with the address and its length.
    func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 0) + socklen_t(path.count)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }

    /// Sends one datagram, which is lost if nobody listens or the receiver's queue is full.
    func send(_ bytes: [UInt8]) {
        let kind = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let flags = Int32(MSG_DONTWAIT | MSG_NOSIGNAL)
        _ = withSocketAddress { address, length in
            bytes.withUnsafeBytes { sendto(descriptor, $0.baseAddress, $0.count, flags, address, length) }
        }
    }
}
