import Engine
import Foundation
import Model
import Testing

/// Where users, their groups, files, keys and packages are all missing, the plan is whole, free of errors, and what
/// apply then does, property by property.
@Suite(.serialized, .enabled(if: LawBench.realHostProblem == nil, "\(LawBench.realHostProblem ?? "")"))
struct BareRootTests {
    static let manifest = """
        package:
          tinyd: {}
        group:
          web: {gid: 3600}
          ops: {gid: 3700}
        user:
          ana: {uid: 3601, group: web, groups: {exactly: [ops]}, shell: /bin/bash}
          daemon1: {system: true, locked: true}
        directory:
          /srv/www: {owner: ana, group: web, mode: "02750"}
        file:
          /srv/www/index.html: {content: "hello\\n", owner: ana, group: web, mode: "0640"}
          /home/ana/.profile-of-ours: {content: "umask 027\\n", owner: ana}
          /etc/tinyd/extra.conf: {content: "x\\n", owner: _tinyd, require: ["package:tinyd"], notify: ["command:reload"]}
        link:
          /srv/www/latest: {target: index.html}
        line:
          host: {path: /etc/hosts, text: "192.0.2.9 bare"}
        authorized_key:
          ana@bastion: {user: ana, key: "ssh-ed25519 \(JudgeTests.key) ana@bastion"}
        crontab_entry:
          anas: {user: ana, minute: 5, command: /bin/true}
        service:
          tinyd: {enabled: true, require: ["package:tinyd"]}
        command:
          reload: {run: "echo reloaded >> /reloaded", refresh_only: true}
          migrate: {run: "touch /migrated"}
        """

    @Test func planIsWholeAndApplyDoesWhatItSays() throws {
        let bench = try LawBench.real(preparedBy: "tiny-repository.sh")
        defer { bench.remove() }
        let root = try #require(bench.root)
        let catalog = try LawBench.catalog(Self.manifest)
        let plan = try bench.plan(catalog)
        try Golden.check(PlanText(plan, isColored: false).text(.full) + "\n", "bare-root-plan.txt")
        #expect(plan.count(.refuse, .skip) == 0)
        let report = try bench.apply(plan)
        #expect(report.count(.failed, .skipped, .stale) == 0, "\(report.outcomes.compactMap(\.reason))")
        var differing: [String] = []
        for planned in plan.resources {
            let outcome = try #require(report.outcomes.first { $0.address == planned.address })
            if outcome.changes != planned.changes { differing.append("\(planned.address): \(planned.action)") }
            if planned.action != .unknown { #expect(outcome.changes == planned.changes, "\(planned.address)") }
        }
        #expect(plan.resources.filter { $0.action == .unknown }.map(\.address.description) == Self.unknown)
        #expect(differing.allSatisfy { $0.hasSuffix("unknown") }, "\(differing)")
        #expect(try String(contentsOfFile: "\(root)/reloaded", encoding: .utf8) == "reloaded\n")
        let second = try bench.plan(catalog)
        #expect(
            second.resources.map(\.address.description) == ["command:migrate"],
            "a command without a guard stays unknown")
    }

    /// Each `?`: what a package brings, and a command without a guard.
    static let unknown = ["file:/etc/tinyd/extra.conf", "service:tinyd", "command:migrate"]
}

/// A text that was recorded once; RECORD=1 records it anew, and fails.
enum Golden {
    static func check(_ text: String, _ name: String, file: String = #filePath) throws {
        let path = URL(filePath: file).deletingLastPathComponent().appending(path: "Golden/\(name)").path()
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            Issue.record("recorded \(path)")
        } else {
            #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
        }
    }
}
