import Foundation
import Testing

/// Bombs, nesting and odd encodings are refused with a place, at small cost.
@Suite struct HostileInputTests {
    static let bomb =
        "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
        + "bcdefghij".map { letter in
            let before = Character(UnicodeScalar(letter.asciiValue.map { $0 - 1 } ?? 0))
            return "\(letter): &\(letter) [" + Array(repeating: "*\(before)", count: 10).joined(separator: ",") + "]\n"
        }.joined()

    @Test(arguments: [
        ("bomb", bomb, "expected aliases to make a file at most 10 times as large"),
        ("nesting", String(repeating: "[", count: 100_000), "levels, found more"),
        ("braces", "vars: " + String(repeating: "{a: ", count: 5000), "levels, found more"),
        ("tag", "vars: {a: !!python/object x}\n", "expected no tag"),
        ("nul", "vars: {a: \"\\0\"}\n", "NUL"),
        ("second document", "vars: {}\n---\nvars: {}\n", "expected one document"),
        ("merge", "vars: {<<: 1}\n", "`<<`: expected a mapping"),
    ])
    func isRefusedWithAPlace(_ name: String, _ text: String, _ expected: String) throws {
        let site = try Tool.site(text)
        let result = Tool.lodestar("check", site)
        #expect(result.status == 65, "\(name)")
        #expect(result.errors.contains(expected), "\(name): \(result.errors.prefix(300))")
        #expect(result.errors.hasPrefix("manifests/base.yaml:"), "\(name): \(result.errors.prefix(300))")
    }

    @Test func aBombCostsLittleMemory() throws {
        for text in [Self.bomb, String(repeating: "[", count: 100_000)] {
            let site = try Tool.site(text)
            let limited = Tool.run([
                "bash", "-c", "ulimit -v 4000000; /usr/bin/env time -f %M \"$0\" check \"$1\"", Tool.binary, site,
            ])
            let kilobytes = limited.errors.split(separator: "\n").last.flatMap { Int($0) } ?? .max
            #expect(kilobytes < 64 * 1024, "\(limited.errors.prefix(200))")
        }
    }

    @Test func utf16IsRefused() throws {
        let site = try Tool.site("")
        try Data([0xFF, 0xFE, 0x61, 0]).write(to: URL(filePath: "\(site)/manifests/base.yaml"))
        #expect(Tool.lodestar("check", site).errors.contains("expected UTF-8, found UTF-16"))
    }
}
