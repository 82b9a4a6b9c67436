import DaemonConfiguration

/// The host in `Host: localhost:8787`.
enum HostName {
    /// Whether it can only mean this machine, whatever a name server says. Names that do not are how a page of another
    /// origin reaches a server on the loopback address.
    static func isLoopback(_ authority: String) -> Bool {
        guard let host = host(of: authority) else { return false }
        return host == "localhost" || LoopbackAddress.isLoopback(host) == true
    }

    /// In lower case, without the port and the brackets of an IPv6 address; nil for what is no host and port.
    static func host(of authority: String) -> String? {
        let lower = authority.lowercased()
        let host: Substring
        let rest: Substring
        if lower.hasPrefix("[") {
            guard let end = lower.firstIndex(of: "]") else { return nil }
            host = lower[lower.index(after: lower.startIndex)..<end]
            rest = lower[lower.index(after: end)...]
        } else {
            let colon = lower.firstIndex(of: ":") ?? lower.endIndex
            host = lower[..<colon]
            rest = lower[colon...]
        }
        guard !host.isEmpty, rest.isEmpty || rest.hasPrefix(":") && UInt16(rest.dropFirst()) != nil else { return nil }
        return String(host)
    }
}
