import Foundation
import Testing

@testable import WebClient

@Suite struct ProxyEnvironmentTests {
    private static let variables = [
        "http_proxy": "plain.example:3128", "https_proxy": "http://user:p%40ss@secure.example:8080/",
        "no_proxy": "internal.example, .dotted.example,10.0.0.7",
    ]

    private func place(_ url: String, _ variables: [String: String] = Self.variables) throws -> String? {
        let url = try #require(URL(string: url))
        return try ProxyEnvironment(variables).proxy(for: url).map { "\($0.host):\($0.port)" }
    }

    @Test(arguments: [
        ("http://models.example/a", "plain.example:3128"), ("https://models.example/a", "secure.example:8080"),
        ("HTTPS://models.example", "secure.example:8080"), ("https://notinternal.example", "secure.example:8080"),
        ("https://internal.example", nil), ("https://a.internal.example", nil), ("https://INTERNAL.example:444", nil),
        ("https://dotted.example", nil), ("https://a.dotted.example", nil), ("https://10.0.0.7", nil),
        ("https://10.0.0.77", "secure.example:8080"), ("http://127.0.0.1:8787", nil), ("http://localhost", nil),
        ("http://[::1]:8787", nil), ("http://127.0.0.1.example", "plain.example:3128"),
    ]) func proxyIsChosenFromVariables(_ url: String, _ proxy: String?) throws {
        #expect(try place(url) == proxy)
    }

    @Test func variablesHaveTheRulesOfCurl() throws {
        #expect(try place("http://a.example", ["HTTP_PROXY": "p:1"]) == nil)
        #expect(try place("https://a.example", ["HTTPS_PROXY": "p:1"]) == "p:1")
        #expect(try place("http://a.example", ["all_proxy": "p:1"]) == "p:1")
        #expect(try place("http://a.example", ["ALL_PROXY": "p", "http_proxy": ""]) == "p:1080")
        #expect(try place("http://a.example", ["http_proxy": "p:1", "NO_PROXY": "*"]) == nil)
        #expect(try place("https://a.example", [:]) == nil)
    }

    @Test func userAndPasswordAreSent() throws {
        let url = try #require(URL(string: "https://a.example"))
        let proxy = try #require(try ProxyEnvironment(Self.variables).proxy(for: url))
        #expect(proxy.authorization == .basic(username: "user", password: "p@ss"))
    }

    @Test(arguments: ["https://p:1", "ftp://p:1", "http://", "http://:80"]) func invalidProxyIsReported(_ text: String)
    {
        let error = #expect(throws: WebError.self) { try place("https://a.example", ["all_proxy": text]) }
        guard case .proxy = error?.code else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
