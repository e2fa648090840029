import Foundation
import Testing

/// Each role of `Manifests/` is embedded, documented and compiles, and a fresh root becomes what it says.
@Suite struct StandardRoleTests {
    private static let root = ProcessInfo.processInfo.environment["LODESTAR_TEST_ROOT"] ?? "/var/tmp/lodestar-test-root"

    private static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(Tool.top)Manifests").filter { $0.hasSuffix(".yaml") }
            .map { String($0.dropLast(5)) }.sorted()
    }

    /// What the page shows is a manifest; a parameter says what it is, and a mandatory one what it looks like.
    @Test func everyRoleHasAPageWhoseExampleCompiles() throws {
        for name in try Self.names() {
            let page = Tool.lodestar("explain", "std/\(name)", "--markdown")
            #expect(page.status == 0, "\(name): \(page.errors)")
            let parts = page.output.components(separatedBy: "```")
            let example = try #require(parts.dropFirst().first).dropFirst("yaml\n".count)
            for row in parts[0].split(separator: "\n") where row.hasPrefix("| ") {
                let cells = row.dropFirst(2).components(separatedBy: " | ")
                #expect(cells.count == 4 && cells.last != " |", "\(name): \(row)")
                #expect(cells[2] != "mandatory" || example.contains("      \(cells[0]): "), "\(name): \(row)")
            }
            let check = Tool.lodestar("check", try Tool.site(String(example)))
            #expect(check.status == 0, "\(name): \(check.errors)")
        }
    }

    @Test(
        .enabled(if: FileManager.default.fileExists(atPath: "\(root)/.complete"), "needs Tests/Tools/make-root.sh"),
        .enabled(if: getuid() == 0, "needs root"), .timeLimit(.minutes(20)))
    func aFreshRootBecomesWhatTheySay() {
        let result = Tool.run(["\(Tool.top)Tests/Tools/roles-judge.sh", Tool.binary, Self.root])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }

    @Test func aNumberGivenToATextParameterIsItsCanonicalText() throws {
        let site = try Tool.site("role:\n  r: {with: {s: \"${{ 5 }}\"}}\n")
        try FileManager.default.createDirectory(atPath: "\(site)/roles", withIntermediateDirectories: true)
        try "parameters: {s: {type: string}}\nlink:\n  /etc/s: {target: \"${{ param.s + '!' }}\"}\n".write(
            toFile: "\(site)/roles/r.yaml", atomically: true, encoding: .utf8)
        let catalog = Tool.lodestar("catalog", site)
        #expect(catalog.status == 0, "\(catalog.errors)")
        #expect(catalog.output.contains("5!"))
    }

    @Test func rolesAreUsedUnderAnyName() throws {
        let site = try Tool.site(
            """
            directory: {/etc/logrotate.d: {}}
            role:
              std/motd: {with: {text: hello}}
              std/ssh: {with: {allow_groups: [ops, admin]}}
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

    /// A team whose label nobody has would be on no host, and take its people away.
    @Test func aLabelOfATeamIsOneOfTheInventory() throws {
        func check(_ label: String) throws -> Tool.Result {
            let site = try Tool.site(
                """
                role:
                  std/accounts:
                    with:
                      people: {}
                      teams: {ops: {gid: 3000, hosts: {\(label): prod}}}
                """)
            try FileManager.default.createDirectory(atPath: "\(site)/inventory", withIntermediateDirectories: true)
            try "groups: {g: {hosts: 'true', labels: {region: north}}}\nhosts: {a: {labels: {env: dev}}}\n".write(
                toFile: "\(site)/inventory/a.yaml", atomically: true, encoding: .utf8)
            return Tool.lodestar("check", site)
        }
        for label in ["env", "region"] { #expect(try check(label).status == 0) }
        let wrong = try check("regoin")
        #expect(
            wrong.status == 65 && wrong.errors.contains("found `regoin`")
                && wrong.errors.contains("did you mean `region`?"),
            "\(wrong.errors)")
    }

    /// Who begins with the unit of the examples has that of the role.
    @Test(.enabled(if: getuid() == 0, "apply needs root")) func theUnitOfTheAgentIsThatOfTheExamples() throws {
        let root = try Tool.rootWithShell()
        let done = Tool.lodestar("apply", try Tool.site("role: {std/agent: {with: {}}}\n"), "--root", root)
        let example = try String(contentsOfFile: "\(Tool.top)Examples/agent/lodestar-agent.service", encoding: .utf8)
        let unit = try String(contentsOfFile: "\(root)/etc/systemd/system/lodestar-agent.service", encoding: .utf8)
        #expect(done.status == 0 && unit == example, "\(done.output)\(done.errors)")
    }

    @Test(arguments: [
        ("disk_warning: 96", "`disk_warning` of std/checks: expected it before `disk_critical`, found 96 and 95"),
        ("certificates_critical: 30", "expected it before `certificates_critical`, found 21 and 30"),
        ("load_warning: 500", ""),
    ])
    func aWarningComesBeforeItIsCritical(_ words: String, _ message: String) throws {
        let check = Tool.lodestar("check", try Tool.site("role: {std/checks: {with: {\(words)}}}\n"))
        #expect(
            check.status == (message.isEmpty ? 0 : 65) && check.errors.contains(message) != message.isEmpty,
            "\(check.errors)")
    }

    /// sudo would take the name for everybody.
    @Test func noCommonAccountIsCalledAll() throws {
        let site = try Tool.site(
            """
            role:
              std/accounts:
                with:
                  people: {}
                  teams: {ops: {gid: 3000}}
                  common: {ALL: {uid: 3200, become: [ops], passwordless: true}}
            """)
        let check = Tool.lodestar("check", site)
        #expect(check.status != 0 && check.errors.contains("expected an account name, found `ALL`"), "\(check.errors)")
    }

    /// Where the exporter listens, and where it is asked.
    @Test(arguments: [
        ("127.0.0.1:9100", "http://127.0.0.1:9100/metrics"), ("0.0.0.0:9100", "http://127.0.0.1:9100/metrics"),
        (":9200", "http://127.0.0.1:9200/metrics"), ("[::]:9100", "http://[::1]:9100/metrics"),
        ("10.0.0.5:9100", "http://10.0.0.5:9100/metrics"),
    ])
    func theExporterIsAskedWhereItListens(_ listen: String, _ asked: String) throws {
        let site = try Tool.site(
            "role:\n  std/node_exporter: {with: {listen: \"\(listen)\", version: \"1.5\", flags: [--no-collector.zfs]}}\n"
        )
        let catalog = Tool.lodestar("catalog", site)
        #expect(catalog.status == 0, "\(catalog.errors)")
        #expect(catalog.output.contains("\"\(asked)\""), "\(catalog.output)")
        let plan = Tool.lodestar("plan", site, "--root", try Tool.bareRoot()).output
        #expect(plan.contains("--web.listen-address=") && plan.contains(listen), "\(plan)")
        #expect(plan.contains("--no-collector.zfs") && plan.contains("MemoryMax=128M"))
        #expect(catalog.output.contains("\"1.5\""))
    }

    @Test func eachCheckCanBeSwitchedOff() throws {
        let all = ["disk", "inodes", "load", "memory", "clock", "units", "reboot"]
        for off in all + ["none"] {
            let site = try Tool.site("role:\n  std/checks: {with: {\(off == "none" ? "" : "\(off): false")}}\n")
            let catalog = Tool.lodestar("catalog", site)
            #expect(catalog.status == 0, "\(catalog.errors)")
            for name in all {
                #expect(catalog.output.contains("schedule:check-\(name)\"") == (name != off), "\(name) without \(off)")
            }
            #expect(!catalog.output.contains("check-certificates"))
        }
        let wrong = Tool.lodestar("check", try Tool.site("role:\n  std/checks: {with: {disk_warning: much}}\n"))
        #expect(wrong.status == 65 && wrong.errors.contains("`disk_warning`: expected"), "\(wrong.errors)")
    }

    @Test func anUnknownStandardRoleIsNamedWithTheNearest() throws {
        let result = Tool.lodestar("check", try Tool.site("role: {std/mot: {with: {}}}\n"))
        #expect(result.status == 65)
        #expect(result.errors.contains("did you mean `std/motd`?"))
    }
}
