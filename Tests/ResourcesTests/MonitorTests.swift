import Engine
import Model
import Resources
import Testing

/// What is particular about monitors and their trials, beside the laws.
@Suite struct MonitorTests {
    static let agent =
        "archive: {source: tools.tar, strip: 1}, user: agent, command: [bin/agent, --quiet]"

    static func manifest(_ properties: String) -> String { "monitor:\n  agent: {\(properties)}\n" }

    @Test(arguments: [
        ("memory: 1M", "expected `package` or `archive`, found neither"),
        ("package: a1, archive: {source: tools.tar}", "expected one of package and archive, found both"),
        ("archive: {source: tools.tar}, command: [a]", "expected `user`, whose rights the agent has"),
        ("archive: {source: tools.tar}, user: a", "expected `command` or `unit`, found neither"),
        ("archive: {strip: 1}, user: a, command: [a]", "expected `source` or `file`, found neither"),
        ("archive: {source: missing.tar}, user: a, command: [a]", "missing.tar"),
        (
            "archive: {source: tools.tar, url: x}, user: a, command: [a]",
            "expected `source`, `sha256`, `strip`, found `url`"
        ),
        ("archive: [a], user: a, command: [a]", "expected a mapping with `source`, `sha256`, `strip`, found a list"),
        ("package: a1, command: [agent]", "`command`: expected a program's path first, found `agent`"),
        ("package: a1, command: []", "`command`: expected a program's path first, found `nothing`"),
        ("package: a1, command: [/a, \"x\\ny\"]", "`command`: expected arguments of one line"),
        ("package: a1, command: [\"/a$b\"]", "`command`: expected a program's path first"),
        ("package: a1, env: {\"A B\": x}", "`env`: expected the name of a variable, found `A B`"),
        ("package: a1, env: {1A: x}", "`env`: expected the name of a variable, found `1A`"),
        ("package: a1, env: {A: \"x\\ny\"}", "`env`: expected one line of text for `A`"),
        ("package: a1, config: {etc/a: {content: x}}", "`config`: expected a canonical absolute path"),
        ("package: a1, config: {/etc/a: {content: x, source: y}}", "expected one of content, source and template"),
        (
            "package: a1, config: {/etc/a: {owner: x}}",
            "`config`: expected `content`, `source`, `template`, `mode`, found `owner`"
        ),
        ("package: a1, unit: x, memory: 1M", "`memory` belongs into the `unit` that is given"),
        ("package: a1, tasks: 0", "`tasks`: expected 1 or more, found 0"),
        ("\(agent), version: a/b", "`version`: expected letters, digits"),
        ("\(agent), version: \"..\"", "`version`: expected letters, digits"),
        ("package: a1, health: {expect: a}", "expected exactly one of http, tcp and command, found none"),
        (
            "package: a1, health: {http: \"https://127.0.0.1/\"}",
            "`health`: expected a URL such as http://127.0.0.1:9100/metrics for `http`"
        ),
        ("package: a1, health: {htpp: x}", "did you mean `http`?"),
    ])
    func whatCannotBeIsRefused(_ properties: String, _ message: String) {
        let error = #expect(throws: LawBench.Problem.self) { try LawBench.catalog(Self.manifest(properties)) }
        #expect(error?.text.contains(message) == true, "\(error?.text ?? "")")
    }

    @Test(arguments: [
        ("http: \"http://a.example/\"", "expected a URL"), ("http: \"http://127.0.0.1:0/\"", "expected a URL"),
        ("http: \"http://::1/\"", "expected a URL"), ("http: \"http://127.0.0.1/a b\"", "expected a URL"),
        ("http: \"http://127.0.0.1/a\\r\\nX: y\"", "expected a URL"),
        ("http: \"http://u@127.0.0.1/\"", "expected a URL"),
        ("http: \"http://127.0.0.1:65536/\"", "expected a URL"), ("http: \"http://127.0.0.1/#x\"", "expected a URL"),
        ("tcp: \"127.0.0.1\"", "expected an address and a port"), ("tcp: \"::1:80\"", "expected an address and a port"),
        ("tcp: \"[127.0.0.1]:80\"", "expected an address and a port"),
        ("tcp: \"a:80\"", "expected an address and a port"),
        ("command: [a]", "expected an absolute path of a program first"),
        ("tcp: \"127.0.0.1:80\", http: \"http://127.0.0.1/\"", "expected exactly one of http, tcp and command"),
        ("tcp: \"127.0.0.1:80\", status: 200", "`status` needs `http`"),
        ("http: \"http://127.0.0.1/\", status: 99", "`status`: expected a number from 100 to 599, found 99"),
        ("tcp: \"127.0.0.1:80\", user: a", "`user` needs `command`"),
        ("tcp: \"127.0.0.1:80\", within: 0s", "`within`: expected 1s to 1h, found 0s"),
        ("tcp: \"127.0.0.1:80\", hold: 61m", "`hold`: expected 0s to 1h, found 1h1m"),
        ("tcp: \"127.0.0.1:80\", expect: \"\"", "`expect`: expected a text of 1 to 1000 bytes"),
    ])
    func aTrialThatCannotBeIsRefused(_ properties: String, _ message: String) {
        let error = #expect(throws: LawBench.Problem.self) {
            try LawBench.catalog("health:\n  web: {\(properties)}\n")
        }
        #expect(error?.text.contains(message) == true, "\(error?.text ?? "")")
    }

    @Test func targetsAreAddresses() throws {
        for (text, host, path) in [
            ("http://127.0.0.1", "127.0.0.1:80", "/"), ("http://[::1]/a?b", "[::1]:80", "/a?b"),
            ("http://localhost:9100/metrics", "localhost:9100", "/metrics"), ("http://[::1]:81", "[::1]:81", "/"),
        ] {
            let target = try #require(HTTPTarget(text), "\(text)")
            #expect(target.socket.text == host && target.path == path, "\(text)")
        }
        #expect(SocketTarget("localhost:1")?.address.text == "127.0.0.1")
    }

    @Test func anArchiveBecomesAServiceWithLimits() throws {
        let bench = try LawBench.simulated()
        let manifest = Self.manifest(
            """
            \(Self.agent), version: "1.2", memory: 64M, cpu: 20%, tasks: 8, env: {A: "x \\"$`\\\\"}, \
            config: {/etc/agent/agent.yml: {content: "a: 1\n"}}, health: {tcp: "127.0.0.1:1"}
            """)
        let catalog = try LawBench.catalog(manifest)
        let plan = try bench.plan(catalog)
        let text = PlanText(plan, isColored: false).text(.full)
        #expect(text.contains("tries a connection to 127.0.0.1:1: an open port within 30s, for 10s"), "\(text)")
        let report = try bench.apply(plan)
        #expect(!report.hasFailures, "\(report.outcomes.compactMap(\.reason))")
        let unit = try #require(try bench.text("/etc/systemd/system/agent.service"))
        for line in [
            "ExecStart=/opt/agent/current/bin/agent --quiet", "User=agent", "Restart=always", "NoNewPrivileges=yes",
            "ProtectSystem=strict", "MemoryMax=64M", "CPUQuota=20%", "TasksMax=8", "WantedBy=multi-user.target",
            "EnvironmentFile=/etc/systemd/system/agent.service.d/lodestar.env",
        ] { #expect(unit.contains("\n\(line)\n"), "\(line)") }
        let environment = try #require(try bench.text("/etc/systemd/system/agent.service.d/lodestar.env"))
        #expect(environment.contains(#"A="x \"\$\`\\""#), "\(environment)")
        let link = try bench.host.linkTarget(of: try "/opt/agent/current".asPath)
        #expect(link.hasPrefix("1.2-") && link.hasSuffix("-1"))
        #expect(try !bench.plan(catalog).hasChanges)
        // What it no longer has goes with it; its account stays.
        let removal = try bench.plan(try LawBench.catalog("file: {/etc/z: {content: x}}\n"))
        _ = try bench.apply(removal)
        for path in ["/opt/agent", "/etc/agent", "/etc/systemd/system/agent.service"] {
            #expect(try !bench.has(path), "\(path)")
        }
        #expect(try bench.text("/etc/passwd")?.contains("agent:") == true)
    }

    @Test func oneChangeRestartsOnce() throws {
        let bench = try LawBench.simulated()
        func plan(_ more: String) throws -> Plan {
            try bench.plan(try LawBench.catalog(Self.manifest("package: hostname, \(more)")))
        }
        try bench.put(
            "[Service]\nExecStart=/bin/a\n[Install]\nWantedBy=a.target\n", at: "/etc/systemd/system/hostname.service")
        _ = try bench.apply(try plan("env: {A: x}, memory: 1M, health: {tcp: \"127.0.0.1:1\"}"))
        let dropIn = try bench.text("/etc/systemd/system/hostname.service.d/lodestar.conf")
        #expect(
            dropIn?.contains(
                "[Service]\nMemoryMax=1M\nEnvironmentFile=/etc/systemd/system/hostname.service.d/lodestar.env\n")
                == true)
        let same = try plan("env: {A: x}, memory: 1M, health: {tcp: \"127.0.0.1:2\"}, note: other, tags: [b]")
        #expect(!same.hasChanges, "\(PlanText(same, isColored: false).text(.full))")
        let changed = try plan("env: {A: y}, memory: 2M, health: {tcp: \"127.0.0.1:2\"}")
        #expect(
            changed.resources.filter { $0.action == .refresh }.map(\.address.description) == [
                "service:hostname", "health:agent",
            ])
        let report = try bench.apply(changed)
        #expect(report.count(.refreshed) == 2 && report.count(.changed) == 2)
    }

    @Test func secretsAreTheAgentsAlone() throws {
        func node(_ content: Node.Content, isSecret: Bool = false) -> Node {
            Node(content, at: .nowhere, isSecret: isSecret)
        }
        func entry(_ key: String, _ value: Node) -> Node.Entry { .init(key: key, keyPlace: .nowhere, value: value) }
        let secret = entry("content", node(.string("hidden"), isSecret: true))
        var faults = Diagnostics()
        let monitor = Monitor.decoded(
            key: node(.string("a")),
            fields: [
                entry("package", node(.string("a1"))), entry("user", node(.string("ana"))),
                entry(
                    "config",
                    node(
                        .map([
                            entry("/etc/a", node(.map([secret]))),
                            entry("/etc/b", node(.map([entry("content", node(.string("y")))]))),
                        ]))),
                entry("env", node(.map([entry("KEY", node(.string("hidden"), isSecret: true))]))),
            ], into: &faults)
        #expect(faults.list.isEmpty && monitor.hasSecrets)
        let files = monitor.parts.compactMap { $0 as? File }
        #expect(
            files.map { "\($0.path) \($0.mode?.text ?? "") \($0.hasSecrets)" } == [
                "/etc/a 0640 true", "/etc/b 0644 false",
                "/etc/systemd/system/a1.service.d/lodestar.env 0600 true",
                "/etc/systemd/system/a1.service.d/lodestar.conf 0644 false",
            ])
        #expect(files.first?.group.map { "\($0)" } == "ana" && files.first?.owner.map { "\($0)" } == "root")
        #expect(!RecordedFields(of: monitor).text.contains("hidden"))
        #expect(!monitor.shownFields.contains { "\($0.value)".contains("hidden") })
    }

    /// Whoever notifies a monitor has its service restarted, and the trial decides.
    @Test func itCanBeNotified() throws {
        let catalog = try LawBench.catalog(
            Self.manifest("\(Self.agent), health: {tcp: \"127.0.0.1:1\"}")
                + "file:\n  /etc/cert: {content: x, notify: [\"monitor:agent\"]}\n")
        let told = catalog.edges.filter { edge in
            edge.isNotification && catalog.declarations[edge.from].address.description == "file:/etc/cert"
        }
        #expect(
            Set(told.map { catalog.declarations[$0.to].address.description }) == ["service:agent", "health:agent"])
        #expect(throws: LawBench.Problem.self) {
            try LawBench.catalog(
                "script: {a: {content: \"#!/bin/sh\\n\"}}\nfile:\n  /etc/cert: {content: x, notify: [\"script:a\"]}\n")
        }
    }
}
