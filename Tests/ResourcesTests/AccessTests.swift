import Engine
import SystemFiles
import Model
import Resources
import SimulatedHost
import Testing

/// Who can get in. The judges are real logins and a real sudo (`Tests/Tools/access-judge.py`).
@Suite struct AccessTests {
    private static let key = "ssh-ed25519 \(JudgeTests.key) ana@bastion"
    private static let hash = "$6$salt$0123456789abcdef"

    /// A host with ana, who has a key and is in the group ops, and bob, who has a password.
    private static let files = [
        "/etc/passwd":
            "root:x:0:0::/root:/bin/sh\nana:x:1000:1000::/home/ana:/bin/sh\nbob:x:1001:1001::/home/bob:/bin/sh\n",
        "/etc/shadow": "root:*:19000::::::\nana:*:19000::::::\nbob:\(hash):19000::::::\n",
        "/etc/group": "root:x:0:\nana:x:1000:\nbob:x:1001:\nops:x:1002:ana\ncrontab:x:101:\n",
        "/etc/sudoers": "%ops ALL=(ALL) NOPASSWD: ALL\n", "/etc/ssh/sshd_config": "UsePAM yes\n",
        "/home/ana/.ssh/authorized_keys": "\(key)\n", "/bin/sh": "", "/usr/sbin/sshd": "", "/usr/bin/sudo": "",
        "/usr/sbin/visudo": "", "/etc/hostname": "web1\n", "/etc/ssh/ssh_host_ed25519_key": "x",
    ]

    private static let usualModes: [String: UInt16] = [
        "/usr/bin/sudo": 0o4755, "/etc/ssh/ssh_host_ed25519_key": 0o600,
    ]

    private func bench(_ changes: [String: String] = [:], modes: [String: UInt16] = [:]) throws -> LawBench {
        let bench = try LawBench.simulated()
        func perform(_ step: Step) throws { for result in bench.host.perform([step]) { _ = try result.get() } }
        for path in ["/home/ana", "/home/ana/.ssh", "/home/bob", "/bin", "/usr/bin", "/etc/pam.d"] {
            let isAnas = path.hasPrefix("/home/ana")
            let owner = Owner.number(isAnas ? 1000 : 0)
            let attributes = Attributes(owner: owner, group: owner, mode: FileMode(Permissions(modes[path] ?? 0o755)))
            try perform(.makeDirectory(DirectoryCreation(try path.asPath, attributes: attributes)))
        }
        for (path, text) in Self.files.merging(changes, uniquingKeysWith: { $1 })
        where !text.isEmpty || changes[path] == nil {
            let owner = Owner.number(path.hasPrefix("/home/ana") ? 1000 : 0)
            let bits =
                modes[path] ?? Self.usualModes[path]
                ?? (path.contains("bin/") ? 0o755 : path.contains("sudoers") ? 0o440 : 0o644)
            let attributes = Attributes(owner: owner, group: owner, mode: FileMode(Permissions(bits)))
            try perform(
                .writeFile(
                    FileWrite(try path.asPath, content: Content(text), attributes: attributes, replaced: .anything)))
        }
        return bench
    }

    private func claims(_ bench: LawBench) throws -> [String] {
        try Access(reading: bench.host, today: 20_000).ways.map { way in
            let detail = way.detail.replacing("SHA256:", with: "").split(separator: " ").map { word in
                word.utf8.count == 43 || (word.utf8.count == 44 && word.last == ",")
                    ? "K" + word.dropFirst(43) : String(word)
            }.joined(separator: " ")
            return "\(way.account) \(way.goal.rawValue) \(detail)\(way.isFull ? "" : " (part)")"
        }
    }

    private static let plain = [
        "ana login key K", "ana root sudo ALL, without a password", "bob login password, at the console",
        "bob login password, by ssh",
    ]

    @Test func waysHaveTheirPlaces() throws {
        let access = try Access(reading: try bench().host, today: 20_000)
        #expect(try claims(bench()) == Self.plain)
        #expect(
            access.ways.map(\.source.text) == [
                "/home/ana/.ssh/authorized_keys:1", "/etc/sudoers:1", "/etc/shadow:3", "/etc/shadow:3",
            ])
        #expect(access.administrators() == ["ana"])
    }

    /// Each change of a file takes these ways and gives those.
    @Test(arguments: [
        // Accounts.
        (
            "/etc/shadow", "ana:!x:1:::::1:\nbob:!\(hash):1::::::\nroot:*:1::::::\n",
            ["ana login", "ana root", "bob login"], []
        ),
        (
            "/etc/passwd", "root:x:0:0::/root:/bin/sh\nana:x:1000:1000::/home/ana:/usr/sbin/nologin\n",
            ["ana login", "bob login"], []
        ),
        (
            "/etc/passwd", "root:x:0:0::/root:/bin/sh\nana:x:1000:1000::/home/ana:/bin/gone\n",
            ["ana login", "bob login"], []
        ),
        (
            "/etc/passwd", "root:x:0:0::/root:/bin/sh\nana:x:0:1000::/home/ana:/bin/sh\n",
            ["ana root sudo", "bob login", "ana login"], ["ana root its number is 0"]
        ),
        (
            "/etc/shadow", "root:\(hash):1::::::\nana:*:1::::::\nbob::1::::::\n", ["bob login"],
            [
                "root login password, at the console", "root root root's password, by su",
                "bob login no password, at the console",
            ]
        ),
        (
            "/etc/group", "root:x:0:\nana:x:1000:\nbob:x:1001:\ndocker:x:998:bob\n", ["ana root"],
            ["bob root by the group docker (part)"]
        ),
        (
            "/etc/shadow", "root::1::::::\nana:*:1::::::\nbob:!:1::::::\n", ["bob login"],
            ["root login no password, at the console", "root root root's empty password, by su"]
        ),
        ("/etc/nologin", "x", ["ana login", "bob login"], []),
        // Keys.
        (
            "/home/ana/.ssh/authorized_keys", "from=\"10.0.0.0/8,!10.0.0.9\",no-pty \(key)\n", ["ana login"],
            ["ana login key K, only from 10.0.0.0/8,!10.0.0.9"]
        ),
        (
            "/home/ana/.ssh/authorized_keys", "command=\"/bin/x \\\"a\\\"\" \(key)\n", ["ana login"],
            ["ana login key K, only /bin/x \"a\" (part)"]
        ),
        ("/home/ana/.ssh/authorized_keys", "expiry-time=\"20241004\" \(key)\n", ["ana login"], []),
        (
            "/home/ana/.ssh/authorized_keys", "cert-authority,principals=\"a,b\" \(key)\n", ["ana login"],
            ["ana login certificate of K for a,b"]
        ),
        ("/home/ana/.ssh/authorized_keys", "# \(key)\n", ["ana login"], []),
        // sshd.
        ("/etc/ssh/sshd_config", "UsePAM yes\nPubkeyAuthentication no\n", ["ana login"], []),
        (
            "/etc/ssh/sshd_config", "UsePAM yes\nPasswordAuthentication no\nChallengeResponseAuthentication no\n",
            ["bob login password, by ssh"], []
        ),
        ("/etc/ssh/sshd_config", "UsePAM yes\nPasswordAuthentication no\n", [], []),
        ("/etc/ssh/sshd_config", "UsePAM no\nPasswordAuthentication no\n", ["bob login password, by ssh"], []),
        ("/etc/ssh/sshd_config", "UsePAM yes\nMatch User ana\nPubkeyAuthentication no\n", ["ana login"], []),
        ("/etc/ssh/sshd_config", "UsePAM yes\nMatch Group ops User !ana,*\nPubkeyAuthentication no\n", [], []),
        ("/etc/ssh/sshd_config", "UsePAM yes\nMatch Address 10.0.0.0/8\nPubkeyAuthentication no\n", [], []),
        ("/etc/ssh/sshd_config", "UsePAM yes\nAllowUsers b?b\nAllowUsers x\n", ["ana login"], []),
        (
            "/etc/ssh/sshd_config", "UsePAM yes\nAllowUsers ana@10.1.* bob\n", ["ana login"],
            ["ana login key K, only from 10.1.*"]
        ),
        ("/etc/ssh/sshd_config", "UsePAM yes\nDenyUsers a*\nAllowGroups bob\n", ["ana login"], []),
        ("/etc/ssh/sshd_config", "UsePAM yes\nDenyGroups ops\n", ["ana login"], []),
        ("/etc/ssh/sshd_config", "UsePAM yes\nAllowGroups ops\n", ["bob login password, by ssh"], []),
        (
            "/etc/ssh/sshd_config", "UsePAM yes\nAuthenticationMethods publickey,password\n",
            ["ana login", "bob login password, by ssh"], []
        ),
        ("/etc/ssh/sshd_config", "UsePAM yes\nRevokedKeys /etc/ssh/none\n", ["ana login"], []),
        (
            "/etc/ssh/sshd_config", "UsePAM yes\nForceCommand internal-sftp\n",
            ["ana login", "bob login password, by ssh"],
            ["ana login key K, only internal-sftp (part)", "bob login password, by ssh, only internal-sftp (part)"]
        ),
        ("/etc/ssh/sshd_config", "UsePAM yes\nTrustedUserCAKeys /etc/ssh/ca.pub\n", [], []),
        // sudo.
        ("/etc/sudoers", "%ops ALL=(ALL) ALL\n", ["ana root"], []),
        ("/etc/sudoers", "bob ALL=ALL\n", ["ana root"], ["bob root sudo ALL, with its password"]),
        ("/etc/sudoers", "bob ALL=(ana) ALL\n", ["ana root"], []),
        (
            "/etc/sudoers", "bob elsewhere=ALL\nana web1=NOPASSWD: /usr/bin/id\n", ["ana root"],
            ["ana root sudo /usr/bin/id, without a password (part)"]
        ),
        (
            "/etc/sudoers", "Defaults !authenticate\n%ops ALL=ALL, !/bin/su\n", ["ana root"],
            ["ana root sudo ALL but /bin/su, without a password"]
        ),
        (
            "/etc/sudoers",
            "Defaults:TEAM !authenticate\nUser_Alias TEAM=ana, \\\n  bob : OTHER=x\n#1000 ALL=/bin/bash\n",
            ["ana root"], ["ana root sudo /bin/bash, without a password"]
        ),
        (
            "/etc/sudoers",
            "Cmnd_Alias ADMIN=ALL\nRunas_Alias R=root,bob\n%#1002 ALL=(R) NOPASSWD:ADMIN\n%ops ALL=!ADMIN\n",
            ["ana root"], []
        ),
        ("/etc/sudoers", "ALL, !ana ALL=(ALL:ALL) ALL\n", ["ana root"], ["bob root sudo ALL, with its password"]),
        ("/etc/sudoers", "Defaults rootpw\nbob ALL=ALL\n", ["ana root"], []),
        ("/etc/sudoers", "Defaults targetpw, !rootpw\nbob ALL=ALL\n", ["ana root"], []),
        (
            "/etc/sudoers", "Defaults runaspw, runas_default=bob\n%ops ALL=(#0) ALL\n", ["ana root"],
            ["ana root sudo ALL, with bob's password"]
        ),
        ("/etc/sudoers", "Defaults runas_default=ana\nbob ALL=ALL\n", ["ana root"], []),
        ("/etc/sudoers", "Defaults !authenticate\n%ops ALL=(ALL) PASSWD: ALL\n", ["ana root"], []),
        (
            "/etc/sudoers", "%ops !elsewhere, ALL=(ALL) NOPASSWD: ALL, ! /bin/su\n", ["ana root"],
            ["ana root sudo ALL but /bin/su, without a password"]
        ),
        ("/etc/sudoers", "@includedir sudoers.d\n", ["ana root"], []),
    ])
    func changesOfFilesAreChangesOfAccess(path: String, text: String, gone: [String], new: [String]) throws {
        let found = try claims(bench([path: text]))
        let expected = Self.plain.filter { claim in !gone.contains { claim.hasPrefix($0) } } + new
        #expect(found.sorted() == expected.sorted())
    }

    /// With `rootpw` sudo asks for root's account: it has to be valid, and that of the caller does not.
    @Test(arguments: [
        ("", "", ["bob root sudo /bin/id, without a password (part)"]),
        ("Defaults rootpw\n", "", ["ana", "bob"].map { "\($0) root sudo /bin/id, without a password (part)" }),
        ("Defaults:ana targetpw\n", "1", ["bob root sudo /bin/id, without a password (part)"]),
        ("Defaults rootpw\n", "1", []),
    ])
    func sudoAsksForTheAccountWhosePasswordItWants(setting: String, rootsEnd: String, expected: [String]) throws {
        let bench = try bench([
            "/etc/sudoers": "\(setting)ALL ALL = (#0) NOPASSWD:SETENV: /bin/id\n",
            "/etc/shadow": "root:*:19000:::::\(rootsEnd):\nana:*:19000:::::1:\nbob:!:19000::::::\n",
        ])
        #expect(try claims(bench).filter { $0.contains("root sudo") } == expected)
        let obstacles = try Access(reading: bench.host, today: 20_000).obstacles
        let isSaid = obstacles["ana"]?.contains("sudo asks for the account root, which is not valid") == true
        #expect(isSaid == (rootsEnd == "1"))
    }

    /// A rule for everybody is listed for people, and said once for the accounts of the system.
    @Test func rulesForEverybodyAreForTheSystemsAccountsToo() throws {
        let bench = try bench([
            "/etc/passwd":
                "root:x:0:0::/root:/bin/sh\nwww:x:33:33::/srv:/usr/sbin/nologin\nmail:x:8:8::/srv:/usr/sbin/nologin\n"
                + "bob:x:1001:1001::/home/bob:/usr/sbin/nologin\n",
            "/etc/shadow": "root:*:19000::::::\nwww:*:19000::::::\nmail:*:19000::::::\nbob:*:19000::::::\n",
            "/etc/sudoers": "ALL ALL = NOPASSWD: /bin/id, PASSWD: /bin/ls\n",
        ])
        #expect(try claims(bench) == ["bob root sudo /bin/id, without a password (part)"])
        let access = try Access(reading: bench.host, today: 20_000)
        #expect(
            access.remarks == ["/etc/sudoers:1: sudo /bin/id, without a password, is for accounts of the system too"])
        #expect(access.obstacles["www"] == ["its shell is /usr/sbin/nologin"])
    }

    @Test(
        arguments: [
            ("/home/ana", 0o757, "ana login"), ("/home/ana/.ssh/authorized_keys", 0o666, "ana login"),
            ("/etc/sudoers", 0o446, "ana root"),
        ] as [(String, UInt16, String)])
    func whatOthersMayWriteIsNotRead(path: String, mode: UInt16, gone: String) throws {
        let found = try claims(bench(modes: [path: mode]))
        #expect(found == Self.plain.filter { !$0.hasPrefix(gone) })
    }

    /// Without PAM, sshd asks for a new password as soon as it has tried the empty one.
    @Test(arguments: [
        ("UsePAM yes\nPermitEmptyPasswords yes\n", true), ("PermitEmptyPasswords no\n", true),
        ("PermitEmptyPasswords yes\n", false), ("PermitEmptyPasswords yes\nPasswordAuthentication no\n", true),
        ("PermitEmptyPasswords yes\nAuthenticationMethods any\n", false),
        ("PermitEmptyPasswords yes\nAuthenticationMethods publickey\n", true),
    ])
    func anOldPasswordComesBeforeAKey(settings: String, isLetIn: Bool) throws {
        let bench = try bench([
            "/etc/ssh/sshd_config": settings, "/etc/shadow": "ana:\(Self.hash):19000:0:30::::\n",
        ])
        #expect(try claims(bench).contains("ana login key K") == isLetIn)
    }

    /// pam_unix(8) of Debian has `nullok`: an empty password is given unasked.
    @Test func anEmptyPasswordIsOneForSudo() throws {
        let bench = try bench([
            "/etc/sudoers": "Defaults:bob rootpw\n%ops, bob ALL=(ALL) ALL\n",
            "/etc/shadow": "root:\(Self.hash):19000::::::\nana::19000::::::\nbob:*:19000::::::\n",
        ])
        let found = try claims(bench).filter { $0.contains("root sudo") }
        #expect(found == ["ana root sudo ALL, with its empty password", "bob root sudo ALL, with root's password"])
    }

    @Test func withoutTheirProgramsNothingComesOfFiles() throws {
        let access = try Access(reading: try bench().host, today: 20_000, without: ["sudo", "openssh-server"])
        #expect(access.ways.map(\.claim) == ["bob may log in"])
    }

    /// A plan says who gets in and who does not any more, and is refused where nobody is left.
    @Test(arguments: [
        ("user: {ana: {locked: true}}", true), ("user: {ana: {groups: {exactly: []}}}", true),
        ("user: {ana: {authorized_keys: {exactly: []}}}", true),
        ("user: {bob: {locked: true}}", false), ("user: {ana: {comment: x}}", false),
        ("file: {/home/ana/.ssh/authorized_keys: {content: ''}}", true),
        ("file: {/etc/nologin: {content: ''}}", true), ("directory: {/home/ana: {mode: '0777'}}", true),
        ("file: {/etc/ssh/sshd_config: {content: \"AllowUsers bob\\n\"}}", true),
        ("sudo_rule: {x: {users: [bob], commands: [ALL]}}", false),
    ])
    func lastWaysAreKept(manifest: String, isRefused: Bool) throws {
        let bench = try bench(["/etc/sudoers": "%ops ALL=(ALL) NOPASSWD: ALL\n@includedir /etc/sudoers.d\n"])
        let before = try Access(reading: bench.host, today: 20_000)
        let simulation = Simulation(over: bench.host, today: 20_000)
        var plan = try Planner(
            try LawBench.catalog(manifest), on: simulation, state: bench.store, types: Registry.all
        ).plan()
        #expect(plan.count(.refuse) == 0, "\(plan.resources.compactMap(\.reason))")
        var scope = try AccessScope(reading: bench.host)
        let isOfAccess = scope.concerns(plan.resources.flatMap(\.steps))
        #expect(isOfAccess)
        var after = try Access(reading: simulation, today: 20_000)
        after.attribute(to: plan.catalog.declarations)
        plan.access = AccessDifference(from: before, to: after)
        #expect(plan.locksOut == isRefused)
        #expect(PlanText(plan, isColored: false).text(.full).contains("refused: nobody") == isRefused)
        if manifest.contains("sudo_rule") {
            #expect(
                PlanText(plan, isColored: false).text(.full).contains(
                    "access: + bob may become root (sudo ALL, with its password; sudo_rule:x)"))
        }
    }

    /// pam_deny that nothing leaps over is a lock for everybody; Debian's own stacks are none.
    @Test(arguments: [
        ("auth required pam_deny.so", true), ("@include common-auth\nauth required pam_unix.so", false),
        ("auth optional pam_x.so\nauth include deny", true),
        ("auth sufficient pam_x.so\nauth required pam_deny.so", false),
        ("auth [success=1 default=ignore] pam_unix.so\nauth requisite pam_deny.so\nauth required pam_permit.so", false),
        ("@include common-auth\nauth required pam_permit.so\nauth required pam_deny.so", true),
        ("auth [success=done default=ignore] pam_x.so\nauth required pam_deny.so", false),
        ("auth substack open\nauth required pam_deny.so", true),
        ("account requisite pam_deny.so", true), ("session required /lib/security/pam_deny.so", true),
        ("password required pam_deny.so", false), ("# auth required pam_deny.so", false),
    ])
    func pamMayDenyAll(text: String, isDenied: Bool) throws {
        let bench = try bench([
            "/etc/sudoers": "bob ALL=(ALL) ALL\n", "/etc/pam.d/sudo": text + "\n",
            "/etc/pam.d/deny": "auth required pam_deny.so\n", "/etc/pam.d/open": "auth sufficient pam_x.so\n",
            "/etc/pam.d/common-auth": "auth [success=1 default=ignore] pam_unix.so\nauth requisite pam_deny.so\n",
        ])
        let access = try Access(reading: bench.host, today: 20_000)
        let said = access.obstacles["bob"]?.contains { $0.hasSuffix("has pam_deny for all") } ?? false
        #expect(said == isDenied, "\(access.obstacles)")
        #expect(access.ways.contains { $0.account == "bob" && $0.goal == .root } != isDenied)
    }

    /// What keeps sshd and sudo from their work is a note.
    @Test func programsThatCannotWorkAreNoted() throws {
        let bench = try bench(["/etc/ssh/ssh_host_ed25519_key": ""], modes: ["/usr/bin/sudo": 0o755])
        func remarks() throws -> [String] { try Access(reading: bench.host, today: 20_000).remarks }
        #expect(try remarks().contains("sshd has no host key that it uses, and does not start"))
        #expect(try remarks().contains("/usr/bin/sudo has not root's setuid bit: nobody becomes root by it"))
        func perform(_ step: Step) throws { for result in bench.host.perform([step]) { _ = try result.get() } }
        func write(_ path: String, _ mode: UInt16) throws {
            try perform(
                .writeFile(
                    FileWrite(
                        try path.asPath, content: Content("x"),
                        attributes: Attributes(mode: FileMode(Permissions(mode))),
                        replaced: .anything)))
        }
        try write("/etc/ssh/ssh_host_rsa_key", 0o640)
        #expect(
            try remarks().contains("sshd does not use /etc/ssh/ssh_host_rsa_key: others than root may read it"))
        try write("/etc/ssh/ssh_host_ed25519_key", 0o600)
        try write("/usr/bin/sudo", 0o4755)
        #expect(try remarks().filter { $0.hasPrefix("sshd has no") || $0.hasPrefix("/usr/bin/sudo") }.isEmpty)
        try perform(
            .setAttributes(
                AttributeChange(
                    try "/etc/ssh".asPath, kind: .directory, attributes: Attributes(mode: FileMode(Permissions(0o777))))
            ))
        #expect(try remarks().contains("others than root may write /etc/ssh, and so decide who gets in"))
    }

    @Test func otherPlansAreNotLookedAt() throws {
        let bench = try bench()
        let plan = try Planner(
            try LawBench.catalog(
                "file: {/srv/x: {content: x}, /home/bob/x: {content: ''}}\nlink: {/srv/y: {target: x}}"),
            on: Simulation(over: bench.host, today: 20_000), state: bench.store, types: Registry.all
        ).plan()
        #expect(plan.count(.create) == 3)
        var scope = try AccessScope(reading: bench.host)
        let isOfAccess = scope.concerns(plan.resources.flatMap(\.steps))
        #expect(!isOfAccess)
    }

    /// Where nobody could, nothing is refused.
    @Test func bareHostsAreNobodys() throws {
        let nobody = try Access(reading: try LawBench.simulated().host, today: 20_000)
        #expect(AccessDifference(from: nobody, to: nobody).lockout.isEmpty)
    }

    /// What stops sshd, now or at the next boot, is looked at.
    @Test(arguments: [
        ("service: {ssh: {running: true}}", false), ("file: {/etc/systemd/system/cron.service: {content: x}}", false),
    ])
    func aServerThatDoesNotServeIsNone(manifest: String, isGone: Bool) throws {
        let bench = try bench()
        func perform(_ step: Step) throws { for result in bench.host.perform([step]) { _ = try result.get() } }
        let unit = "[Service]\nExecStart=/usr/sbin/sshd -D\n[Install]\nWantedBy=multi-user.target\n"
        try perform(
            .writeFile(
                FileWrite(
                    try "/etc/systemd/system/ssh.service".asPath, content: Content(unit), replaced: .nothing)))
        let isServed = SshdUnits.serve(on: bench.host)
        #expect(!isServed)
        try perform(
            .makeLink(
                LinkCreation(
                    try "/etc/systemd/system/multi-user.target.wants/ssh.service".asPath, target: "../ssh.service",
                    replaced: .nothing)))
        try perform(.service(ServiceOperation(.start, "ssh.service")))
        let servesNow = SshdUnits.serve(on: bench.host)
        #expect(servesNow)
        let simulation = Simulation(over: bench.host, today: 20_000)
        let plan = try Planner(
            try LawBench.catalog(manifest), on: simulation, state: bench.store, types: Registry.all
        ).plan()
        #expect(plan.count(.refuse) == 0, "\(plan.resources.compactMap(\.reason))")
        var scope = try AccessScope(reading: bench.host)
        let isOfAccess = scope.concerns(plan.resources.flatMap(\.steps))
        #expect(isOfAccess == isGone)
        #expect(SshdUnits.serve(on: simulation) != isGone)
    }

    /// What is remembered of a folder after one look says the same of each path in it as a look at that path alone.
    @Test func neighboursOfWhatBearsOnAccessAreLookedAtOneByOne() throws {
        let bench = try bench()
        let links = [
            ("/srv/rules", "/etc/sudoers.d"), ("/srv/etc", "/etc"), ("/srv/homes", "/home"), ("/srv/plain", "/usr/bin"),
        ]
        for (path, target) in links {
            let step = Step.makeLink(
                LinkCreation(try path.asPath, target: target, replaced: .nothing, makesParents: true))
            for result in bench.host.perform([step]) { _ = try result.get() }
        }
        let expected: [(String, Bool)] = [
            ("/etc/a", false), ("/etc/sudoers", true), ("/etc/passwd", true), ("/etc/ssh", true), ("/etc/ssh/a", true),
            ("/etc/b", false), ("/etc/systemd/system/a.service", false), ("/etc/systemd/system/ssh.service", true),
            ("/etc/systemd/system/ssh.service.d/a.conf", true), ("/etc/systemd/system/a.service.d/a.conf", false),
            ("/srv/a", false), ("/srv/.ssh", true),
            ("/srv/.ssh/a", true), ("/srv/rules", false), ("/srv/rules/a", true), ("/srv/etc/a", false),
            ("/srv/etc/sudoers", true), ("/srv/homes/a", false), ("/srv/homes/ana", true), ("/srv/plain/a", false),
            ("/srv/plain/sudo", true), ("/home/ana/a", false), ("/home/ana/.ssh/a", true), ("/bin/sh", true),
            ("/bin/a", false), ("/etc/pam.d/a", true), ("/home", true), ("/", true),
        ]
        for order in [expected, expected.reversed()] {
            var scope = try AccessScope(reading: bench.host)
            for (path, isOfAccess) in order {
                let step = Step.setAttributes(AttributeChange(try path.asPath, kind: .file, attributes: Attributes()))
                var alone = try AccessScope(reading: bench.host)
                let answers = [alone.concerns(step), scope.concerns(step)]
                #expect(answers == [isOfAccess, isOfAccess], "\(path)")
            }
        }
    }
}
