import Foundation
import Model
import TestSupport
import Testing

@testable import Git

/// Repositories of the host, made by git and damaged by hand.
@Suite struct GitSourceTests {
    private func ref(_ text: String) throws -> GitRefName { try #require(GitRefName(text)) }

    @Test func aCommitHasItsFilesAndLinks() throws {
        let bench = try GitBench()
        try bench.write("1\r\n", to: "d/é f")
        try bench.write("* text eol=lf ident\n", to: ".gitattributes")
        try bench.write("#!\n", to: "run")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: bench.repository + "/run")
        try FileManager.default.createSymbolicLink(atPath: bench.repository + "/l", withDestinationPath: "d/x")
        let id = try bench.commit(), files = try bench.source.files(of: id)
        let said = files.entries.map { entry in
            switch entry.body {
            case .link(let target): "\(entry.path) -> \(target)"
            case .file(let content, let isExecutable): "\(entry.path) \(content.byteCount)\(isExecutable ? " x" : "")"
            }
        }
        // git add has taken the carriage return already.
        #expect(said == [".gitattributes 20", "d/é f 2", "l -> d/x", "run 3 x"])
        // The bytes are read once more when they are wanted, as often as they are.
        guard case .file(let content, _) = files.entries[3].body else { return #expect(Bool(false)) }
        for _ in 0..<2 { #expect(try content.bytes == Array("#!\n".utf8)) }
    }

    @Test func aReaderThatStopsHalfWayDoesNotSpoilTheNextOne() throws {
        let bench = try GitBench()
        try bench.write(String(repeating: "long", count: 200_000), to: "a")
        try bench.write("short", to: "b")
        let files = try bench.source.files(of: try bench.commit())
        guard case .file(let long, _) = files.entries[0].body, case .file(let short, _) = files.entries[1].body else {
            return #expect(Bool(false))
        }
        #expect(throws: HostFault.self) {
            try long.read { (_) throws(HostFault) in throw HostFault("write", "it", "ENOSPC") }
        }
        #expect(try short.bytes == Array("short".utf8))
        #expect(try long.bytes.count == 800_000)
    }

    @Test func refsAreFoundLooseAndPacked() throws {
        let bench = try GitBench()
        try bench.write("1", to: "a")
        let one = try bench.commit()
        try bench.git("tag", "light")
        try bench.git("tag", "-a", "-m", "x", "heavy")
        try bench.git("branch", "feature/x")
        try bench.write("2", to: "a")
        let two = try bench.commit()
        for _ in 0..<2 {
            let source = try bench.source
            #expect(try source.id(of: ref("main")) == two)
            #expect(try source.id(of: ref("HEAD")) == two)
            #expect(try source.id(of: ref("refs/heads/main")) == two)
            #expect(try source.id(of: ref("light")) == one)
            #expect(try source.id(of: ref("feature/x")) == one)
            // An annotated tag stands for what it tags.
            #expect(try source.files(of: source.id(of: ref("heavy"))).entries.count == 1)
            #expect(throws: GitFault.self) { try source.id(of: ref("other")) }
            #expect(throws: GitFault.self) { try source.id(of: ref("feature")) }
            try bench.git("pack-refs", "--all", "--prune")
        }
        try bench.git("tag", "main")
        #expect(throws: GitFault.self) { try bench.source.id(of: ref("main")) }
        #expect(try bench.source.id(of: ref("refs/tags/main")) == two)
    }

    @Test func anObjectWithOtherBytesIsNotBelieved() throws {
        let bench = try GitBench()
        try bench.write("good", to: "a")
        try bench.write("evil", to: "b")
        let id = try bench.commit()
        func place(_ name: String) throws -> String {
            let id = try bench.git("rev-parse", "HEAD:\(name)")
            return "\(bench.repository)/.git/objects/\(id.prefix(2))/\(id.dropFirst(2))"
        }
        let (good, evil) = (try place("a"), try place("b"))
        _ = try bench.source.files(of: id)
        try FileManager.default.removeItem(atPath: good)
        try FileManager.default.copyItem(atPath: evil, toPath: good)
        #expect { try bench.source.files(of: id) } throws: { ($0 as? GitFault)?.kind == .corrupt }
    }

    @Test func theSettingsOfARepositoryAreNotRead() throws {
        let bench = try GitBench()
        try bench.write("1", to: "a")
        let id = try bench.commit(), bait = bench.folder.path + "/bait"
        for name in [
            "core.fsmonitor", "core.sshCommand", "core.hooksPath", "uploadpack.packObjectsHook",
            "core.alternateRefsCommand",
        ] {
            try bench.git("config", name, "touch \(bait)")
        }
        try bench.git("config", "extensions.partialClone", "evil")
        try bench.git("config", "remote.evil.url", "ext::touch \(bait)")
        try bench.git("config", "remote.evil.promisor", "true")
        #expect(try bench.source.files(of: id).entries.count == 1)
        #expect(throws: GitFault.self) {
            try bench.source.files(of: try #require(GitID(String(repeating: "1", count: 40))))
        }
        #expect(!FileManager.default.fileExists(atPath: bait))
    }

    @Test func whatReplacesACommitDoesNotCount() throws {
        let bench = try GitBench()
        try bench.write("1", to: "a")
        let one = try bench.commit()
        try bench.write("2", to: "b")
        let two = try bench.commit()
        try bench.git("replace", "\(one)", "\(two)")
        #expect(try bench.source.files(of: one).entries.map(\.path) == ["a"])
    }

    @Test func aCircleOfRefsHasAnEnd() throws {
        let bench = try GitBench()
        try bench.write("ref: refs/heads/main\n", to: ".git/refs/heads/main")
        #expect(throws: GitFault.self) { try bench.source.id(of: ref("main")) }
    }

    @Test func whatIsNoRepositoryIsMissing() throws {
        let bench = try GitBench()
        try FileManager.default.removeItem(atPath: bench.repository)
        #expect { try bench.source.id(of: ref("main")) } throws: { ($0 as? GitFault)?.kind == .missing }
    }

    /// Links of a root lead on within it.
    @Test func aLinkOfTheRootStaysInIt() throws {
        let bench = try GitBench()
        try bench.write("1", to: "a")
        let id = try bench.commit()
        try FileManager.default.createDirectory(atPath: bench.root + "/srv", withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: bench.repository, toPath: bench.root + "/srv/real")
        try FileManager.default.createSymbolicLink(atPath: bench.repository, withDestinationPath: "/srv/real")
        #expect(try bench.source.files(of: id).entries.count == 1)
    }

    @Test func aRemoteThatIsNotThereIsUnreachable() throws {
        let bench = try GitBench()
        let address = try #require(GitAddress("https://127.0.0.1:1/a"))
        let source = GitSource(address, below: bench.root, state: bench.folder.path + "/state")
        #expect { try source.id(of: ref("main")) } throws: { ($0 as? GitFault)?.kind == .unreachable }
        let id = try #require(GitID(String(repeating: "1", count: 40)))
        #expect { try source.files(of: id) } throws: { ($0 as? GitFault)?.kind == .unreachable }
    }
}
