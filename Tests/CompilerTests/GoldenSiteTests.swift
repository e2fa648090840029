import Compiler
import Foundation
import Model
import Resources
import Testing

/// Sites with what `lodestar check` says about them: each folder of `Sites` has its `expected.txt`.
@Suite struct GoldenSiteTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Sites")

    static let names: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []).filter { !$0.hasPrefix(".") }
        .sorted()

    @Test(arguments: names) func diagnosticsAndCatalogsAreAsRecorded(_ name: String) throws {
        let folder = Self.folder.appending(path: name)
        let text = Self.report(on: try MapSite(reading: folder))
        let golden = folder.appending(path: "expected.txt")
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            try text.write(to: golden, atomically: true, encoding: .utf8)
            Issue.record("recorded \(golden.path())")
            return
        }
        #expect(try String(contentsOf: golden, encoding: .utf8) == text)
    }

    @Test func thereAreFiftyMistakesInTenFiles() throws {
        let text = try String(contentsOf: Self.folder.appending(path: "mistakes/expected.txt"), encoding: .utf8)
        let errors = text.split(separator: "\n").filter { $0.contains(": error: ") }
        let files = Set(errors.map { $0.prefix { $0 != ":" } })
        #expect(errors.count >= 50)
        #expect(files.count >= 10)
    }

    /// All diagnostics, then the graph of each host that compiles.
    static func report(on reader: MapSite) -> String {
        let site = Site(reader, types: Registry.all, engine: EngineVersion("0.1.0"))
        let facts = FactsSnapshot(["os": ["id": "debian", "family": "debian"], "hostname": "web1"])
        var all = Diagnostics(), graphs: [String] = []
        for id in site.hostIdentifiers.isEmpty ? ["any"] : site.hostIdentifiers {
            let identity = HostIdentity(id: id, name: id, ip: "10.0.0.1")
            let compilation = site.compilation(for: CompilationTarget(identity: identity, facts: facts))
            all.add(contentsOf: compilation.diagnostics)
            if let catalog = compilation.catalog {
                graphs.append("# \(id)\n\(GraphDrawing(catalog).drawing(.text))")
                for declaration in catalog.declarations {
                    let fields = declaration.resource.shownFields.map { "\($0.name)=\(line($0.value))" }
                    graphs.append("\(declaration.address): \(fields.joined(separator: "; "))")
                }
            }
        }
        all.add(contentsOf: site.remainingDiagnostics())
        return (all.sorted.map(\.text) + graphs).joined(separator: "\n") + "\n"
    }

    private static func line(_ value: ShownText) -> String {
        switch value {
        case .text(let text): text
        case .content(let content): String(decoding: content.bytes, as: UTF8.self).replacing("\n", with: "\\n")
        case .digest(let count, _): "\(count) bytes"
        case .secret: "(secret)"
        }
    }
}

extension MapSite {
    init(reading folder: URL) throws {
        var files: [String: [UInt8]] = [:]
        let root = folder.path()
        for case let name as String in FileManager.default.enumerator(atPath: root) ?? FileManager.DirectoryEnumerator()
        {
            var isFolder: ObjCBool = false
            let path = folder.appending(path: name)
            _ = FileManager.default.fileExists(atPath: path.path(), isDirectory: &isFolder)
            if !isFolder.boolValue, name != "expected.txt" { files[name] = Array(try Data(contentsOf: path)) }
        }
        self.init(bytes: files)
    }
}
