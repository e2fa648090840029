import Compiler
import Foundation
import Model
import OperatorFiles
import Testing

/// A directory as a site: what is large is read in parts, and what is no file is told.
@Suite struct DirectorySiteTests {
    private func withSite(_ files: [String: String], _ body: (String) throws -> Void) throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "site-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        for (path, text) in files {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        try body(root.path())
    }

    private func compiler(_ path: String) throws -> SharedCompiler {
        let reader = try #require(try DirectorySite(path))
        return SharedCompiler(SharedSite(Site(reader, types: [], engine: EngineVersion("0.1.0"))))
    }

    /// More bytes than are held in memory.
    private static let large = String(repeating: "x", count: 3 << 20)
    private static let base = [
        "site.yaml": "site: test\n", "inventory/h.yaml": "hosts: {a: {}, b: {}, c: {}, d: {}}\n",
    ]

    @Test func linesOfALargeFileAreReadWhereTheyAre() throws {
        var files = Self.base
        files["facts/all.jsonl"] = ["a", "b", "c", "d"].map { id in
            "{\"id\": \"\(id)\", \"hostname\": \"host-\(id)\", \"text\": \"\(Self.large)\"}"
        }.joined(separator: "\n")
        try withSite(files) { path in
            let compiler = try compiler(path)
            #expect(compiler.diagnostics.list.isEmpty)
            #expect(
                ["d", "a", "c"].map { compiler.target(ofHost: $0).identity.name } == ["host-d", "host-a", "host-c"])
            // What changed behind the reader's back is no other host's.
            let file = try #require(FileHandle(forWritingAtPath: path + "/facts/all.jsonl"))
            try file.write(contentsOf: Data("{\"id\": \"z\"".utf8))
            try file.close()
            #expect(compiler.target(ofHost: "a").facts == nil)
            #expect(compiler.diagnostics.list.map(\.text).joined().contains("found that the file changed"))
        }
    }

    @Test func aLineThatIsTooLongIsNotHeld() throws {
        var files = Self.base
        let long = String(repeating: Self.large, count: 4)
        files["facts/all.jsonl"] =
            "{\"id\": \"a\"}\n{\"id\": \"b\", \"t\": \"\(long)\"}\n\n{\"id\": \"c\"}\n{\"id\": \"d\""
        try withSite(files) { path in
            let compiler = try compiler(path)
            #expect(
                compiler.diagnostics.sorted.map { $0.text.prefix { $0 != "\n" } } == [
                    "facts/all.jsonl:2:1: error: expected at most 8 MiB on a line, found 12582932 bytes",
                    "facts/all.jsonl:5:11: error: expected `,` or `}`, found the end",
                ])
            #expect(compiler.target(ofHost: "c").facts != nil)
        }
    }

    @Test func whatIsUsedByNobodyIsTold() throws {
        var files = Self.base
        files["facts/all.jsonl"] = "{\"id\": \"a\"}\n{\"id\": \"bb\"}\n{\"id\": \"x\"}\n"
        files["facts/e.json"] = "{}"
        try withSite(files) { path in
            try FileManager.default.createSymbolicLink(
                atPath: path + "/inventory/link.yaml", withDestinationPath: "h.yaml")
            let reader = try #require(try DirectorySite(path))
            let site = Site(reader, types: [], engine: EngineVersion("0.1.0"))
            #expect(
                site.leftovers().sorted.map { $0.text.prefix { $0 != "\n" } } == [
                    "facts/all.jsonl:2:1: warning: expected facts of hosts of the inventory, found those of `bb` and of 1 other",
                    "facts/e.json:1:1: warning: expected facts of hosts of the inventory, found those of `e`",
                    "inventory/link.yaml: warning: expected a plain file, found a link, which is no part of the site",
                ])
        }
    }
}
