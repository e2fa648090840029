import Foundation
import Testing

/// Accounts of another source of the C library, a real one of nsswitch.conf, in a disposable root that runs.
@Suite(
    .serialized, .enabled(if: getuid() == 0, "needs root"),
    .enabled(if: ForeignRoot.problem == nil, "\(ForeignRoot.problem ?? "")"))
struct ForeignAccountTests {
    private func keyLine() -> String { "ssh-ed25519 \(AttackTests.key) lana" }

    @Test func theyOwnRunAndBelongAndAreAskedOnce() throws {
        let root = try ForeignRoot()
        defer { root.remove() }
        root.shell("mkdir -p home/lana srv/d; chown 70001:70100 home/lana")
        let files = (0..<20).map { "  /srv/f\($0): {content: x, owner: lana, group: lgroup}\n" }.joined()
        let manifest = """
            file:
            \(files)  /srv/d/n: {content: x, owner: 70001}
            directory: {/srv/d: {owner: lana, mode: "0750"}}
            group: {web: {members: {exactly: [lana, loc]}}}
            user: {loc: {group: lgroup}}
            authorized_key: {k: {user: lana, key: \(keyLine())}}
            crontab_entry: {c: {user: lana, minute: 1, command: /bin/true}}
            command: {id: {run: "id > /srv/d/id", user: lana, creates: /srv/d/id}}
            """
        let applied = try root.lodestar("apply", manifest)
        #expect(applied.status == 0, "\(applied.output)\(applied.errors)")
        for (name, count) in [("passwd lana 0", 1), ("group lgroup 0", 1)] {
            #expect(root.text("asked").components(separatedBy: "\(name)\n").count == count + 1, "asked more than once")
        }
        let plan = try root.lodestar("plan", manifest, "--detailed-exit-code", "--verify")
        #expect(plan.status == 0, "\(plan.output)")
        for path in ["srv/f7", "srv/d/id", "home/lana/.ssh/authorized_keys"] {
            #expect(root.shell("stat -c %u:%g \(path)") == "70001:70100\n", "\(path)")
        }
        #expect(root.shell("stat -c %u:%a srv/d") == "70001:750\n")
        #expect(root.shell("stat -c %U var/spool/cron/crontabs/lana") == "UNKNOWN\n")
        #expect(root.shell("grep ^web: etc/group").hasSuffix(":lana,loc\n"))
        #expect(root.shell("grep ^loc: etc/passwd").hasPrefix("loc:x:1001:70100:"), "1000 is taken elsewhere")
        #expect(root.text("srv/d/id").contains("groups=70100(lgroup),1000(web),70101(lmore)"))
        // Un-declared and absent, nothing of theirs is missed here.
        let absent = "user: {lana: {state: absent}}\ngroup: {lgroup: {state: absent}, web: {}}\n"
        let last = try root.lodestar("apply", absent, "--allow-removals")
        #expect(last.status == 0, "\(last.output)\(last.errors)")
        #expect(!root.text("etc/passwd").contains("lana"))
    }

    @Test(arguments: [
        ("user: {lana: {}}", "`lana` is an account of another source"),
        ("group: {lgroup: {}}", "`lgroup` is a group of another source"),
        ("user: {loc: {uid: 70001}}", "uid 70001 belongs to `lana` of another source"),
        ("group: {loc: {gid: 70100}}", "gid 70100 belongs to `lgroup` of another source"),
        ("user: {loc: {groups: {at_least: [lgroup]}}}", "group `lgroup` is another source's"),
        ("file: {/srv/x: {content: x, owner: nobodyhere}}", "there is no such account"),
    ])
    func nothingHidesThem(manifest: String, message: String) throws {
        let root = try ForeignRoot()
        defer { root.remove() }
        let before = root.text("etc/passwd") + root.text("etc/group")
        for command in ["plan", "apply"] {
            let result = try root.lodestar(command, manifest + "\n")
            #expect(result.output.contains(message), "\(result.output)\(result.errors)")
        }
        #expect(root.text("etc/passwd") + root.text("etc/group") == before)
    }

    @Test func anotherRootHasNoOtherSources() throws {
        let root = try ForeignRoot()
        defer { root.remove() }
        root.shell("mkdir -p other; cp -a etc other/; mkdir -p other/srv other/var/lib")
        let result = try root.lodestar("apply", "file: {/srv/x: {content: x, owner: lana}}\n", "--root", "/other")
        #expect(result.status == 4 && result.output.contains("there is no such account"), "\(result.output)")
        #expect(root.text("asked").isEmpty)
        let files = root.text("etc/nsswitch.conf").replacing("files law", with: "files")
        try files.write(toFile: "\(root.path)/etc/nsswitch.conf", atomically: true, encoding: .utf8)
        #expect(try root.lodestar("apply", "file: {/srv/x: {content: x, owner: lana}}\n").status == 4)
        #expect(root.text("asked").isEmpty)
    }

    @Test func aSourceThatHangsHoldsARunUpOnce() throws {
        let root = try ForeignRoot()
        defer { root.remove() }
        root.shell("touch hang")
        let start = Date.now
        let manifest =
            "file: {/srv/a: {content: x, owner: lana}, /srv/b: {content: x, owner: other}, /srv/c: {content: x}}\nuser: {loc: {}}\n"
        let result = try root.lodestar("apply", manifest)
        #expect(Date.now.timeIntervalSince(start) < 30)
        #expect(result.status == 4)
        #expect(
            result.output.contains("whether `loc` is an account of another source cannot be told: getent took more"))
        #expect(root.text("srv/c") == "x", "\(result.output)")
        root.shell("rm hang")
        #expect(try root.lodestar("apply", manifest.replacing("other", with: "lana")).status == 0)
    }
}

/// A root with a source of accounts of its own, in which this build runs.
struct ForeignRoot {
    static let testRoot = ProcessInfo.processInfo.environment["LODESTAR_TEST_ROOT"] ?? "/var/tmp/lodestar-test-root"
    static let problem: String? =
        !FileManager.default.fileExists(atPath: "\(testRoot)/.complete")
        ? "needs Tests/Tools/make-root.sh \(testRoot)"
        : Tool.run(["which", "clang"]).status == 0 ? nil : "needs clang"

    let place: String
    var path: String { "\(place)/root" }

    init() throws {
        place = "/var/tmp/lodestar-foreign-\(UUID().uuidString)"
        let script = """
            mkdir -p "$1/upper" "$1/work" "$1/root"
            mount -t overlay overlay -o "lowerdir=$2,upperdir=$1/upper,workdir=$1/work" "$1/root" 2> /dev/null || cp -a "$2/." "$1/root"
            cd "$1/root"
            clang -shared -fPIC -O1 -o usr/lib/x86_64-linux-gnu/libnss_law.so.2 "$3"
            sed -i 's/^passwd:.*/passwd: files law/; s/^group:.*/group: files law/' etc/nsswitch.conf
            mkdir -p opt/lodestar site/manifests; cp "$4" opt/lodestar/
            ldd "$4" | awk '$3 ~ "^/" {print $3}' | while read -r l; do cp -L "$l" opt/lodestar/; done
            rm -f opt/lodestar/libc.so* opt/lodestar/libm.so* opt/lodestar/libdl.so* opt/lodestar/libpthread.so*
            echo "site: foreign" > site/site.yaml
            """
        let source = "\(Tool.top)Tests/Tools/nss-source.c"
        let made = Tool.run(["sh", "-ec", script, "sh", place, Self.testRoot, source, Tool.binary])
        if made.status != 0 { throw Failure(text: made.errors) }
    }

    struct Failure: Error { var text: String }

    func remove() {
        _ = Tool.run(["sh", "-c", "umount -l '\(path)' 2> /dev/null; rm -rf --one-file-system '\(place)'"])
    }

    func lodestar(_ command: String, _ manifest: String, _ words: String...) throws -> Tool.Result {
        try manifest.write(toFile: "\(path)/site/manifests/base.yaml", atomically: true, encoding: .utf8)
        let environment = ["env", "LD_LIBRARY_PATH=/opt/lodestar", "SWIFT_BACKTRACE=enable=no"]
        let inside = "mount -t proc proc '\(path)/proc'; exec chroot '\(path)' \"$@\""
        return Tool.run(
            ["unshare", "-m", "sh", "-c", inside, "sh"] + environment + ["/opt/lodestar/lodestar", command, "/site"]
                + words)
    }

    @discardableResult
    func shell(_ script: String) -> String { Tool.run(["sh", "-ec", "cd '\(path)'; \(script)"]).output }

    func text(_ name: String) -> String { (try? String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)) ?? "" }
}
