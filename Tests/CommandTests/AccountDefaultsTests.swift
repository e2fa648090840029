import Foundation
import Testing

/// What the host says of new accounts is followed, also where the same site has just said it.
@Suite(.enabled(if: getuid() == 0, "apply needs root"))
struct AccountDefaultsTests {
    private func applied(_ manifest: String, _ files: [String: String]) throws -> String {
        let root = try Tool.bareRoot(), site = try Tool.site(manifest)
        for (name, text) in files {
            let path = "\(root)/\(name)"
            try FileManager.default.createDirectory(
                atPath: URL(filePath: path).deletingLastPathComponent().path(), withIntermediateDirectories: true)
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        let plan = Tool.lodestar("plan", site, "--root", root)
        #expect(!plan.output.contains("refused"), "\(plan.output)")
        let result = Tool.lodestar("apply", site, "--root", root)
        #expect(result.status == 0, "\(result.output)")
        let second = Tool.lodestar("plan", site, "--root", root, "--detailed-exit-code", "--verify")
        #expect(second.status == 0, "\(second.output)")
        return root
    }

    private func found(_ path: String) -> String {
        Tool.run(["find", path, "-maxdepth", "0", "-printf", "%m %U:%G"]).output
    }

    @Test(arguments: [
        ("HOME_MODE 0700", "700"), ("UMASK 077", "700"), ("UMASK 027\nHOME_MODE\t0711", "711"), ("", "755"),
        ("umask 077", "755"), ("UMASK 27", "750"), ("CREATE_HOME no", ""), ("CREATE_HOME yes", "755"),
    ])
    func aHomeHasTheModeOfTheHost(login: String, mode: String) throws {
        let wanted = mode.isEmpty ? "" : "\(mode) 3601:3601"
        for isVendor in [false, true] {
            let name = isVendor ? "usr/etc/login.defs" : "etc/login.defs"
            let root = try applied("user: {ana: {uid: 3601}}\n", [name: "\(login)\n"])
            #expect(found("\(root)/home/ana") == wanted)
        }
        // The same from the site itself, in any order.
        let text = login.replacing("\n", with: "\\n").replacing("\t", with: "\\t")
        let manifest =
            "user: {ana: {uid: 3601}, root: {comment: r}}\nfile: {/etc/login.defs: {content: \"\(text)\\n\", owner: root}}\n"
        #expect(found("\(try applied(manifest, [:]))/home/ana") == wanted)
        for line in login.split(separator: "\n") where !line.contains("\t") {
            let manifest = "user: {ana: {uid: 3601}}\nline: {l: {path: /etc/login.defs, text: \"\(line)\"}}\n"
            let root = try applied(manifest, ["etc/login.defs": "# none\n"])
            if !login.contains("\t") { #expect(found("\(root)/home/ana") == wanted, "by a line") }
        }
    }

    @Test func aLineInACopyOfTheSkeletonIsForeseen() throws {
        let manifest = """
            line: {l: {path: /home/ana/.profile, text: "export A=1"}}
            user: {ana: {uid: 3601}}
            """
        let root = try applied(manifest + "\n", ["etc/skel/.profile": "# profile\n", "etc/skel/deep/x": "x\n"])
        #expect(try String(contentsOfFile: "\(root)/home/ana/.profile", encoding: .utf8) == "# profile\nexport A=1\n")
        #expect(found("\(root)/home/ana/.profile") == "644 3601:3601")
    }
}
