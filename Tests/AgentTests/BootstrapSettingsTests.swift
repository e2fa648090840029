import Model
import Testing

@testable import Agent

@Suite struct BootstrapSettingsTests {
    private static let key = "SHA256:" + String(repeating: "a", count: 43)

    private func kernel(_ words: String...) -> (BootstrapSettings?, [String]) {
        var diagnostics = Diagnostics()
        let settings = BootstrapSettings.read(kernel: words, into: &diagnostics)
        return (settings, diagnostics.list.map(\.message))
    }

    @Test func theKernelsCommandLineNamesSourceAndKeys() {
        let (settings, problems) = kernel(
            "root=/dev/vda1", "lodestar.source=https://git.example.org/site.git#main:prod", "lodestar.key=\(Self.key)",
            "quiet")
        #expect(problems.isEmpty)
        #expect(settings?.converge.source?.text == "https://git.example.org/site.git#main:prod")
        #expect(settings?.converge.trust?.keys == [Self.key] && settings?.converge.mode == .apply)
        #expect(kernel("lodestar.source=/srv/site", "lodestar.mode=report").0?.converge.mode == .report)
        let bundle = kernel(
            "lodestar.source=/srv/prod.site.tar", "lodestar.key=\(Self.key)", "lodestar.seed=/s.site.tar")
        #expect(bundle.0?.converge.source == .bundle(BundleSource(path: "/srv/prod.site.tar")) && bundle.1.isEmpty)
        #expect(bundle.0?.converge.trust?.keys == [Self.key] && bundle.0?.seed?.text == "/s.site.tar")
    }

    @Test func withoutASourceThereIsNothingAndWithoutAKeyNobodyIsFollowed() {
        #expect(kernel("quiet", "lodestar.key=\(Self.key)", "xlodestar.source=/a").0 == nil)
        #expect(
            kernel("lodestar.source=https://a/b").1 == [
                "expected lodestar.key=SHA256:... beside lodestar.source, found none"
            ])
        #expect(kernel("lodestar.source=https://a/b", "lodestar.key=none").1.count == 1)
        #expect(kernel("lodestar.source=/srv/prod.site.tar").1.count == 1)
        for (source, said) in [
            ("/srv/prod.site.tar#\(String(repeating: "a", count: 40))", "found one of one commit"),
            ("http://a/prod.site.tar", "plain http only leads to this very host"),
            ("ssh://a/prod.site.tar", "neither of this host nor on the web"),
        ] {
            let problems = kernel("lodestar.source=\(source)", "lodestar.key=\(Self.key)").1
            #expect(problems.count == 1 && problems[0].contains(said), "\(problems)")
        }
        #expect(kernel("lodestar.source=/srv/a", "lodestar.seed=a.site.tar").1.count == 1)
        #expect(
            kernel("lodestar.source=/a", "lodestar.mode=force").1 == [
                "lodestar.mode: expected report or apply, found `force`"
            ])
    }

    @Test(arguments: [
        ("mode: apply", "expected `source`, found none"),
        ("source: {url: \"https://a/b\"}", "expected `trust` of the source"),
        ("source: /a\nseeds: /b", "expected a key of bootstrap.yaml, found `seeds`"),
        ("source: /a\nseed: b", "`seed`: expected"),
        ("source: /a\nmode: force", "`mode`: expected"),
    ])
    func mistakesOfTheFileAreTold(text: String, message: String) {
        var diagnostics = Diagnostics()
        _ = BootstrapSettings.read(Array(text.utf8), path: "bootstrap.yaml", into: &diagnostics)
        #expect(diagnostics.list.count == 1 && diagnostics.list[0].message.hasPrefix(message), "\(diagnostics.list)")
    }
}
