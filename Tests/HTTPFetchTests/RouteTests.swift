import Fetching
import Model
import Testing

@testable import HTTPFetch

@Suite struct RouteTests {
    private static let proxy = "http://proxy.example:3128"

    @Test(arguments: [
        ("https://git.example.org/a", "", true), ("https://git.example.org/a", "example.org", false),
        ("https://git.example.org/a", ".example.org", false), ("https://git.example.org/a", "ample.org", true),
        ("https://git.example.org/a", "other.org, GIT.example.org", false), ("https://git.example.org/a", "*", false),
        ("https://git.example.org:8443/a", "git.example.org:8443", false),
        ("https://git.example.org/a", "git.example.org:8443", true), ("https://10.0.0.1/a", "10.0.0.1", false),
        ("https://10.0.0.1/a", "0.1", true), ("https://10.0.0.1/a", ".0.0.1", true), ("http://127.0.0.1/a", "", false),
    ])
    func goesThroughTheProxyUnlessExcepted(_ url: String, _ except: String, _ isAsked: Bool) throws {
        let route = Route(to: try #require(WebAddress(url)), proxy: Self.proxy, except: except)
        #expect(try (route.proxyToAsk() != nil) == isAsked)
    }

    @Test(
        arguments: [
            ("http://proxy.example:3128", "proxy.example", UInt16(3128), nil),
            ("proxy.example", "proxy.example", 80, nil),
            ("http://u:p%40x@proxy.example/", "proxy.example", 80, "u:p@x"), ("HTTP://[::1]:8080", "::1", 8080, nil),
            ("[::1]", "::1", 80, nil),
        ] as [(String, String, UInt16, String?)])
    func readsProxies(_ text: String, _ host: String, _ port: UInt16, _ account: String?) throws {
        let route = Route(to: try #require(WebAddress("https://a.example/x")), proxy: text, except: nil)
        let proxy = try #require(try route.proxyToAsk())
        #expect(proxy.host == host && proxy.port == port && proxy.account == account.map { Array($0.utf8) })
    }

    @Test(arguments: ["https://proxy.example", "socks5://h", "http://u:p%4@h", "http://", "h:0", "a b"])
    func refusesOtherProxiesWithoutSayingThem(_ text: String) throws {
        let route = Route(to: try #require(WebAddress("https://a.example/x")), proxy: text, except: nil)
        #expect(throws: FetchFault(.usage, "expected https_proxy as http://HOST:PORT, found something else")) {
            try route.proxyToAsk()
        }
    }
}
