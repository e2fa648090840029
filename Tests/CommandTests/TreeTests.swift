import Foundation
import Testing

/// A directory that lays a tree from `files/`.
@Suite(.enabled(if: getuid() == 0, "apply needs root"))
struct TreeTests {
    private func site(_ fields: String) throws -> String {
        let site = try Tool.site("directory:\n  /srv/t: {recurse: tree, \(fields)}\n")
        let script = """
            mkdir -p '\(site)/files/tree/sub'; cd '\(site)/files/tree'
            echo a > a; echo b > sub/b; echo run > sub/run; chmod 755 sub/run; echo old > a.bak
            """
        #expect(Tool.run(["sh", "-ec", script]).status == 0)
        return site
    }

    private func tree(_ root: String) -> String {
        Tool.run(["sh", "-c", "cd '\(root)/srv' && find t -printf '%p %m %U\\n' | sort"]).output
    }

    @Test func everythingInItBelongsToItsOwner() throws {
        let root = try Tool.bareRoot()
        let others = try site("ignore: [\"*.bak\"]")
        #expect(Tool.lodestar("apply", others, "--root", root).status == 0)
        #expect(tree(root) == "t 755 0\nt/a 644 0\nt/sub 755 0\nt/sub/b 644 0\nt/sub/run 755 0\n")
        let mine = try site("ignore: [\"*.bak\"], owner: \"3000\"")
        #expect(Tool.lodestar("plan", mine, "--root", root).output.contains("4 entries belong to others -> 3000"))
        #expect(Tool.lodestar("apply", mine, "--root", root).status == 0)
        #expect(tree(root) == "t 755 3000\nt/a 644 3000\nt/sub 755 3000\nt/sub/b 644 3000\nt/sub/run 755 3000\n")
        #expect(Tool.lodestar("plan", mine, "--root", root, "--verify", "--detailed-exit-code").status == 0)
    }

    /// Also where the catalog is cached.
    @Test func aFileThatBecomesExecutableIsSeen() throws {
        let root = try Tool.bareRoot(), site = try site("ignore: [\"*.bak\"]")
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        #expect(Tool.run(["chmod", "755", "\(site)/files/tree/a"]).status == 0)
        #expect(Tool.lodestar("plan", site, "--root", root).output.contains("recurse/a   0644 -> 0755"))
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        #expect(tree(root).contains("t/a 755 0"))
    }

    @Test func strangersAreFoundAtEveryDepthAndLinksAreNotFollowed() throws {
        let root = try Tool.bareRoot(), site = try site("ignore: [\"*.bak\"], purge: enforce")
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        let script = """
            cd '\(root)/srv/t'; touch stranger sub/stranger kept.bak; mkdir sub/more; ln -s '\(root)/etc' sub/more/link
            """
        #expect(Tool.run(["sh", "-ec", script]).status == 0)
        let plan = Tool.lodestar("plan", site, "--root", root).output
        for name in ["/srv/t/stranger", "/srv/t/sub/stranger", "/srv/t/sub/more"] {
            #expect(plan.contains("\(name) ->"))
        }
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        #expect(tree(root) == "t 755 0\nt/a 644 0\nt/kept.bak 644 0\nt/sub 755 0\nt/sub/b 644 0\nt/sub/run 755 0\n")
        #expect(FileManager.default.fileExists(atPath: "\(root)/etc/hosts"))
    }

    @Test func purgeOnlyReportsUnlessItIsEnforced() throws {
        let root = try Tool.bareRoot(), site = try site("purge: report")
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        try "x".write(toFile: "\(root)/srv/t/stranger", atomically: true, encoding: .utf8)
        for _ in 0..<2 {
            let plan = Tool.lodestar("plan", site, "--root", root, "--detailed-exit-code")
            #expect(plan.status == 0)
            #expect(plan.output.contains("note: directory:/srv/t: /srv/t/stranger is not declared"))
            usleep(100_000)
            #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        }
        #expect(FileManager.default.fileExists(atPath: "\(root)/srv/t/stranger"))
    }

    /// Files are named one by one: added by size, changed with the difference, of another mode, gone from the folder.
    @Test func aPlanNamesTheFilesOfATree() throws {
        let root = try Tool.bareRoot(), site = try site("ignore: [\"*.bak\"]")
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        let script = """
            cd '\(site)/files/tree'; echo other > a; echo new > sub/new; rm sub/b; mkdir more; echo x > more/x
            chmod 0600 '\(root)/srv/t/sub/run'; echo mine > '\(root)/srv/t/sub/foreign'
            """
        #expect(Tool.run(["sh", "-ec", script]).status == 0)
        let plan = Tool.lodestar("plan", site, "--root", root).output
        for part in [
            "recurse/a", "-a", "+other", "recurse/sub/new", "recurse/more/x", "recurse/sub/run 0600 -> 0755",
            "sub/b -> (removed)",
        ] {
            #expect(plan.contains(part), "\(part): \(plan)")
        }
        #expect(!plan.contains("foreign"))
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        #expect(
            tree(root)
                == "t 755 0\nt/a 644 0\nt/more 755 0\nt/more/x 644 0\nt/sub 755 0\nt/sub/foreign 644 0\nt/sub/new 644 0\nt/sub/run 755 0\n"
        )
        #expect(Tool.lodestar("plan", site, "--root", root, "--detailed-exit-code").status == 0)
        #expect(Tool.run(["sh", "-ec", "cd '\(site)/files/tree'; rm -r more sub/new"]).status == 0)
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        #expect(!FileManager.default.fileExists(atPath: "\(root)/srv/t/more"))
    }

    /// In a directory that was there before, nobody knows whose a file is that leaves the tree.
    @Test func whatLeavesATreeInAnAdoptedDirectoryStays() throws {
        let root = try Tool.bareRoot(), site = try site("ignore: [\"*.bak\"]")
        #expect(Tool.run(["sh", "-c", "mkdir -p '\(root)/srv/t/sub'; echo theirs > '\(root)/srv/t/a'"]).status == 0)
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        #expect(Tool.run(["rm", "\(site)/files/tree/a"]).status == 0)
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        #expect(FileManager.default.fileExists(atPath: "\(root)/srv/t/a"))
        #expect(Tool.lodestar("plan", site, "--root", root, "--detailed-exit-code").status == 0)
    }

    /// A file that moves from a tree to a declaration of its own stays, also when the tree's directory goes.
    @Test func whatAnotherDeclarationTakesOverStays() throws {
        let root = try Tool.bareRoot(), site = try site("ignore: [\"*.bak\"]")
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        try "file: {/srv/t/sub/b: {content: own}}\n".write(
            toFile: "\(site)/manifests/base.yaml", atomically: true, encoding: .utf8)
        let result = Tool.lodestar("apply", site, "--root", root)
        #expect(result.status == 0, "\(result.output)")
        #expect(try String(contentsOfFile: "\(root)/srv/t/sub/b", encoding: .utf8) == "own")
        #expect(Tool.lodestar("plan", site, "--root", root, "--detailed-exit-code").status == 0)
    }

    /// The ledger holds digests, and a tree costs about as many fsyncs as its files declared one by one.
    @Test func aTreeIsWrittenInOneBatch() throws {
        let tree = try site("")
        var files = "directory: {/srv/t: {}, /srv/t/d: {}}\nfile:\n"
        for number in 0..<300 {
            let body = String(repeating: "x", count: 5000) + "\(number)"
            try FileManager.default.createDirectory(atPath: "\(tree)/files/tree/d", withIntermediateDirectories: true)
            try body.write(toFile: "\(tree)/files/tree/d/f\(number)", atomically: true, encoding: .utf8)
            files += "  /srv/t/d/f\(number): {content: \"\(body)\"}\n"
        }
        let single = try Tool.site(files)
        func syncs(_ site: String) throws -> (count: Int, root: String) {
            let root = try Tool.bareRoot(), log = "\(root)/strace"
            let traced = Tool.run([
                "strace", "-f", "-e", "trace=fsync,fdatasync,syncfs", "-o", log, Tool.binary, "apply", site, "--root",
                root,
            ])
            #expect(traced.status == 0, "\(traced.output)")
            return (try String(contentsOfFile: log, encoding: .utf8).components(separatedBy: "sync(").count - 1, root)
        }
        let one = try syncs(tree), many = try syncs(single)
        #expect(one.count <= many.count + 20, "\(one.count) and \(many.count)")
        let size =
            try FileManager.default.attributesOfItem(atPath: "\(one.root)/var/lib/lodestar/state.db")[.size] as? Int
        #expect((size ?? .max) < 300 * 1000, "\(String(describing: size))")
    }
}
