import Engine
import SystemFiles
import Model
import Testing

/// Rules of sudo; their judges are visudo(8) and `sudo -l` (`TypeJudgeTests`).
@Suite struct SudoRuleTests {
    private static let other = "file:\n  /etc/lodestar-marker: {content: x}\n"
    private static let file = "/etc/sudoers.d/lodestar-x"
    private static let main = "Defaults env_reset\n@includedir /etc/sudoers.d\n"

    private func bench(_ files: [String: String] = [:]) throws -> LawBench {
        try LawBench.simulated(with: ["/etc/sudoers": Self.main].merging(files) { $1 }.map { ($0.key, $0.value) })
    }

    @Test(arguments: [
        "x: {}", "x: {users: [root]}", "x: {commands: [ALL]}", "x: {users: [], commands: [ALL]}",
        "x: {users: [root], commands: []}", "x: {users: root, commands: [ALL]}",
        "x: {users: ['%adm'], commands: [ALL]}",
        "x: {users: [a b], commands: [ALL]}", "x: {users: ['!root'], commands: [ALL]}",
        "x: {users: ['#0'], commands: [ALL]}",
        "x: {groups: ['a,b'], commands: [ALL]}", "x: {users: [root], hosts: [], commands: [ALL]}",
        "x: {users: [root], hosts: ['*'], commands: [ALL]}", "x: {users: [root], hosts: [a b], commands: [ALL]}",
        "x: {users: [root], run_as: '', commands: [ALL]}", "x: {users: [root], run_as: 'a:b:c', commands: [ALL]}",
        "x: {users: [root], run_as: '!a', commands: [ALL]}", "x: {users: [root], run_as: [], commands: [ALL]}",
        "x: {users: [root], run_as: ['a:b'], commands: [ALL]}", "x: {users: [root], commands: [ls]}",
        "x: {users: [root], commands: [/]}", "x: {users: [root], commands: [/bin/]}",
        "x: {users: [root], commands: [/bin/../sh]}",
        "x: {users: [root], commands: [sudoedit]}", "x: {users: [root], commands: ['!/bin/sh']}",
        "x: {users: [root], commands: [ALL /bin/sh]}", "x: {users: [root], commands: ['']}",
        "x: {users: [root], commands: [[]]}",
        "x: {users: [root], commands: ['/bin/a\\b']}", "x: {users: [root], commands: ['/bin/a b\\c']}",
        "x: {users: [root], commands: [\"/bin/a b\\nc\"]}", "x: {users: [root], commands: [{args: [a]}]}",
        "x: {users: [root], commands: [{path: /bin/a, args: a}]}",
        "x: {users: [root], commands: [{path: /bin/a, args: ['']}]}",
        "x: {users: [root], commands: [{path: /bin/a, args: [b c]}]}",
        "x: {users: [root], commands: [{path: /bin/a, arg: [b]}]}",
        "x: {users: [root], commands: [{path: /bin/a, args: [\"b\\tc\"]}]}", "x: {users: [root], commands: [/bin/*]}",
        "x: {users: [root], commands: [{path: /bin/a, args: [b], pattern: some}]}",
        "x: {users: [root], commands: [ALL], no_password: 1}",
        "x: {users: [root], commands: [ALL], options: [NOPASSWD]}",
        "x: {users: [root], commands: [ALL], options: [noexec]}",
        "x: {users: [root], commands: [ALL], options: [EXEC, NOEXEC]}",
        "x: {users: [root], commands: [ALL], options: [NOLOG_INPUT, LOG_INPUT]}",
        "a/b: {users: [root], commands: [ALL]}", "a b: {users: [root], commands: [ALL]}",
        "'': {users: [root], commands: [ALL]}",
        "{a.b: {users: [root], commands: [ALL]}, a-b: {users: [root], commands: [/bin/ls]}}",
        "x: {users: [root], commands: [ALL], tag: EXEC}",
    ])
    func badTextsAreRefused(text: String) {
        #expect(throws: LawBench.Problem.self) { try LawBench.catalog("sudo_rule:\n  \(text)\n") }
    }

    @Test(arguments: [
        ("{users: [root], commands: [ALL]}", "root ALL=(root) ALL"),
        ("{users: [root, ALL], groups: [adm], commands: [/bin/ls]}", "root, ALL, %adm ALL=(root) /bin/ls"),
        (
            "{users: [root], hosts: [Web1, 192.0.2.0/24, '2001:DB8::1'], commands: [ALL]}",
            "root web1, 192.0.2.0/24, 2001\\:db8\\:\\:1=(root) ALL"
        ),
        ("{users: [root], run_as: 'ALL:ALL', commands: [ALL]}", "root ALL=(ALL:ALL) ALL"),
        ("{users: [root], run_as: ':adm', commands: [ALL]}", "root ALL=(:adm) ALL"),
        ("{users: [root], run_as: [root, ALL], commands: [ALL]}", "root ALL=(root,ALL) ALL"),
        (
            "{users: [root], commands: [/bin/a -x, '/bin/b \"\"', {path: /bin/c, args: []}]}",
            "root ALL=(root) /bin/a -x, /bin/b \"\", /bin/c \"\""
        ),
        (
            "{users: [root], commands: [{path: '/bin/c d,e', args: ['a,b:c=d#e^f', '*?[x]', '!']}]}",
            "root ALL=(root) /bin/c\\ d\\,e a\\,b\\:c\\=d\\#e\\^f \\*\\?\\[x\\] !"
        ),
        ("{users: [root], commands: [{path: /bin/*, args: ['a,*'], pattern: true}]}", "root ALL=(root) /bin/* a\\,*"),
        ("{users: [root], commands: [sudoedit /etc/motd]}", "root ALL=(root) sudoedit /etc/motd"),
        ("{users: [root], commands: [{path: /bin/a, args: [1, true]}]}", "root ALL=(root) /bin/a 1 true"),
        (
            "{users: [root], commands: [ALL], no_password: true, options: [NOEXEC, SETENV]}",
            "root ALL=(root) NOPASSWD: NOEXEC: SETENV: ALL"
        ),
    ])
    func aRuleIsALineOfSudoers(text: String, line: String) throws {
        let bench = try bench()
        try bench.converge("sudo_rule:\n  x: \(text)\n")
        #expect(try bench.text(Self.file) == line + "\n")
        let status = try #require(try bench.host.status(of: Self.file.asPath))
        #expect(status.permissions.bits == 0o440 && status.owner == 0 && status.group == 0)
    }

    /// sudo's word for everybody is no account: an account that data calls so would make a rule for all accounts.
    @Test(arguments: [
        "user: {ALL: {uid: 3200}}", "user: {x: {key: ALL}}", "group: {ALL: {}}",
        "user: {ana: {groups: {exactly: [ALL]}}}", "sudo_rule: {x: {groups: [ALL], commands: [/bin/ls]}}",
        "ssh_trust: {x: {from: {user: ALL, hosts: 'true'}, to: {user: root, hosts: 'true'}}}",
        "authorized_key: {x: {user: ALL, key: ssh-ed25519 AAAA}}",
    ])
    func noAccountIsCalledAll(_ text: String) throws {
        let problem = try #require(throws: LawBench.Problem.self) { try LawBench.catalog(text + "\n") }
        #expect(problem.text.contains("expected an account name, found `ALL`"), "\(problem.text)")
        #expect(problem.text.contains("sudo takes `ALL` for everybody"), "\(problem.text)")
    }

    @Test func anAccountInCapitalsIsNoAlias() throws {
        let bench = try bench()
        try bench.converge(
            "user: {OPS: {}}\ngroup: {DEV: {}}\nsudo_rule:\n  x: {users: [OPS], groups: [DEV], run_as: OPS, commands: [ALL]}\n"
        )
        #expect(try bench.text(Self.file) == "\"OPS\", %DEV ALL=(\"OPS\") ALL\n")
    }

    @Test func aRuleComesDriftsAndGoes() throws {
        let bench = try bench()
        let rule = "sudo_rule:\n  x: {users: [root], commands: [/bin/ls]}\n"
        try bench.converge(rule)
        try bench.put(Self.file, Content("root ALL=(root) ALL\n"))
        #expect(try bench.converge(rule).fullText.contains("/bin/ls"))
        // Somebody else gives it away: no step of ours would.
        let theirs = Attributes(owner: .number(5), group: .number(5), mode: FileMode(Permissions(0o666)))
        try bench.perform([
            .writeFile(
                FileWrite(
                    try Self.file.asPath, content: Content("root ALL=(root) /bin/ls\n"), attributes: theirs,
                    replaced: .anything, validator: .command("true")))
        ])
        let plan = try bench.converge(rule).fullText
        #expect(plan.contains("mode") && plan.contains("owner"), "\(plan)")
        #expect(try bench.host.status(of: Self.file.asPath)?.permissions.bits == 0o440)
        // A name with a dot would be passed over by sudo.
        try bench.converge("sudo_rule:\n  x.y~: {users: [root], commands: [/bin/ls]}\n")
        #expect(try !bench.has(Self.file) && bench.has("/etc/sudoers.d/lodestar-x-y-"))
        try bench.converge(Self.other)
        #expect(try bench.host.entries(of: "/etc/sudoers.d".asPath) == [])
    }

    @Test(arguments: [
        (["/etc/sudoers": "root\tALL = ( root )\\\n  NOPASSWD :/bin/ls a\\,b # why\n"], true),
        (["/etc/sudoers.d/ana": "# x\nroot ALL=(root) NOPASSWD:/bin/ls a\\,b\n"], true),
        (["/etc/sudoers.d/ana": "#root ALL=(root) NOPASSWD: /bin/ls a\\,b\n"], false),
        (["/etc/sudoers.d/ana.bak": "root ALL=(root) NOPASSWD: /bin/ls a\\,b\n"], false),
        (["/etc/sudoers.d/ana~": "root ALL=(root) NOPASSWD: /bin/ls a\\,b\n"], false),
        (["/etc/sudoers.d/ana": "root ALL=(root) NOPASSWD: /bin/ls a, b\n"], false),
        (
            ["/etc/sudoers.d/ana": "@include /etc/more\n", "/etc/more": "root ALL=(root) NOPASSWD: /bin/ls a\\,b\n"],
            true
        ),
        (
            [
                "/etc/sudoers": "#includedir /etc/other\n@includedir /etc/sudoers.d\n",
                "/etc/other/a": "root ALL=(root) NOPASSWD: /bin/ls a\\,b\n",
            ], true
        ),
    ])
    func anotherFileMaySayIt(files: [String: String], isInPlace: Bool) throws {
        let bench = try bench(files)
        try bench.converge("sudo_rule:\n  x: {users: [root], commands: ['/bin/ls a,b'], no_password: true}\n")
        #expect(try bench.has(Self.file) != isInPlace)
        try bench.converge(Self.other)
        for (path, text) in files { #expect(try bench.text(path) == text) }
    }

    @Test func whatIsMissingIsRefusedEachTime() throws {
        let bench = try bench()
        for _ in 0..<2 {
            for (rule, reason) in [
                ("users: [ana]", "the account ana does not exist"), ("groups: [ops]", "the group ops does not exist"),
                ("users: [root], run_as: ana", "the account ana"), ("users: [root], run_as: ':ops'", "the group ops"),
            ] {
                let text = try bench.refusal("sudo_rule:\n  x: {\(rule), commands: [ALL]}\n", leaving: Self.file)
                #expect(text.contains(reason), "\(text)")
            }
        }
        // Declared accounts come first.
        try bench.converge(
            "sudo_rule: {x: {users: [ana], groups: [ops], commands: [ALL]}}\nuser: {ana: {}}\ngroup: {ops: {}}\n")
        try bench.perform([.remove(Removal(try "/usr/sbin/visudo".asPath, kind: .file))])
        let rule = "sudo_rule:\n  y: {users: [root], commands: [ALL]}\n"
        let text = try bench.refusal(rule, leaving: "/etc/sudoers.d/lodestar-y")
        #expect(text.contains("there is no /usr/sbin/visudo"), "\(text)")
    }

    @Test func aFolderThatSudoDoesNotReadIsARemark() throws {
        let rule = "sudo_rule:\n  x: {users: [root], commands: [ALL]}\n"
        let plan = try bench(["/etc/sudoers": "root ALL=(ALL) ALL\n"]).plan(try LawBench.catalog(rule))
        #expect(plan.remarks.map(\.text) == ["sudo does not read it: /etc/sudoers has no `@includedir /etc/sudoers.d`"])
        #expect(try bench().plan(try LawBench.catalog(rule)).remarks.isEmpty)
    }
}
