import Foundation
import LinuxHost
import Model
import Resources
import Testing
import TestSupport

/// useradd, usermod, userdel, groupadd, groupdel and gpasswd beside ours on two copies of one root: the databases are the
/// same to the byte, the homes in names, owners, modes and contents.
@Suite(
    .serialized, .enabled(if: getuid() == 0, "needs root"),
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/sbin/useradd"), "needs useradd(8)"))
struct UseraddTests {
    /// LODESTAR_USERADD_CASES for more of them.
    static let caseCount = ProcessInfo.processInfo.environment["LODESTAR_USERADD_CASES"].flatMap { Int($0) } ?? 60

    @Test func bothDoTheSameOnGeneratedRoots() throws {
        var agreed = 0, refusedByBoth = 0
        for seed in 1...Self.caseCount {
            let scene = AccountScene(seed: UInt64(seed))
            let pair = try RootPair(scene)
            defer { pair.remove() }
            for act in scene.acts {
                let theirs = pair.runTheirs(act)
                // What is not there is made by a declaration, not by their command.
                if theirs.output.contains("does not exist") { break }
                let ours = pair.runOurs(act)
                if theirs.status != 0, ours != nil {
                    refusedByBoth += 1
                    continue
                }
                let difference = pair.difference
                let isSame = theirs.status == 0 && ours == nil && difference.isEmpty
                #expect(
                    isSame,
                    """
                    seed \(seed): \(act.words.joined(separator: " ")) | \(act.manifest)
                    theirs \(theirs.status) \(theirs.output)ours \(ours ?? "done")
                    \(difference)\(scene.login)---\n\(scene.useradd)---\n\(scene.passwd)---\n\(scene.group)
                    """)
                if !isSame { return }
                agreed += 1
            }
        }
        #expect(agreed > Self.caseCount && refusedByBoth > 0, "\(agreed) agreed, \(refusedByBoth) refused")
    }
}

/// One command of shadow-utils and the declaration that wants the same.
struct AccountAct {
    var words: [String]
    var manifest: String
}

/// A root and what is done to it, made from a number.
struct AccountScene {
    private var random: SeededGenerator
    private(set) var login = "", useradd = "", passwd = "", group = "", subuid = ""
    private(set) var acts: [AccountAct] = []
    private var users: [String] = [], groups: [String] = []

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        makeSettings()
        makeDatabases()
        for number in 0..<Int.random(in: 2...6, using: &random) { acts.append(act(number)) }
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value { values.randomElement(using: &random) ?? values[0] }
    private mutating func isTrue(_ share: Double = 0.5) -> Bool { Double.random(in: 0..<1, using: &random) < share }

    private mutating func makeSettings() {
        var lines: [(String, String)] = [("USERGROUPS_ENAB", pick(["yes", "yes", "YES", "no"]))]
        let ranges = [("1000", "60000"), ("2000", "2003"), ("5000", "5100"), ("0x400", "02100")]
        let systemRanges = [("101", "999"), ("200", "202"), ("400", "500")]
        for name in ["UID", "GID"] where isTrue(0.6) {
            let range = pick(ranges)
            lines += [("\(name)_MIN", range.0), ("\(name)_MAX", range.1)]
        }
        for name in ["SYS_UID", "SYS_GID"] where isTrue(0.4) {
            let range = pick(systemRanges)
            lines += [("\(name)_MIN", range.0), ("\(name)_MAX", range.1)]
        }
        for name in ["SUB_UID", "SUB_GID"] where isTrue(0.4) {
            lines += [("\(name)_MIN", pick(["100000", "300000"])), ("\(name)_COUNT", pick(["0", "1000", "65536"]))]
        }
        if isTrue(0.4) { lines.append(("HOME_MODE", pick(["0700", "0750", "0711", "0770"]))) }
        if isTrue(0.6) { lines.append(("UMASK", pick(["022", "027", "077", "007"]))) }
        for name in ["PASS_MIN_DAYS", "PASS_MAX_DAYS", "PASS_WARN_AGE"] where isTrue(0.7) {
            lines.append((name, pick(["0", "1", "7", "90", "99999", "-1"])))
        }
        if isTrue(0.3) { lines.append(("MAIL_DIR", pick(["/var/mail", "/var/spool/mail"]))) }
        lines.shuffle(using: &random)
        for (name, value) in lines {
            if isTrue(0.2) { login += pick(["# \(name) 4711\n", "\n", "  \t\n", "#\(name)\n", "ODD\n"]) }
            if isTrue(0.1) { login += "\(name)\t17\n" }
            login += pick([
                "\(name) \(value)\n", "\(name)\t\t\(value)\n", "  \(name) \"\(value)\"\n", "\(name) \(value)  \n",
            ])
        }
        for (name, values) in [
            ("SHELL", ["/bin/bash", "/bin/zsh", "/usr/sbin/nologin"]), ("HOME", ["/home", "/export"]),
            ("GROUP", ["100", "users", "8"]), ("INACTIVE", ["-1", "0", "30"]), ("EXPIRE", ["", "2030-12-31"]),
            ("SKEL", ["/etc/skel", "/etc/skel2", "/etc/none"]), ("CREATE_MAIL_SPOOL", ["yes", "no"]),
        ] where isTrue(0.5) {
            useradd += "\(pick(["", "# comment\n"]))\(name)=\(pick(values))\n"
        }
    }

    private mutating func makeDatabases() {
        passwd = "root:x:0:0:root:/root:/bin/bash\n"
        group = "root:x:0:\nmail:x:8:\nusers:x:100:\nadm:x:4:\n"
        groups = ["users", "adm"]
        for (name, uid) in [
            ("sys1", 999), ("sys2", 998), ("sys3", 101), ("sys4", 201), ("ord1", 1000), ("ord2", 1001), ("ord3", 2000),
            ("ord4", 5050), ("ord5", 60000), ("ord6", 2003),
        ] where isTrue(0.3) {
            passwd += "\(name):x:\(uid):\(uid):\(name):/nonexistent:/bin/sh\n"
            group += "\(name):x:\(uid):\n"
            users.append(name)
            groups.append(name)
            if isTrue(0.3) { subuid += "\(name):\(pick([100000, 165536, 300000, 400000])):\(pick([1000, 65536]))\n" }
        }
        for (name, gid) in [("web", 1002), ("ops", 2001), ("gone", 300)] where isTrue(0.4) {
            let members = users.filter { _ in isTrue(0.4) }.joined(separator: ",")
            group += "\(name):x:\(gid):\(members)\n"
            groups.append(name)
        }
        if isTrue(0.1) {
            passwd += "+::::::\n"
            group += "+:::\n"
        }
    }

    private mutating func act(_ number: Int) -> AccountAct {
        guard !users.isEmpty else { return newUser("new\(number)", isSystem: false) }
        let user = pick(users), group = pick(groups)
        switch pick(["user", "user", "user", "system", "group", "groups", "change", "userdel", "groupdel", "members"]) {
        case "user": return newUser("new\(number)", isSystem: false)
        case "system": return newUser("new\(number)", isSystem: true)
        case "group":
            let name = "group\(number)", isSystem = isTrue(0.4)
            groups.append(name)
            let gid = isTrue(0.3) ? pick(["1002", "2001", "777", "4000"]) : nil
            return AccountAct(
                words: ["groupadd"] + (isSystem ? ["-r"] : []) + (gid.map { ["-g", $0] } ?? []) + [name],
                manifest: "group: {\(name): {\(fields([isSystem ? "system: true" : nil, gid.map { "gid: \($0)" }]))}}")
        case "groups":
            let isExact = isTrue()
            return AccountAct(
                words: ["usermod", isExact ? "-G" : "-aG", group, user],
                manifest:
                    "user: {\(user): {groups: {\(isExact ? "exactly" : "at_least"): [\(group)]}, manage_home: false}}")
        case "change":
            let (words, field) = pick([
                (["-s", "/bin/dash"], "shell: /bin/dash"), (["-c", "New Name"], "comment: New Name"),
                (["-d", "/srv/x"], "home: /srv/x"), (["-e", "2031-01-02"], "expires: 2031-01-02"),
                (["-g", group], "group: \(group), renumber: true"), (["-p", "$6$ab$cd"], "password: \"$6$ab$cd\""),
            ])
            return AccountAct(
                words: ["usermod"] + words + [user], manifest: "user: {\(user): {\(field), manage_home: false}}")
        case "userdel":
            users.removeAll { $0 == user }
            return AccountAct(words: ["userdel", user], manifest: "user: {\(user): {state: absent}}")
        case "groupdel" where group != "users":  // the standard primary group: useradd does not mind that it is gone
            groups.removeAll { $0 == group }
            return AccountAct(words: ["groupdel", group], manifest: "group: {\(group): {state: absent}}")
        default:
            let members = users.filter { _ in isTrue(0.4) }
            return AccountAct(
                words: ["gpasswd", "-M", members.joined(separator: ","), group],
                manifest: "group: {\(group): {members: {exactly: [\(members.joined(separator: ", "))]}}}")
        }
    }

    private mutating func newUser(_ name: String, isSystem: Bool) -> AccountAct {
        var words = ["useradd"], given: [String?] = []
        func add(_ flag: [String], _ field: String) {
            words += flag
            given.append(field)
        }
        if isSystem { add(["-r"], "system: true") }
        if isTrue(0.3) {
            let uid = pick(["500", "1500", "1000", "2002", "70000", "999"])
            add(["-u", uid], "uid: \(uid)")
        }
        if isTrue(0.3) {
            let group = pick(groups)
            add(["-g", group], "group: \(group), renumber: true")
        } else {
            groups.append(name)
        }
        if isTrue(0.3) {
            let group = pick(groups.filter { $0 != name })
            add(["-G", group], "groups: {exactly: [\(group)]}")
        }
        if isTrue(0.2) { add(["-c", "A Name,,,"], "comment: \"A Name,,,\"") }
        if isTrue(0.2) { add(["-s", "/bin/fish"], "shell: /bin/fish") }
        if isTrue(0.2) { add(["-d", "/home/other\(name)"], "home: /home/other\(name)") }
        if !isSystem, isTrue(0.2) { add(["-e", "2033-03-04"], "expires: 2033-03-04") }
        if isTrue(0.2) { add(["-p", "$6$salt$hash"], "password: \"$6$salt$hash\"") }
        if isTrue(isSystem ? 0.3 : 0.8) {
            add(["-m"], "manage_home: true")
        } else {
            add(["-M"], "manage_home: false")
        }
        users.append(name)
        return AccountAct(words: words + [name], manifest: "user: {\(name): {\(fields(given))}}")
    }

    private func fields(_ given: [String?]) -> String { given.compactMap { $0 }.joined(separator: ", ") }
}

/// Two copies of a root.
struct RootPair {
    private let place: String
    var theirs: String { "\(place)/theirs" }
    var ours: String { "\(place)/ours" }

    init(_ scene: AccountScene) throws {
        let memory = FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : "/var/tmp"
        place = "\(memory)/lodestar-useradd-\(UUID().uuidString)"
        let script = """
            mkdir -p "$1/theirs" && cd "$1/theirs"
            mkdir -p etc/default etc/skel/deep etc/skel2 home export var/mail var/spool/mail var/log srv
            echo profile > etc/skel/.profile; chmod 640 etc/skel/.profile; chmod 700 etc/skel/deep  # useradd 4.13 copies nothing below it
            ln -s .profile etc/skel/link; ln -s /etc/skel/deep etc/skel/inner; echo other > etc/skel2/other
            printf 'passwd: files\\ngroup: files\\nshadow: files\\n' > etc/nsswitch.conf
            printf %s "$2" > etc/login.defs; printf %s "$3" > etc/default/useradd; printf %s "$4" > etc/passwd
            printf %s "$5" > etc/group; printf %s "$6" > etc/subuid; printf %s "$6" > etc/subgid
            cut -d: -f1 etc/passwd | grep -v '^+' | sed 's/$/:*:19000:0:99999:7:::/' > etc/shadow
            grep -v '^+' etc/group | awk -F: '{print $1 ":!::" $4}' > etc/gshadow
            chmod 640 etc/shadow etc/gshadow; chgrp 42 etc/shadow etc/gshadow
            cp -a "$1/theirs" "$1/ours"
            """
        let made = LawBench.run(
            ["sh", "-ec", script, "sh", place, scene.login, scene.useradd, scene.passwd, scene.group, scene.subuid])
        if made.status != 0 { throw LawBench.Problem(text: made.output) }
    }

    func remove() { LawBench.run(["rm", "-rf", place]) }

    func runTheirs(_ act: AccountAct) -> (status: Int32, output: String) {
        LawBench.run([act.words[0], act.words[0] == "gpasswd" ? "-Q" : "-R", theirs] + act.words.dropFirst())
    }

    /// Why it was not done; nil when it was.
    func runOurs(_ act: AccountAct) -> String? {
        do {
            let declaration = try #require(try LawBench.catalog(act.manifest + "\n").declarations.first)
            let host = try Linux(root: ours)
            if declaration.state == .absent, let resource = declaration.resource as? any Removable {
                try Self.remove(resource, on: host)
            } else {
                try Self.converge(declaration.resource, on: host)
            }
            return nil
        } catch let refusal as Refusal {
            return refusal.reason
        } catch {
            return "\(error)"
        }
    }

    private static func converge(_ resource: some Resource, on host: Linux) throws {
        for step in try resource.steps(from: try resource.observe(on: host)) {
            for result in host.perform([step]) { _ = try result.get() }
        }
    }

    private static func remove(_ resource: some Removable, on host: Linux) throws {
        guard let observed = try resource.observe(on: host), resource.isPresent(in: observed) else {
            throw Refusal("it is not there")
        }
        for step in try resource.removal(of: observed) {
            for result in host.perform([step]) { _ = try result.get() }
        }
    }

    /// What differs between the two; empty for nothing.
    var difference: String {
        let script = """
            tell() {
              cd "$1"
              for f in passwd shadow; do echo "== $f"; cat etc/$f; done
              # Ours keeps the members that are there where they are.
              for f in group gshadow; do echo "== $f"; perl -pe 's/[^:]*$/join(",", sort split(",", $& =~ s{\\n}{}r))."\\n"/e' etc/$f; done
              stat -c '%n %a %u %g' etc/passwd etc/shadow etc/group etc/gshadow etc/subuid etc/subgid
              for f in subuid subgid; do echo "== $f"; sort etc/$f; done
              echo == homes; find home export srv var/mail var/spool/mail -printf '%p %y %m %U %G %l\\n' | sort
              find home export -type f -exec sha256sum {} + | sort
            }
            (tell "$1/theirs") > "$1/a"; (tell "$1/ours") > "$1/b"; diff "$1/a" "$1/b"
            """
        return LawBench.run(["sh", "-c", script, "sh", place]).output
    }
}
