import Model
import Testing

@Suite struct WebAddressTests {
    @Test(arguments: [
        ("https://a.example/x.site.tar", "a.example", UInt16(443), "/x.site.tar", "a.example"),
        ("https://a.example:8443/b/c?d=%20", "a.example", 8443, "/b/c?d=%20", "a.example:8443"),
        ("https://[2001:db8::1]:8443/b", "2001:db8::1", 8443, "/b", "[2001:db8::1]:8443"),
        ("http://127.0.0.1:80/b", "127.0.0.1", 80, "/b", "127.0.0.1"), ("http://[::1]/b", "::1", 80, "/b", "[::1]"),
        ("http://localhost:8080/b", "localhost", 8080, "/b", "localhost:8080"),
    ])
    func isRead(_ text: String, _ host: String, _ port: UInt16, _ target: String, _ field: String) throws {
        let address = try #require(WebAddress(text))
        #expect(address.host == host && address.port == port && address.target == target && address.hostField == field)
        #expect(address.isEncrypted == text.hasPrefix("https"))
    }

    @Test(arguments: [
        "http://a.example/x", "http://128.0.0.1/x", "http://localhost.example/x", "http://127.0.0.1@a.example/x",
        "http://[::2]/x",
        "https://u:p@a.example/x", "https://u@a.example/x", "https://a.example", "https:///x", "https://a.example:0/x",
        "https://a.example:70000/x", "https://a.example/x y", "https://a.example/x\r\nHost: b", "https://a.example/#x",
        "ftp://a.example/x",
        "https://a.example/\"", "https://-a/x", "https://[::1/x", "https://é.example/x", "https://a.example/é",
    ])
    func isRefused(_ text: String) { #expect(WebAddress(text) == nil) }

    @Test(
        arguments: [
            ("/y", "https://a.example:8443/y"), ("z", "https://a.example:8443/b/z"),
            ("https://b.example/y#f", "https://b.example/y"),
            ("//b.example/y", "https://b.example/y"), ("http://127.0.0.1/y", "http://127.0.0.1/y"),
            ("http://b.example/y", nil),
            ("ftp://b.example/y", nil), ("/y z", nil),
        ] as [(String, String?)])
    func leadsElsewhere(_ location: String, _ wanted: String?) throws {
        let address = try #require(WebAddress("https://a.example:8443/b/c?d=/e"))
        #expect(address.redirected(to: location)?.text == wanted)
    }

    @Test func bundlesOnTheWebAreSources() {
        let text = "https://a.example/prod.site.tar"
        let commit = String(repeating: "a", count: 40)
        #expect(SiteSource(parsing: text) == .bundle(BundleSource(path: text)))
        #expect(SiteSource(parsing: "\(text)#\(commit)") == .bundle(BundleSource(path: text, commit: commit)))
        #expect(SiteSource(parsing: "https://a.example/prod.git#main").isFollowed)
        #expect(
            SiteSource(parsing: "https://u:secret@a.example/x.site.tar").shown == "https://***@a.example/x.site.tar")
        #expect(SiteSource(parsing: "https://u:secret@a.example/x.site.tar").problemToFollow != nil)
        #expect(SiteSource(parsing: text).problemToFollow == nil)
    }
}
