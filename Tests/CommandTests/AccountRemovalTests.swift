import Foundation
import Testing

/// Accounts and groups that leave a site, or are declared absent, in any combination.
@Suite(.enabled(if: getuid() == 0, "apply needs root"))
struct AccountRemovalTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var manifests: [String]
        /// What is left of the accounts `ana` and `web`, sorted.
        var left: [String]
    }

    static let marker = "file: {/etc/marker: {content: x}}"
    static let key = "ssh-ed25519 \(AttackTests.key)"
    static let pair = "group: {web: {}}\nuser: {ana: {group: web}}"
    static let cases = [
        Case(
            testDescription: "a primary group leaves with its account, which is only released",
            manifests: [pair, marker], left: ["ana:x:1000:1000::/home/ana:/bin/sh", "web:x:1000:"]),
        Case(
            testDescription: "it was to be removed by all means",
            manifests: ["group: {web: {on_undeclare: remove}}\nuser: {ana: {group: web}}", marker],
            left: ["ana:x:1000:1000::/home/ana:/bin/sh", "web:x:1000:"]),
        Case(
            testDescription: "both leave and both are removed",
            manifests: ["group: {web: {}}\nuser: {ana: {group: web, on_undeclare: remove}}", marker], left: []),
        Case(
            testDescription: "the account's group was told by its number",
            manifests: ["user: {ana: {group: 3500, on_undeclare: remove}}\ngroup: {web: {gid: 3500}}", marker],
            left: []),
        Case(
            testDescription: "a group leaves that an account still declares",
            manifests: [
                "group: {web: {}}\nuser: {ana: {groups: {exactly: [web]}}}", "user: {ana: {groups: {exactly: [web]}}}",
            ],
            left: ["ana:x:1000:1001::/home/ana:/bin/sh", "ana:x:1001:", "web:x:1000:ana"]),
        Case(
            testDescription: "both are absent, the group first in the manifest",
            manifests: [pair, "group: {web: {state: absent}}\nuser: {ana: {state: absent}}"], left: []),
        Case(
            testDescription: "both are absent, with each other's names",
            manifests: [
                pair, "group: {web: {state: absent, members: {exactly: [ana]}}}\nuser: {ana: {state: absent}}",
            ], left: []),
        Case(
            testDescription: "an account takes the number of one that goes",
            manifests: ["user: {ana: {uid: 3601}}", "user: {bob: {uid: 3601}, ana: {state: absent}}"], left: []),
        Case(
            testDescription: "a group goes when its last account has another one",
            manifests: [pair, "group: {web: {state: absent}, ops: {}}\nuser: {ana: {group: ops}}"],
            left: ["ana:x:1000:1001::/home/ana:/bin/sh"]),
        Case(
            testDescription: "all that belongs to an account leaves with it",
            manifests: [
                """
                group: {web: {}}
                user: {ana: {group: web, manage_home: true, on_undeclare: remove, authorized_keys: {at_least: ["\(key)"]}}}
                crontab_entry: {c: {user: ana, minute: 1, command: /bin/true}}
                file: {/home/ana/f: {content: x, owner: ana, group: web}}
                directory: {/home/ana/d: {owner: ana}}
                """, marker,
            ], left: []),
        Case(
            testDescription: "a key and its account are absent",
            manifests: [
                "user: {ana: {}}\nauthorized_key: {k: {user: ana, key: \(key)}}",
                "authorized_key: {k: {user: ana, key: \(key), state: absent}}\nuser: {ana: {state: absent}}",
            ], left: []),
        Case(
            testDescription: "an account goes and its group's members and number change",
            manifests: [
                "group: {web: {gid: 4000, members: {exactly: [bob, ana]}}}\nuser: {ana: {}, bob: {uid: 5000}}",
                "user: {ana: {state: absent}, bob: {uid: 5000}}\n"
                    + "group: {web: {gid: 4001, renumber: true, members: {exactly: [bob]}}}",
            ], left: ["web:x:4001:bob"]),
    ]

    /// Each apply succeeds, does what its plan says, and the next plan is empty.
    @Test(arguments: cases) func everyApplyDoesWhatItsPlanSaysAndIsAtRest(_ scene: Case) throws {
        let root = try Tool.bareRoot(), site = try Tool.site("")
        for (number, manifest) in (scene.manifests + [scene.manifests.last ?? ""]).enumerated() {
            try "\(manifest)\n".write(toFile: "\(site)/manifests/base.yaml", atomically: true, encoding: .utf8)
            let plan = Tool.lodestar("plan", site, "--root", root, "--format", "json")
            let applied = Tool.lodestar("apply", site, "--root", root, "--format", "json")
            #expect(applied.status == 0, "apply \(number): \(applied.output)")
            #expect(try changes(plan.output, "resources") == changes(applied.output, "outcomes"))
            let second = Tool.lodestar("plan", site, "--root", root, "--detailed-exit-code")
            #expect(second.status == 0, "plan \(number): \(second.output)")
        }
        let left = try ["passwd", "group"].flatMap { file in
            try String(contentsOfFile: "\(root)/etc/\(file)", encoding: .utf8).split(separator: "\n").map(String.init)
        }.filter { $0.hasPrefix("ana:") || $0.hasPrefix("web:") }
        #expect(left.sorted() == scene.left)
    }

    /// Each resource with its properties that change.
    private func changes(_ json: String, _ list: String) throws -> [String] {
        let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        let resources = try #require(object?[list] as? [[String: Any]])
        return resources.map { resource in
            let properties = (resource["changes"] as? [[String: Any]] ?? []).compactMap { $0["property"] as? String }
            return "\(resource["address"] ?? ""): \(properties.joined(separator: " "))"
        }.sorted()
    }

    /// A saved plan of such changes is not stale only because they come together.
    @Test func aSavedPlanOfChangesThatMeetIsApplied() throws {
        let scene = try #require(Self.cases.last)
        let root = try Tool.bareRoot(), site = try Tool.site(scene.manifests[0] + "\n")
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        try (scene.manifests[1] + "\n").write(
            toFile: "\(site)/manifests/base.yaml", atomically: true, encoding: .utf8)
        let plan = try Tool.folder() + "/plan.json"
        #expect(Tool.lodestar("plan", site, "--root", root, "--out", plan).status == 0)
        let applied = Tool.lodestar("apply", plan)
        #expect(applied.status == 0, "\(applied.output)")
    }
}
