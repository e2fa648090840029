import Engine
import Foundation
import LinuxHost
import Model
import Testing

/// Accounts that change their number, move or go, on a real root.
@Suite(.serialized, .enabled(if: LawBench.realHostProblem == nil, "\(LawBench.realHostProblem ?? "")"))
struct AccountTests {
    static let first = "user:\n  ana: {uid: 3601}\n  bob: {uid: 3602}\n"

    private func bench() throws -> (bench: LawBench, root: String) {
        let bench = try LawBench.real(), root = try #require(bench.root)
        #expect(try bench.apply(try bench.plan(try LawBench.catalog(Self.first))).count(.failed) == 0)
        let script = """
            cd '\(root)'; mkdir -p srv/deep/er; touch srv/deep/er/a 'srv/deep/a b'; ln -s /etc/shadow srv/deep/link
            chown -R -h 3601:3601 srv/deep; touch srv/bobs; chown 3602 srv/bobs
            """
        #expect(LawBench.run(["sh", "-ec", script]).status == 0)
        return (bench, root)
    }

    private func owner(_ path: String) -> String {
        LawBench.run(["stat", "-c", "%u:%g", path]).output.trimmingCharacters(in: .newlines)
    }

    /// A lock is no password: the two would be at odds over the same field.
    @Test(arguments: ["!", "!!", "!*", "!$6$salt$hash"])
    func aLockIsNoPassword(_ text: String) {
        let problem = #expect(throws: LawBench.Problem.self) {
            try LawBench.catalog("user: {root: {password: '\(text)'}}\n")
        }
        #expect(problem?.text.contains("found a lock") == true && problem?.text.contains("`locked: true`") == true)
        #expect(throws: Never.self) { try LawBench.catalog("user: {root: {password: '*'}}\n") }
    }

    @Test func aChangedNumberTakesItsFilesAlongAndNoOthers() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        let catalog = try LawBench.catalog("user:\n  ana: {uid: 3701, renumber: true}\n  bob: {uid: 3602}\n")
        let plan = try bench.plan(catalog)
        let files = try #require(plan.resources.first?.changes.first { $0.property == "files" })
        // deep, er, a, `a b`, link; the home and what skel laid in it.
        let skeleton = try FileManager.default.contentsOfDirectory(atPath: "\(root)/home/ana").count
        #expect(files.new == .text("\(6 + skeleton) are re-owned"))
        #expect(try bench.apply(plan).count(.failed) == 0)
        for path in ["srv/deep", "srv/deep/er/a", "srv/deep/a b", "srv/deep/link"] {
            #expect(owner("\(root)/\(path)") == "3701:3601", "\(path)")
        }
        #expect(owner("\(root)/srv/bobs") == "3602:0")
        #expect(owner("\(root)/etc/shadow") == "0:42")
        #expect(!(try bench.plan(catalog)).hasChanges)
    }

    /// Declarations one after the other, and who owns the home of ana after each.
    @Test(arguments: [
        [
            ("group: {web: {gid: 3501}}\nuser: {zoe: {uid: 3603, group: web}}", "3603:3501"),
            ("group: {web: {gid: 3701, renumber: true}}\nuser: {zoe: {uid: 3603, group: web}}", "3603:3701"),
            (
                "group: {web: {gid: 3801, renumber: true}, ops: {gid: 3502}}\n"
                    + "user: {zoe: {uid: 3604, group: ops, renumber: true}}", "3604:3502"
            ),
            ("group: {web: {gid: 3801}, ops: {gid: 3502}}\nuser: {zoe: {uid: 3604, group: web}}", "3604:3502"),
            (
                "group: {web: {gid: 3801}, ops: {gid: 3503, renumber: true}}\n"
                    + "user: {zoe: {uid: 3605, group: 3503, renumber: true}}", "3605:3503"
            ),
        ]
    ])
    func aHomeFollowsItsAccountAndItsGroup(steps: [(String, String)]) throws {
        let bench = try LawBench.real()
        defer { bench.remove() }
        let root = try #require(bench.root)
        for (manifest, wanted) in steps {
            let catalog = try LawBench.catalog(manifest + "\n"), plan = try bench.plan(catalog)
            let report = try bench.apply(plan)
            #expect(report.count(.failed) == 0, "\(report.outcomes.compactMap(\.reason))")
            #expect(
                report.outcomes.map(\.changes) == plan.resources.map(\.changes), "apply did not do what the plan said")
            #expect(owner("\(root)/home/zoe") == wanted, "\(manifest)")
            #expect(!(try bench.plan(catalog)).hasChanges)
        }
    }

    @Test func aTakenNumberIsRefusedBeforeAFileIsTouched() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        let catalog = try LawBench.catalog("user:\n  ana: {uid: 3602, renumber: true}\n")
        let plan = try bench.plan(catalog)
        #expect(plan.count(.refuse) == 1)
        _ = try bench.apply(plan)
        #expect(owner("\(root)/srv/deep/er/a") == "3601:3601")
    }

    @Test func everyFaultOnTheWayIsRepairedAndTheHomeKeepsItsContent() throws {
        let catalog = try LawBench.catalog("user:\n  ana: {uid: 3701, renumber: true, home: /home/anna}\n")
        var wasReached = true, number = 0
        while wasReached {
            number += 1
            var (bench, root) = try bench()
            defer { bench.remove() }
            try "kept".write(toFile: "\(root)/home/ana/kept", atomically: true, encoding: .utf8)
            let host = bench.host, faulty = FaultyHost(host, failing: number)
            bench.host = faulty
            _ = try bench.apply(try bench.plan(catalog))
            wasReached = faulty.hasFailed
            bench.host = host
            #expect(try bench.apply(try bench.plan(catalog)).count(.failed) == 0, "fault \(number)")
            #expect(try String(contentsOfFile: "\(root)/home/anna/kept", encoding: .utf8) == "kept")
            #expect(owner("\(root)/srv/deep/er/a") == "3701:3601", "fault \(number)")
            #expect(!(try bench.plan(catalog)).hasChanges, "fault \(number)")
        }
        #expect(number == 4, "files, home and account are three steps")
    }

    @Test func anAccountGoesWithItsCrontabAndItsDataOnlyWhenAsked() throws {
        for (words, homeStays) in [("", true), (", manage_home: true, on_undeclare: remove", false)] {
            let (bench, root) = try bench()
            defer { bench.remove() }
            let table = "crontab_entry:\n  job: {user: ana, minute: 1, command: \"true\"}\n"
            _ = try bench.apply(try bench.plan(try LawBench.catalog(Self.first + table)))
            let catalog = try LawBench.catalog("user:\n  ana: {state: absent\(words)}\n  bob: {uid: 3602}\n")
            #expect(try bench.apply(try bench.plan(catalog)).count(.failed) == 0)
            #expect(!FileManager.default.fileExists(atPath: "\(root)/var/spool/cron/crontabs/ana"))
            #expect(FileManager.default.fileExists(atPath: "\(root)/home/ana") == homeStays)
            #expect(FileManager.default.fileExists(atPath: "\(root)/home/bob"))
            #expect(LawBench.run(["grep", "-c", "^ana:", "\(root)/etc/passwd"]).output == "0\n")
        }
    }
}
