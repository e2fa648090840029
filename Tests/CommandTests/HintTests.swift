import Foundation
import Testing

/// What a refused resource misses may come with something else in the same run: the plan says what would make it wait.
@Suite struct HintTests {
    @Test(.enabled(if: getuid() == 0, "apply needs root")) func aMissingDirectoryMayComeWithACommand() throws {
        let site = try Tool.site(
            """
            file:
              /srv/app/x: {content: x}
              /etc/fine: {content: x}
            command:
              unpack: {run: "mkdir -p /srv/app", creates: /srv/app}
            """)
        let root = try Tool.rootWithShell()
        #expect(Tool.run(["ln", "-s", "busybox", "\(root)/bin/mkdir"]).status == 0)
        let plan = Tool.lodestar("plan", site, "--root", root).output
        #expect(
            plan.contains(
                "hint: it may come with command:unpack, which this run changes too: `require: [command:unpack]`"),
            "\(plan)")
        let failed = Tool.lodestar("apply", site, "--root", root)
        #expect(failed.status == 4 && failed.output.contains("`require: [command:unpack]`"), "\(failed.output)")
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        // Without a source there is nothing to hint at.
        #expect(Tool.run(["rm", "-r", "\(root)/srv/app"]).status == 0)
        try "file: {/srv/app/x: {content: x}}\n".write(
            toFile: "\(site)/manifests/base.yaml", atomically: true, encoding: .utf8)
        #expect(!Tool.lodestar("plan", site, "--root", root).output.contains("hint"))
    }
}
