import Foundation
import Testing

/// `lodestar access` for one account and for all hosts of an inventory.
@Suite struct AccessCommandTests {
    private let root: String, site: String

    init() throws {
        root = try Tool.rootWithShell()
        site = try Tool.site("group: {docker: {}}\nuser: {eve: {groups: {at_least: [docker]}}}\n")
        try FileManager.default.createDirectory(atPath: "\(site)/inventory", withIntermediateDirectories: true)
        try "hosts: {web1: {labels: {role: web}}, db1: {labels: {role: db}}}\n".write(
            toFile: "\(site)/inventory/hosts.yaml", atomically: true, encoding: .utf8)
        try "hosts: labels.role == 'web'\nuser: {ana: {groups: {at_least: [docker]}}}\n".write(
            toFile: "\(site)/manifests/web.yaml", atomically: true, encoding: .utf8)
    }

    /// A name that is misspelt does not look like somebody who cannot get in.
    @Test(arguments: [["--host", "web1", "--who", "evx"], ["--fleet", "--who", "evx"]])
    func nobodyIsAnError(words: [String]) {
        let said = Tool.run([Tool.binary, "access", site, "--root", root] + words)
        #expect(said.status == 66 && said.output.isEmpty, "\(said.output)")
        #expect(said.errors.contains("expected an account with --who, found `evx`"), "\(said.errors)")
    }

    @Test func theFleetIsToldByWayAndHost() {
        let said = Tool.lodestar("access", site, "--root", root, "--fleet")
        let expected = """
            ana may become root
              by the group docker  user:ana  on web1
            eve may become root
              by the group docker  user:eve  on all 2 hosts

            """
        #expect(said.status == 0 && said.output.hasPrefix(expected), "\(said.output)\(said.errors)")
        let ana = Tool.lodestar("access", site, "--root", root, "--fleet", "--who", "ana").output
        #expect(ana.contains("ana may") && !ana.contains("eve"), "\(ana)")
        let json = Tool.lodestar("access", site, "--root", root, "--fleet", "--format", "json").output
        #expect(json.contains("\"host\": \"web1\"") && json.contains("\"host\": \"db1\""), "\(json)")
    }

    @Test(arguments: [["--fleet"], ["SITE", "--fleet", "--host", "web1"]])
    func theFleetIsOfASite(words: [String]) {
        let words = words.map { $0 == "SITE" ? site : $0 }
        #expect(Tool.run([Tool.binary, "access", "--root", root] + words).status == 64)
    }
}
