import Foundation
import Model
import TestSupport
import Testing

@testable import Git

/// Commits of repositories of the host as sites.
@Suite struct GitSiteTests {
    private func fault(_ body: () throws -> GitSite) -> SourceFault? {
        do {
            _ = try body()
            return nil
        } catch {
            return error as? SourceFault
        }
    }

    private func text(_ path: String, in site: GitSite) throws -> String? {
        try site.contents(of: path).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func aCommitIsReadAndNotTheFolder() throws {
        let bench = try GitBench()
        try bench.write("one", to: "files/a")
        try bench.write("#!", to: "files/run")
        try bench.write("hidden", to: "files/.h/x")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: bench.repository + "/files/run")
        let id = try bench.commit()
        try bench.write("two", to: "files/a")
        try bench.write("new", to: "files/b")
        let site = try bench.site("main")
        #expect(site.revision == "\("\(id)".prefix(12)) x")
        #expect(try site.paths(below: "files") == ["files/a", "files/run"])
        #expect(try site.paths(below: "") == ["files/a", "files/run"])
        #expect(try text("files/a", in: site) == "one")
        #expect(try site.byteCount(of: "files/a") == 3)
        #expect(try text("files/b", in: site) == nil)
        #expect(site.isExecutable("files/run") && !site.isExecutable("files/a"))
        var read: [UInt8] = []
        try site.read("files/a") { read += $0 }
        #expect(read == Array("one".utf8))
        #expect(throws: HostFault.self) { try site.read("files/b") { _ in } }
        // A folder of the commit is a site too, and what lies beside it is not looked at.
        #expect(try text("a", in: bench.site("main", folder: "files/")) == "one")
        let files = try bench.git("rev-parse", "HEAD:files")
        let mixed = try bench.commit([("40000", "files", files), ("160000", "module", "\(id)")])
        #expect(try text("a", in: bench.site(mixed, folder: "files")) == "one")
        #expect(fault { try bench.site(mixed) }?.kind == .refused)
    }

    @Test func aRevisionIsWhatGitTakesForIt() throws {
        let bench = try GitBench()
        try bench.write("1", to: "a")
        let one = try bench.commit()
        try bench.git("tag", "-a", "-m", "x", "v1")
        try bench.write("2", to: "a")
        let two = try bench.commit()
        try bench.git("checkout", "-q", "-b", "side", "HEAD~1")
        try bench.write("3", to: "b")
        let three = try bench.commit()
        try bench.git("checkout", "-q", "main")
        try bench.git("merge", "-q", "--no-edit", "side")
        try bench.git("update-ref", "refs/remotes/origin/next", "\(three)")
        for (name, id) in [
            ("v1", one), ("v1^0", one), ("main^", two), ("main^2", three), ("main^2~1", one), ("HEAD~2", one),
            ("main~1^1", one), ("refs/heads/side", three), ("origin/next", three), ("\(two)", two),
            (String("\(two)".prefix(9)), two), ("tags/v1", nil), ("main~3", nil), ("main^3", nil), ("1234567", nil),
            ("v2", nil), (String(repeating: "1", count: 40), nil),
        ] as [(String, GitID?)] {
            if let id {
                #expect(try bench.site(name).commit == id, "\(name)")
            } else {
                #expect(fault { try bench.site(name) }?.kind == .missing, "\(name)")
            }
        }
        #expect(fault { try bench.site("v2") }?.hint == "did you mean `v1`?")
        #expect(fault { try bench.site("main", folder: "c") }?.kind == .missing)
    }

    @Test(arguments: [
        "", "-x", "--upload-pack=touch", "a..b", "main:", "@{u}", "main@{1}", ":/text", "main^{tree}", "main~x", "a b",
        "main~99999", "../x", "\u{7}",
    ])
    func whatIsNoRevisionIsRefused(name: String) throws {
        #expect(fault { try GitBench().site(name) }?.kind == .usage)
    }

    @Test(arguments: ["../x", "/x", "a//b", "a/../b", ".", ".git", "a/.GIT", "/"])
    func whatIsNoFolderIsRefused(folder: String) throws {
        #expect(fault { try GitBench().site("main", folder: folder) }?.kind == .usage)
    }

    @Test(arguments: [
        [("120000", "l")], [("160000", "module")], [("100644", "..")], [("100644", ".")], [("100644", ".git")],
        [("40000", ".GIT")], [("100644", "git~1")], [("100644", ".g\u{200C}it")], [("100644", "a/b")], [("100644", "")],
        [("100644", String(repeating: "n", count: 256))], [("100664", "a")], [("100600", "a")], [("040000", "a")],
        [("100644", "A"), ("100644", "a")], [("100644", "e\u{301}"), ("100644", "\u{e9}")],
        [("40000", "A"), ("40000", "a")],
        [("100644", "b"), ("100644", "a")], [("100644", "a"), ("100644", "a")], [("100644", "a\nb")],
        [("100644", "a"), ("40000", "a")],
    ])
    func whatNoSiteHoldsIsRefusedWithItsPath(entries: [(String, String)]) throws {
        let bench = try GitBench()
        try bench.write("x", to: "file")
        let head = try bench.commit()
        let tree = try bench.git("rev-parse", "HEAD^{tree}"), blob = try bench.git("rev-parse", "HEAD:file")
        func id(_ mode: String) -> String { mode.hasSuffix("40000") ? tree : mode == "160000" ? "\(head)" : blob }
        let bad = entries.map { ($0.0, $0.1, id($0.0)) }
        // At the top, and in a folder.
        let top = try bench.commit(bad), inside = try bench.git("rev-parse", "\(top)^{tree}")
        let deep = try bench.commit([("100644", "good", blob), ("40000", "sub", inside)])
        for commit in [top, deep] { #expect(fault { try bench.site(commit) }?.kind == .refused) }
        let reason = fault { try bench.site(deep) }?.reason ?? ""
        #expect(reason.contains("`sub/") || reason.contains("in `sub`"), "\(reason)")
    }

    @Test func whatReplacesAndGraftsDoesNotCount() throws {
        let bench = try GitBench()
        try bench.write("1", to: "a")
        let one = try bench.commit()
        try bench.write("2", to: "a")
        let two = try bench.commit()
        try bench.write("3", to: "a")
        let three = try bench.commit()
        try bench.git("replace", "\(two)", "\(three)")
        try bench.write("\(three) \(one)\n", to: ".git/info/grafts")
        #expect(try bench.site("main~1").commit == two)
        #expect(try text("a", in: bench.site("main~1")) == "2")
    }

    @Test func otherBytesThanTheNameSaysAreNotBelieved() throws {
        let bench = try GitBench()
        try bench.write("good", to: "a")
        try bench.write("evil", to: "b")
        try bench.commit()
        func place(_ name: String) throws -> String {
            let id = try bench.git("rev-parse", name)
            return "\(bench.repository)/.git/objects/\(id.prefix(2))/\(id.dropFirst(2))"
        }
        let site = try bench.site("main"), (good, evil) = (try place("HEAD:a"), try place("HEAD:b"))
        try FileManager.default.removeItem(atPath: good)
        try FileManager.default.copyItem(atPath: evil, toPath: good)
        #expect(throws: SiteFault.self) { try site.contents(of: "a") }
        #expect(throws: SiteFault.self) { try site.byteCount(of: "a") }
        #expect(throws: HostFault.self) { try site.read("a") { _ in } }
        #expect(try text("b", in: site) == "evil")
    }

    /// A partial clone whose objects would be fetched by a program that its settings name.
    @Test func nothingIsFetchedAndNoSettingIsRead() throws {
        let bench = try GitBench()
        try bench.write("1", to: "a")
        try bench.commit()
        let bait = bench.folder.path + "/bait", blob = try bench.git("rev-parse", "HEAD:a")
        for (name, value) in [
            ("core.fsmonitor", "touch \(bait)"), ("core.sshCommand", "touch \(bait)"),
            ("core.alternateRefsCommand", "touch \(bait)"), ("remote.evil.url", "ssh://host/x"),
            ("remote.evil.promisor", "true"), ("extensions.partialClone", "evil"),
            ("core.repositoryFormatVersion", "1"),
        ] { try bench.git("config", name, value) }
        try FileManager.default.removeItem(
            atPath: "\(bench.repository)/.git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))")
        let site = try bench.site("main")
        #expect(throws: SiteFault.self) { try site.contents(of: "a") }
        #expect(!FileManager.default.fileExists(atPath: bait))
    }

    @Test func aLinkedWorkingTreeHasItsOwnHead() throws {
        let bench = try GitBench()
        try bench.write("1", to: "a")
        let one = try bench.commit(), tree = bench.folder.path + "/tree"
        try bench.git("worktree", "add", "-q", "--detach", tree)
        try bench.write("2", to: "a")
        let two = try bench.commit()
        func commit(_ name: String) throws -> GitID {
            try GitCandidate(CommitSource(directory: tree, revision: name)).site().commit
        }
        #expect(try commit("HEAD") == one)
        #expect(try commit("main") == two)
    }

    @Test func anotherHashIsRefused() throws {
        let bench = try GitBench()
        try FileManager.default.removeItem(atPath: bench.repository)
        try bench.git("init", "-q", "-b", "main", "--object-format=sha256", bench.repository)
        try bench.write("1", to: "a")
        try bench.git("add", "-A")
        try bench.git("commit", "-q", "-m", "x")
        for _ in 0..<2 {
            #expect(fault { try bench.site("main") }?.kind == .refused)
            try bench.git("pack-refs", "--all", "--prune")
        }
    }

    @Test func aFolderOfARepositorySaysWhereThatIs() throws {
        let bench = try GitBench()
        try bench.write("1", to: "d/e/a")
        try bench.commit()
        let source = CommitSource(directory: bench.repository + "/d/e", revision: "main")
        let found = fault { try GitCandidate(source).site() }
        #expect(found?.kind == .missing)
        #expect(found?.hint == "the repository is above it: \(bench.repository)#main:d/e")
    }

    /// What lodestar needs of the disk goes again.
    @Test func nothingStays() throws {
        func left() throws -> Set<String> {
            Set(try FileManager.default.contentsOfDirectory(atPath: "/var/tmp").filter { $0.hasPrefix("lodestar-git") })
        }
        let bench = try GitBench()
        try bench.write("1", to: "a")
        try bench.commit()
        var site: GitSite? = try bench.site("main")
        let mine = try left().filter {
            let file = "/var/tmp/\($0)/objects/info/alternates"
            return (try? String(contentsOfFile: file, encoding: .utf8))?.hasPrefix(bench.repository) == true
        }
        #expect(mine.count == 1)
        _ = try site?.contents(of: "a")
        site = nil
        #expect(try left().isDisjoint(with: mine))
    }
}
