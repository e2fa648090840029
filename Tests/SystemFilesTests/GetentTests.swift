import Foundation
import Model
import Testing

@testable import SystemFiles

/// What the C library reads in odd databases is the judge: getent(1) in the disposable root, with the files as its only
/// source.
@Suite(.enabled(if: DisposableRoot.problem == nil, "\(DisposableRoot.problem ?? "")"))
struct GetentTests {
    static let passwdLines = [
        "root:x:0:0:root:/root:/bin/bash", "ana:x:1000:1000:Ana:/home/ana:/bin/bash:and:more", "bob:x:1001:1001",
        "eve:x:1002:1002:Eve", "mia:x:1003", "kim:x:1004:1004:::", "", "# comment",
        "  tom:x:1005:1005::/home/tom:/bin/sh",
        "\tleo:x: 1006:\t1007::/:/bin/sh", "sam:x:+1008:01009::/:", "ivy:x:12x:1:::", "ian:x::1:::", "max:x:1010: :::",
        "amy:x:-1:1:::", "ned:x:4294967296:4294967295:::", "ana:x:2000:2000:second:/:/bin/false",
        "dot.ted:x:1011:1011:::",
        "jo hn:x:1012:1012:::", "UPPER:x:1013:1013:::", "+nis:x:1014:1014:::", "-nis:x:1015:1015:::", "+::::::",
        "+@net::::::",
        "crlf:x:1016:1016:c:/home/c:/bin/sh\r", "nocolon", ":x:1017:1017:::", "uml:x:1018:1018:J\u{F6}:/:/bin/sh",
        "dup:x:1000:5:::",
        "bad:x:1019:x:::", "bad:x:1020:1020:::", "nul:x:1021:1021:a\u{0}b:/:/bin/sh", "sp :x:1022:1022:::",
        " #no:x:1:1:::",
    ]
    static let groupLines = [
        "root:x:0:", "web:x:100:ana,bob", "ops:x:101: ana, bob ,eve", "one:x:102", "two:x:103:ana,,bob,",
        "three:x:104:a:b,ana",
        "dup:x:105:ana,ana", "web:x:106:eve", "bad:x:y:ana", "bad:x:107:bob", " sp:x:108:ana", "neg:x:-1:ana",
        "same:x:100:tom",
        "+:::", "+nis:x:109:", "-g:x:110:", "crlf:x:111:ana,bob\r", "empty:x::ana", "tabs:x:\t112:\tana,\tbob",
        "",
        "# web:x:113:", "plus:x:+114:eve", "last:x:115:ana b,eve", "num:x:116:1000", "four:x:117:ana:", "x:118:eve",
    ]

    @Test func lookupsAreThoseOfTheCLibrary() throws {
        var random = SystemNumbers(state: 7)
        let work = NSTemporaryDirectory() + "lodestar-getent-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: work) }
        var expected = ""
        for number in 0..<25 {
            func some(_ lines: [String]) -> [String] {
                number == 0 ? lines : lines.filter { _ in Bool.random(using: &random) }.shuffled(using: &random)
            }
            /// glibc 2.36 misreads a last line that begins with a blank and has no newline.
            func text(_ lines: [String]) -> String {
                let isOpen = number % 3 == 1 && lines.last?.first?.isWhitespace != true
                return lines.joined(separator: "\n") + (isOpen ? "" : "\n")
            }
            let passwd = text(some(Self.passwdLines)), group = text(some(Self.groupLines))
            let etc = "\(work)/\(number)"
            try FileManager.default.createDirectory(atPath: etc, withIntermediateDirectories: true)
            for (name, text) in [
                ("passwd", passwd), ("group", group),
                ("nsswitch.conf", "passwd: files\ngroup: files\ninitgroups: files\n"),
                ("users", Self.users.joined(separator: "\n") + "\n"),
                ("groups", Self.groups.joined(separator: "\n") + "\n"),
            ] {
                try text.write(toFile: "\(etc)/\(name)", atomically: true, encoding: .utf8)
            }
            expected += "== \(number)\n" + ours(passwd, group)
        }
        let script = """
            cd "$1"; for n in $(ls | sort -n); do
              echo "== $n"; mount --bind "$1/$n" "$2/etc"
              chroot "$2" sh -c '
                perl -ne '"'"'
                  $| = 1; chomp; my @e = /^[0-9]+$/ ? getpwuid($_) : getpwnam($_);
                  print /^[0-9]/ ? "$e[0]\\n" : join(":", @e[0, 1, 2, 3, 6, 7, 8]) . "\\n" if @e;
                  system("getent", "initgroups", $_);
                '"'"' /etc/users
                perl -ne '"'"'
                  $| = 1; chomp; my @e = /^[0-9]+$/ ? getgrgid($_) : getgrnam($_);
                  print /^[0-9]/ ? "$e[0]\\n" : join(":", @e[0 .. 2], join " ", grep { !$seen{"@e $_"}++ } split / /, $e[3]) . "\\n" if @e;
                '"'"' /etc/groups'
              umount "$2/etc"
            done
            """
        let theirs = Self.run(["unshare", "-m", "sh", "-ec", script, "sh", work, DisposableRoot.path])
        let pairs = zip(expected.split(separator: "\n"), theirs.split(separator: "\n"))
        for (our, their) in pairs where our != their {
            Issue.record("ours \(our)\ntheirs \(their)\n\(expected)---\n\(theirs)")
            return
        }
        #expect(expected.split(separator: "\n").count == theirs.split(separator: "\n").count)
    }

    /// Names and numbers that are looked up.
    static let users = [
        "root", "ana", "bob", "eve", "mia", "kim", "tom", "leo", "sam", "ivy", "ian", "max", "amy", "ned", "dot.ted",
        "jo hn",
        "UPPER", "crlf", "uml", "dup", "bad", "nul", "0", "1000", "1001", "1005", "1006", "1008", "1018", "1019",
        "1020",
        "4294967295", "2000", "1021", "1", "12",
    ]
    static let groups = [
        "root", "web", "ops", "one", "two", "three", "dup", "bad", "sp", "neg", "same", "crlf", "empty", "tabs", "plus",
        "last",
        "num", "four", "100", "101", "104", "106", "107", "108", "109", "111", "112", "114", "118", "4294967295",
    ]

    /// What getent prints, from ours; of a lookup by number only the name.
    private func ours(_ passwd: String, _ group: String) -> String {
        let users = PasswdFile(parsing: Array(passwd.utf8)), groups = GroupFile(parsing: Array(group.utf8))
        var lines: [String] = []
        for key in Self.users {
            if let uid = UInt32(key) {
                if let name = users.uids[uid] { lines.append(name) }
            } else if let row = users[key] {
                lines.append(
                    [row.name, row.password, "\(row.uid)", "\(row.gid)", row.comment, row.home, row.shell]
                        .joined(separator: ":"))
            }
            var gids: [UInt32] = []
            for gid in groups.gids(listing: key) where !gids.contains(gid) && gid != .max { gids.append(gid) }
            let name = key.padding(toLength: max(key.count, 21), withPad: " ", startingAt: 0)
            lines.append(name + gids.map { " \($0)" }.joined())
        }
        for key in Self.groups {
            if let gid = UInt32(key) {
                if let name = groups.gids[gid] { lines.append(name) }
            } else if let gid = groups.gid(of: key) {
                lines.append("\(key):x:\(gid):\(groups.members.members(of: key).joined(separator: " "))")
            }
        }
        return lines.map { Self.withoutCarriageReturns($0.utf8) + "\n" }.joined()
    }

    static func run(_ words: [String]) -> String {
        let process = Process(), pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        process.standardOutput = pipe
        do { try process.run() } catch { return "\(error)" }
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return withoutCarriageReturns(output)
    }

    private static func withoutCarriageReturns(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.filter { $0 != 0x0D }, as: UTF8.self)
    }
}

enum DisposableRoot {
    static let path = ProcessInfo.processInfo.environment["LODESTAR_TEST_ROOT"] ?? "/var/tmp/lodestar-test-root"
    static let problem: String? =
        getuid() != 0
        ? "needs root"
        : FileManager.default.fileExists(atPath: "\(path)/.complete") ? nil : "needs Tests/Tools/make-root.sh \(path)"
}

struct SystemNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}
