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
}
