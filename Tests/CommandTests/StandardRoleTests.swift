import Foundation
import Testing

/// Each role of `Manifests/` is embedded and compiles.
@Suite struct StandardRoleTests {
    @Test func aNumberGivenToATextParameterIsItsCanonicalText() throws {
        let site = try Tool.site("role:\n  r: {with: {s: \"${{ 5 }}\"}}\n")
        try FileManager.default.createDirectory(atPath: "\(site)/roles", withIntermediateDirectories: true)
        try "parameters: {s: {type: string}}\nlink:\n  /etc/s: {target: \"${{ param.s + '!' }}\"}\n".write(
            toFile: "\(site)/roles/r.yaml", atomically: true, encoding: .utf8)
        let catalog = Tool.lodestar("catalog", site)
        #expect(catalog.status == 0, "\(catalog.errors)")
        #expect(catalog.output.contains("5!"))
    }

    @Test func everyStandardRoleIsReachable() throws {
        let roles = try FileManager.default.contentsOfDirectory(atPath: "\(Tool.top)Manifests").filter {
            $0.hasSuffix(".yaml")
        }
        #expect(roles.sorted() == ["daemon.yaml", "logrotate.yaml", "motd.yaml"])
        let site = try Tool.site(
            """
            directory: {/etc/logrotate.d: {}}
            role:
              std/motd: {with: {text: hello}}
              api: {use: std/daemon, with: {name: api, command: /usr/bin/sleep inf}}
              logs: {use: std/logrotate, with: {name: api, path: "/var/log/*.log"}}
            """)
        let plan = Tool.lodestar("plan", site, "--root", try Tool.bareRoot())
        #expect(plan.status == 0, "\(plan.errors)")
        for address in ["file:/etc/motd", "service:api", "file:/etc/logrotate.d/api"] {
            #expect(plan.output.contains("+ \(address)"), "\(plan.output)")
        }
        #expect(plan.output.contains("(role std/daemon)"))
    }

    @Test func anUnknownStandardRoleIsNamedWithTheNearest() throws {
        let result = Tool.lodestar("check", try Tool.site("role: {std/mot: {with: {}}}\n"))
        #expect(result.status == 65)
        #expect(result.errors.contains("did you mean `std/motd`?"))
    }
}
