import Compiler
import Engine
import Model
import Resources
import Testing

/// What is particular about sshd's settings, beside the laws and the judge (Tests/Tools/ssh_trust-judge.sh).
@Suite struct SSHDConfigTests {
    private static let main = "/etc/ssh/sshd_config", include = "Include /etc/ssh/sshd_config.d/*.conf\n"
    private static let file = "/etc/ssh/sshd_config.d/50-x.conf"

    private func bench(_ files: [(String, String)] = []) throws -> LawBench {
        try LawBench.simulated(with: [(Self.main, Self.include + "PermitRootLogin yes\nAllowGroups all\n")] + files)
    }

    private static func manifest(_ settings: String, _ more: String = "") -> String {
        "sshd_config:\n  50-x: {settings: {\(settings)}\(more)}\nfile: {/etc/z: {content: x}}\n"
    }

    @Test(arguments: [
        ("PermitRootLogin: no", "PermitRootLogin no\n"), ("PermitRootLogin: false", "PermitRootLogin no\n"),
        ("PermitRootLogin: \"${{ 1 == 1 }}\"", "PermitRootLogin yes\n"),
        ("MaxAuthTries: \"${{ 2 + 1 }}\"", "MaxAuthTries 3\n"),
        ("AcceptEnv: [LANG, \"LC_*\"], X11Forwarding: no", "AcceptEnv LANG\nAcceptEnv LC_*\nX11Forwarding no\n"),
    ])
    func theFileHasTheSettings(_ settings: String, _ text: String) throws {
        let bench = try bench()
        try bench.converge(Self.manifest(settings))
        #expect(try bench.text(Self.file) == text)
        try bench.converge("file: {/etc/z: {content: x}}\n")
        #expect(try !bench.has(Self.file))
    }

    @Test(arguments: [
        ("Match: user bob", "found `Match`"), ("include: /etc/a", "found `include`"), ("\"A B\": x", "found `A B`"),
        ("A: \"x\\nPermitRootLogin yes\"", "expected one line of text"), ("A: \"\"", "expected one line of text"),
        ("A: [], B: x", "expected a value"), ("A: x, a: y", "found `a`"),
        ("", "expected a mapping of keywords to values"),
    ])
    func whatIsNoSettingIsRefused(_ settings: String, _ message: String) {
        let error = #expect(throws: LawBench.Problem.self) { try LawBench.catalog(Self.manifest(settings)) }
        #expect(error?.text.contains(message) == true, "\(error?.text ?? "")")
    }

    /// cloud-init's 50-cloud-init.conf has taken many a hardening out of effect.
    @Test(arguments: [
        ("PasswordAuthentication: no", "", "/etc/ssh/sshd_config.d/50-cloud-init.conf", "PasswordAuthentication yes\n"),
        (
            "PasswordAuthentication: no", ", exclusive: true", "/etc/ssh/sshd_config.d/90-z.conf",
            "passwordauthentication=no\n"
        ),
        (
            "PasswordAuthentication: no", ", exclusive: true", "/etc/ssh/sshd_config.d/90-z.conf",
            "Match user bob\nPasswordAuthentication yes\n"
        ),
        (
            "KbdInteractiveAuthentication: no", "", "/etc/ssh/sshd_config.d/50-a.conf",
            "ChallengeResponseAuthentication yes\n"
        ),
        ("AllowGroups: ops", "", "/etc/ssh/sshd_config.d/90-z.conf", "AllowGroups web\n"),
    ])
    func aFileThatHasTheLastWordIsNamed(_ settings: String, _ more: String, _ path: String, _ text: String) throws {
        let bench = try bench([(Self.main, Self.include), (path, text)])
        for _ in 0..<2 {
            let said = try bench.refusal(Self.manifest(settings, more), leaving: Self.file)
            #expect(said.contains(path), "\(said)")
        }
    }

    @Test(arguments: [
        ("PasswordAuthentication: no", "/etc/ssh/sshd_config.d/50-a.conf", "PasswordAuthentication no\n"),
        ("PasswordAuthentication: no", "/etc/ssh/sshd_config.d/90-z.conf", "PasswordAuthentication yes\n"),
        ("AcceptEnv: LANG", "/etc/ssh/sshd_config.d/10-a.conf", "AcceptEnv LC_*\n"),
        ("PasswordAuthentication: no", "/etc/ssh/sshd_config.d/10-a.conf.off", "PasswordAuthentication yes\n"),
    ])
    func anotherFileMaySayTheSameOrCount(_ settings: String, _ path: String, _ text: String) throws {
        let bench = try bench([(Self.main, Self.include), (path, text)])
        try bench.converge(Self.manifest(settings))
        #expect(try bench.has(Self.file))
    }

    @Test func oneThatComesLaterIsNoticed() throws {
        let bench = try bench()
        try bench.converge(Self.manifest("PermitRootLogin: no"))
        try bench.put("PermitRootLogin yes\n", at: "/etc/ssh/sshd_config.d/00-a.conf")
        let said = try bench.refusal(Self.manifest("PermitRootLogin: no"), leaving: Self.file)
        #expect(said.contains("/etc/ssh/sshd_config.d/00-a.conf sets permitrootlogin to `yes`"), "\(said)")
    }

    /// The mode says that sshd has read the file: what was cut off before is tried again.
    @Test func aFileThatWasNotReadIsADifference() throws {
        let bench = try bench()
        try bench.converge(Self.manifest("PermitRootLogin: no"))
        #expect(try bench.host.status(of: Self.file.asPath)?.permissions.bits == 0o644)
        let closed = Attributes(mode: FileMode(Permissions(0o600)))
        try bench.perform([.setAttributes(AttributeChange(try Self.file.asPath, kind: .file, attributes: closed))])
        let plan = try bench.converge(Self.manifest("PermitRootLogin: no"))
        #expect(plan.resources.map(\.address.description) == ["sshd_config:50-x"])
        #expect(try bench.host.status(of: Self.file.asPath)?.permissions.bits == 0o644)
    }

    @Test func whatSshdDoesNotReadIsRefused() throws {
        let bench = try bench([(Self.main, "PermitRootLogin yes\n")])
        let said = try bench.refusal(Self.manifest("PermitRootLogin: no"), leaving: Self.file)
        #expect(said.contains("sshd does not read \(Self.file)"), "\(said)")
    }

    @Test func aMatchBlockIsARemark() throws {
        let bench = try bench([(Self.main, Self.include + "Match group sftp\nX11Forwarding yes\n")])
        let plan = try bench.plan(manifest: Self.manifest("X11Forwarding: no"))
        #expect(
            plan.remarks.contains { $0.text.contains("another x11forwarding for some connections") }, "\(plan.fullText)"
        )
    }

    /// An unreadable list of revoked keys locks everybody out: what a setting names is there before the setting.
    @Test func whatASettingNamesComesFirst() throws {
        let catalog = try LawBench.catalog(
            Self.manifest("RevokedKeys: /etc/z, AuthorizedPrincipalsFile: /etc/p/%u") + "directory: {/etc/p: {}}\n")
        #expect(catalog.declarations.last?.address.type == "sshd_config")
    }
}
