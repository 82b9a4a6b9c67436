import AsyncHTTPClient
import FoundationEssentials

/// The proxies given by environment variables with the same names and meanings as in curl: `https_proxy`, `http_proxy`,
/// `all_proxy` and `no_proxy`. HTTP proxies are used with `CONNECT`, for `http` too.
package struct ProxyEnvironment: Sendable {
    private let variables: [String: String]

    /// The proxies of this process's environment.
    package static var process: ProxyEnvironment { ProxyEnvironment(ProcessInfo.processInfo.environment) }

    /// For a request that must not leave this machine.
    package static let none = ProxyEnvironment([:])

    package init(_ variables: [String: String]) {
        self.variables = variables
    }

    /// The proxy for a URL; nil for a direct connection, which is always used to this machine.
    ///
    /// - Throws: `WebError.Code.proxy` for a proxy that cannot be used.
    func proxy(for url: URL) throws(WebError) -> HTTPClient.Configuration.Proxy? {
        guard let host = url.host?.lowercased(), let text = variable(for: url.scheme ?? ""), !isExcepted(host) else {
            return nil
        }
        let whole = text.contains("://") ? text : "http://\(text)"
        guard let proxy = URL(string: whole), let name = proxy.host, !name.isEmpty else {
            throw WebError(.proxy("the environment"), host: host)
        }
        let authorization = proxy.user(percentEncoded: false).map {
            HTTPClient.Authorization.basic(username: $0, password: proxy.password(percentEncoded: false) ?? "")
        }
        let port = proxy.port ?? 1080
        switch proxy.scheme?.lowercased() {
        case "http": return .server(host: name, port: port, authorization: authorization)
        case "socks5", "socks5h", "socks": return .socksServer(host: name, port: port)
        default: throw WebError(.proxy("\(name):\(port)"), host: host)
        }
    }

    private func variable(for scheme: String) -> String? {
        let scheme = scheme.lowercased()
        // Not `HTTP_PROXY`: in a CGI program it would be the request's header `Proxy`, which a client can set.
        let names = ["\(scheme)_proxy"] + (scheme == "http" ? [] : ["\(scheme.uppercased())_PROXY"])
        return (names + ["all_proxy", "ALL_PROXY"]).lazy.compactMap { variables[$0] }.first { !$0.isEmpty }
    }

    /// Whether the host is this machine, or equals or lies below a name in `no_proxy`.
    private func isExcepted(_ host: String) -> Bool {
        let host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        if host == "localhost" || host == "::1" || host.wholeMatch(of: /127(\.\d+){3}/) != nil { return true }
        let names = (variables["no_proxy"] ?? variables["NO_PROXY"] ?? "").lowercased()
            .split { $0 == "," || $0 == " " }
        return names.contains { name in
            if name == "*" { return true }
            let name = name.hasPrefix(".") ? name.dropFirst() : name
            return host == name || host.hasSuffix(".\(name)")
        }
    }
}
