import Engine
import LinuxHost
import Model
import Resources
import Testing

/// The result on a real root is judged by tools that are not ours.
@Suite(.serialized, .enabled(if: LawBench.realHostProblem == nil, "\(LawBench.realHostProblem ?? "")"))
struct JudgeTests {
    static let key = "AAAAC3NzaC1lZDI1NTE5AAAAIJ0mQTs4dd2tH8FVJw4MzTWAQGZFC1nTmVYKKnCZ1Qs6"
    static let manifest = """
        group:
          ops: {gid: 3500}
        user:
          ana: {uid: 3501, group: ops, groups: {exactly: [adm]}, shell: /bin/bash, comment: Ana Law, \
        authorized_keys: {exactly: ["ssh-ed25519 \(key) ana@bastion"]}, manage_home: true}
          daemon1: {system: true, locked: true}
        crontab_entry:
          rotate: {user: root, minute: 30, hour: 2, command: "/opt/ops/rotate 50%"}
          anas: {user: ana, special: daily, command: /bin/true}
        file:
          /etc/motd: {content: "hello\\n", mode: "0640", owner: ana, group: ops}
        directory:
          /srv/x: {owner: ana, mode: "02750"}
        link:
          /srv/x/l: {target: /etc/motd}
        line:
          host: {path: /etc/hosts, text: "192.0.2.9 law"}
        package:
          hostname: {}
        service:
          law: {unit: "[Service]\\nExecStart=/bin/sleep inf\\n[Install]\\nWantedBy=multi-user.target\\n", enabled: true}
        """

    @Test func othersToolsAgree() throws {
        let bench = try LawBench.real()
        defer { bench.remove() }
        let root = try #require(bench.root)
        let catalog = try LawBench.catalog(Self.manifest)
        let report = try bench.apply(try bench.plan(catalog))
        #expect(report.count(.failed, .skipped) == 0, "\(report.outcomes.compactMap(\.reason))")
        func said(_ words: String...) -> String { LawBench.run(["chroot", root] + words).output }
        func status(_ words: String...) -> Int32 { LawBench.run(["chroot", root] + words).status }
        #expect(said("getent", "passwd", "ana") == "ana:x:3501:3500:Ana Law:/home/ana:/bin/bash\n")
        #expect(said("id", "ana") == "uid=3501(ana) gid=3500(ops) groups=3500(ops),4(adm)\n")
        #expect(said("getent", "shadow", "daemon1").hasPrefix("daemon1:!"))
        #expect(status("pwck", "-r", "-q") == 0, "\(said("pwck", "-r"))")
        #expect(status("grpck", "-r") == 0, "\(said("grpck", "-r"))")
        #expect(said("crontab", "-l", "-u", "root").contains("30 2 * * * /opt/ops/rotate 50\\%"))
        #expect(said("crontab", "-l", "-u", "ana").contains("@daily /bin/true"))
        #expect(said("stat", "-c", "%a %U %G", "/etc/motd") == "640 ana ops\n")
        #expect(said("stat", "-c", "%a %U", "/srv/x") == "2750 ana\n")
        #expect(said("readlink", "/srv/x/l") == "/etc/motd\n")
        #expect(said("tail", "-n1", "/etc/hosts") == "192.0.2.9 law\n")
        #expect(said("stat", "-c", "%a %U", "/home/ana/.ssh/authorized_keys") == "600 ana\n")
        #expect(said("ssh-keygen", "-l", "-f", "/home/ana/.ssh/authorized_keys").contains("ED25519"))
        #expect(status("dpkg", "-s", "hostname") == 0)
        #expect(said("systemctl", "is-enabled", "law.service") == "enabled\n")
        #expect(said("stat", "-c", "%a %U %G", "/etc/shadow") == "640 root shadow\n")
        #expect(!(try bench.plan(catalog)).hasChanges)
    }
}
