import Glibc

/// The numeric addresses behind a host's name: libmosquitto itself would try only the first of them, and block.
enum BrokerAddresses {
    /// Blocks as long as the name servers take.
    static func resolve(_ host: String) throws(MQTTError) -> [String] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        guard status == 0 else {
            let cause = String(cString: gai_strerror(status))
            throw MQTTError(
                .unreachable, "cannot be found (\(cause)); check the name, and this machine's name servers")
        }
        defer { freeaddrinfo(list) }
        var addresses: [String] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ai_next
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let length = socklen_t(text.count)
            guard getnameinfo(entry.ai_addr, entry.ai_addrlen, &text, length, nil, 0, NI_NUMERICHOST) == 0 else {
                continue
            }
            let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            let address = String(decoding: bytes, as: UTF8.self)
            if !addresses.contains(address) { addresses.append(address) }
        }
        guard !addresses.isEmpty else { throw MQTTError(.unreachable, "has no address") }
        return addresses
    }
}
