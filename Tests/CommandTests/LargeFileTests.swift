import Foundation
import Testing

/// Owner and mode never need the body of a file.
@Suite(.enabled(if: getuid() == 0, "apply needs root"))
struct LargeFileTests {
    @Test(arguments: ["mode: \"0600\"", "owner: 3601", "group: adm", "state: absent", "owner: 3601, mode: \"u=r,go=\""])
    func attributesOfAFileOfAnySizeAreChanged(words: String) throws {
        let root = try Tool.bareRoot(), path = "\(root)/srv/large"
        // Sparse: 300 GiB that nobody can read into memory.
        #expect(Tool.run(["truncate", "-s", "300G", path]).status == 0)
        let site = try Tool.site("file: {/srv/large: {\(words)}, /srv/other: {content: x}}\n")
        let limited = ["prlimit", "--as=2000000000", Tool.binary]
        for command in ["plan", "apply", "plan"] {
            let result = Tool.run(limited + [command, site, "--root", root])
            #expect(result.status == 0, "\(command): \(result.output)\(result.errors)")
        }
        #expect(Tool.lodestar("plan", site, "--root", root, "--detailed-exit-code").status == 0)
        if words.contains("absent") {
            #expect(!FileManager.default.fileExists(atPath: path))
            return
        }
        // Un-declared it stays, and was not read either.
        try "file: {/srv/other: {content: x}}\n".write(
            toFile: "\(site)/manifests/base.yaml", atomically: true, encoding: .utf8)
        #expect(Tool.run(limited + ["apply", site, "--root", root]).status == 0)
        #expect(FileManager.default.fileExists(atPath: path))
    }

    /// What is there is told by its size, what shall be there is small.
    @Test func aContentTakesThePlaceOfAFileOfAnySize() throws {
        let root = try Tool.bareRoot()
        #expect(Tool.run(["truncate", "-s", "300G", "\(root)/srv/large"]).status == 0)
        let site = try Tool.site("file: {/srv/large: {content: small}}\n")
        let plan = Tool.lodestar("plan", site, "--root", root)
        #expect(plan.output.contains("322122547200 bytes -> "), "\(plan.output)")
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        #expect(try String(contentsOfFile: "\(root)/srv/large", encoding: .utf8) == "small")
        #expect(Tool.lodestar("plan", site, "--root", root, "--detailed-exit-code").status == 0)
    }

    /// A file that would not fit into the memory that is allowed, from a site to a host, and its drift.
    @Test(arguments: ["file: {/srv/image: {source: tree/image}}", "directory: {/srv: {recurse: tree}}"])
    func aLargeSourceIsNeverHeldInMemory(manifest: String) throws {
        let root = try Tool.bareRoot(), site = try Tool.site(manifest + "\n")
        try FileManager.default.createDirectory(atPath: "\(site)/files/tree", withIntermediateDirectories: true)
        let noise = "head -c 300000001 /dev/zero | openssl enc -aes-128-ctr -K 00 -iv 00"
        let made = Tool.run(["sh", "-c", "\(noise) -out '\(site)/files/tree/image'"])
        #expect(made.status == 0, "\(made.errors)")
        let limited = ["prlimit", "--data=150000000", Tool.binary]
        func run(_ words: String...) -> Tool.Result { Tool.run(limited + words + [site, "--root", root]) }
        #expect(run("plan").status == 0)
        let applied = run("apply")
        #expect(applied.status == 0, "\(applied.output)\(applied.errors)")
        #expect(Tool.run(["cmp", "\(site)/files/tree/image", "\(root)/srv/image"]).status == 0)
        #expect(run("plan", "--detailed-exit-code").status == 0)
        #expect(run("plan", "--detailed-exit-code", "--verify").status == 0)
        // One byte in the middle, with the size as before.
        let drift = "printf X | dd of='\(root)/srv/image' bs=1 seek=150000000 conv=notrunc status=none"
        #expect(Tool.run(["sh", "-c", drift]).status == 0)
        #expect(run("plan", "--detailed-exit-code").status == 2)
        #expect(run("apply").status == 0)
        #expect(Tool.run(["cmp", "\(site)/files/tree/image", "\(root)/srv/image"]).status == 0)
        try FileManager.default.removeItem(atPath: "\(site)/files/tree/image")
    }

    /// What a saved plan did not see is not written over, whatever its size.
    @Test func aSavedPlanOverALargeFileKnowsItsBytes() throws {
        let root = try Tool.bareRoot(), site = try Tool.site("file: {/srv/x: {content: small}}\n")
        let plan = "\(site)/plan.json"
        func fill(_ letter: String) {
            let script = "head -c 10000000 /dev/zero | tr '\\0' \(letter) > '\(root)/srv/x'"
            #expect(Tool.run(["sh", "-c", script]).status == 0)
        }
        fill("X")
        #expect(Tool.lodestar("plan", site, "--root", root, "--out", plan).status == 0)
        fill("Y")
        let late = Tool.lodestar("apply", plan, "--root", root)
        #expect(late.output.contains("no longer what the plan saw"), "\(late.output)\(late.errors)")
    }

    /// `in_place` must be able to bring back what was there.
    @Test func inPlaceRefusesWhatItCouldNotBringBack() throws {
        let root = try Tool.bareRoot()
        let site = try Tool.site("file: {/srv/x: {content: small, in_place: true}}\n")
        #expect(Tool.run(["truncate", "-s", "2T", "\(root)/srv/x"]).status == 0)
        let apply = Tool.lodestar("apply", site, "--root", root)
        #expect(apply.status == 4)
        #expect(apply.output.contains("cannot keep the content of /srv/x: it has more than 256 MiB"), "\(apply.output)")
    }

    /// What is in a home moves with it, also in the plan.
    @Test func aPlanSeesWhatIsInAMovedHome() throws {
        let root = try Tool.bareRoot(), key = "ssh-ed25519 \(AttackTests.key) a"
        func manifest(_ home: String) -> String {
            """
            user: {ana: {uid: 3601, home: \(home), authorized_keys: {exactly: ["\(key)"]}}}
            line: {l: {path: \(home)/.profile, text: "export A=1", require: ["user:ana"]}}
            """ + "\n"
        }
        let site = try Tool.site(manifest("/home/ana"))
        try FileManager.default.createDirectory(atPath: "\(root)/etc/skel", withIntermediateDirectories: true)
        try "# p\n".write(toFile: "\(root)/etc/skel/.profile", atomically: true, encoding: .utf8)
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        try manifest("/srv/ana").write(toFile: "\(site)/manifests/base.yaml", atomically: true, encoding: .utf8)
        let plan = Tool.lodestar("plan", site, "--root", root)
        #expect(plan.output.contains("1 to change, 1 released; 1 in place"), "\(plan.output)")
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        #expect(Tool.lodestar("plan", site, "--root", root, "--detailed-exit-code", "--verify").status == 0)
        #expect(try String(contentsOfFile: "\(root)/srv/ana/.profile", encoding: .utf8) == "# p\nexport A=1\n")
    }
}
