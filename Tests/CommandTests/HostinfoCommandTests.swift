import Foundation
import Testing

/// `lodestar hostinfo` and `lodestar facts` as a user runs them.
@Suite struct HostinfoCommandTests {
    private static let captures = "\(Tool.top)Tests/HostinfoTests/Captures"

    /// A folder as `hostinfo capture` makes one.
    private func capture(net: String?, table: String? = nil, files: [String: String] = [:]) throws -> String {
        let folder = try Tool.folder()
        func copy(_ from: String, _ to: String) throws {
            let target = "\(folder)/\(to)"
            let parent = URL(filePath: target).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: from, toPath: target)
        }
        if let net { try copy("\(Self.captures)/net/\(net).json", "net.json") }
        if let table { try copy("\(Self.captures)/smbios/\(table)", "sys/firmware/dmi/tables/DMI") }
        for (path, text) in files {
            let target = URL(filePath: "\(folder)/\(path)")
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: target)
        }
        return folder
    }

    private func json(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test(
        arguments: try! String(contentsOfFile: "\(captures)/net/expected.tsv", encoding: .utf8).split(separator: "\n")
            .dropFirst().map { $0.split(separator: "\t").map(String.init) })
    func capturedNetworkGivesItsAddress(_ row: [String]) throws {
        let result = Tool.lodestar("hostinfo", "--from", try capture(net: row[0]), "--format", "json")
        #expect(result.status == 0)
        let ip = try #require(try json(result.output)["ip"] as? [String: Any])
        let found = ["primary_ipv4", "primary_ipv6", "device", "status"].map { ip[$0] as? String ?? "-" }
        #expect([row[0]] + found == row)
    }

    @Test func serialOfTheTablesIsReported() throws {
        let folder = try capture(net: nil, table: "Dell-PowerEdge-R630-Dual-Xeon.dmi")
        let result = Tool.lodestar("hostinfo", "--from", folder, "--format", "json")
        #expect(result.status == 0)
        let report = try json(result.output)
        #expect(report["spec"] as? [String] == ["sn-spec/1", "ip-spec/1"])
        let serial = try #require(report["sn"] as? [String: Any])
        #expect(serial["value"] as? String == "790H8D2" && serial["source"] as? String == "S1")
        let text = Tool.lodestar("hostinfo", "--from", folder).output
        #expect(text.contains("sn        790H8D2  (system, SMBIOS type 1, authoritative, new)"))
        let explanation = Tool.lodestar("hostinfo", "explain", "sn", "--from", folder)
        #expect(explanation.status == 0)
        #expect(explanation.output.contains("S2  the UUID of Dell Inc.: `790H8D2` valid, not needed"))
    }

    @Test func neitherSerialNorAddressIsExit1() throws {
        let folder = try capture(net: nil, table: "MSI-MS-7816.bin")
        #expect(Tool.lodestar("hostinfo", "--from", folder).status == 1)
        #expect(Tool.lodestar("hostinfo", "explain", "ip", "--from", folder).status == 1)
        #expect(
            Tool.lodestar("hostinfo", "explain", "sn", "--from", folder).output.contains(
                "there is none, and none is invented"))
        #expect(Tool.lodestar("hostinfo", "explain", "mac").status == 64)
    }

    @Test func theSmallProgramDoesTheSame() throws {
        let other = URL(filePath: Tool.binary).deletingLastPathComponent().appending(path: "hostinfo").path()
        try #require(FileManager.default.isExecutableFile(atPath: other))
        let folder = try capture(net: "vpn_wg", table: "SuperMicro-X9DBL.bin")
        for words in [[], ["--format", "json"], ["--format", "yaml"], ["explain", "sn"], ["explain", "ip"]] {
            let mine = Tool.run([Tool.binary, "hostinfo"] + words + ["--from", folder])
            let its = Tool.run([other] + words + ["--from", folder])
            #expect(mine.output == its.output && mine.status == its.status && !mine.output.isEmpty)
        }
        #expect(Tool.run([other, "--fromm", "x"]).status == 64)
        #expect(Tool.run([other, "--from"]).status == 64)
    }

    @Test func captureGivesTheSameReportAsTheHost() throws {
        let folder = "\(try Tool.folder())/capture"
        #expect(Tool.lodestar("hostinfo", "capture", "--out", folder).status == 0)
        let live = try json(Tool.lodestar("hostinfo", "--format", "json").output)
        let captured = try json(Tool.lodestar("hostinfo", "--from", folder, "--format", "json").output)
        for key in ["hostname", "sn", "ip", "virtual"] {
            #expect(
                NSDictionary(object: live[key] ?? "", forKey: "x" as NSString)
                    == NSDictionary(object: captured[key] ?? "", forKey: "x" as NSString), "\(key)")
        }
        // An existing folder is not written into.
        #expect(Tool.lodestar("hostinfo", "capture", "--out", folder).status == 1)
    }

    @Test func overrideThatOthersCanWriteIsAnError() throws {
        let folder = try capture(net: nil, files: ["etc/hostinfo/identity.yaml": "sn: REG-0042\n"])
        #expect(Tool.lodestar("hostinfo", "--from", folder).output.contains("REG-0042"))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o666], ofItemAtPath: "\(folder)/etc/hostinfo/identity.yaml")
        let result = Tool.lodestar("hostinfo", "--from", folder)
        #expect(result.status == 1)
        #expect(
            result.output.contains(
                "/etc/hostinfo/identity.yaml: error: expected /etc/hostinfo/identity.yaml to be writable by its owner only, found the mode 0666"
            ))
    }

    @Test func linkOfACaptureCannotLeaveIt() throws {
        let folder = try capture(net: nil)
        try FileManager.default.createDirectory(atPath: "\(folder)/etc/hostinfo", withIntermediateDirectories: true)
        let outside = try capture(net: nil, files: ["identity.yaml": "sn: REG-0042\n"])
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder)/etc/hostinfo/identity.yaml", withDestinationPath: "\(outside)/identity.yaml")
        #expect(!Tool.lodestar("hostinfo", "--from", folder).output.contains("REG-0042"))
    }

    @Test(arguments: ["hostinfo", "facts"])
    func outputKeepsItsSchema(_ name: String) throws {
        let folder = try Tool.folder()
        try Data(Tool.lodestar("schema", name).output.utf8).write(to: URL(filePath: "\(folder)/schema.json"))
        var outputs = [Tool.run([Tool.binary, name, "--format", "json"]).output]
        for table in ["Dell-PowerEdge-R630-Dual-Xeon.dmi", "HyperV.dmi", "MSI-MS-7816.bin"] {
            let source = try capture(net: "bond_vlan_vip_docker", table: table)
            outputs.append(Tool.run([Tool.binary, name, "--from", source, "--format", "json"]).output)
        }
        for (index, output) in outputs.enumerated() {
            try Data(output.utf8).write(to: URL(filePath: "\(folder)/\(index).json"))
            let script = """
                import json, sys, jsonschema
                schema = json.load(open(sys.argv[1]))
                jsonschema.Draft202012Validator.check_schema(schema)
                jsonschema.Draft202012Validator(schema).validate(json.load(open(sys.argv[2])))
                """
            let result = Tool.run([
                "/usr/bin/python3", "-c", script, "\(folder)/schema.json", "\(folder)/\(index).json",
            ])
            #expect(result.status == 0, "\(result.errors.suffix(600))")
        }
    }

    @Test func factsOfACaptureAreThoseOfItsFiles() throws {
        let folder = try capture(
            net: "bridge_host", table: "Dell-PowerEdge-R630-Dual-Xeon.dmi",
            files: [
                "etc/os-release": "ID=rocky\nID_LIKE=\"rhel centos fedora\"\nVERSION_ID=\"9.4\"\n",
                "etc/hosts": "10.40.0.11 db-1.example.net db-1\n", "proc/sys/kernel/hostname": "DB-1\n",
                "etc/lodestar/facts.d/rack.yaml": "row: 7\nname: \"07\"\n",
                "etc/lodestar/facts.d/shop.json": "[1, true]",
            ])
        func fact(_ key: String) -> String {
            Tool.lodestar("facts", key, "--from", folder).output.trimmingCharacters(in: .newlines)
        }
        #expect(fact("os.family") == "redhat")
        #expect(fact("fqdn") == "db-1.example.net")
        #expect(fact("ip") == "10.40.0.11")
        #expect(fact("sn") == "790H8D2")
        #expect(fact("system.chassis_type") == "Rack Mount Chassis")
        #expect(fact("memory.modules.0.part") == "18ASF2G72PDZ-2G3B1")
        #expect(fact("custom.rack.row") == "7" && fact("custom.rack.name") == "07" && fact("custom.shop.1") == "true")
        #expect(Tool.lodestar("facts", "cpus", "--from", folder).errors.contains("`cpu`"))
    }

    /// Another root is the disk of any machine: its id is its own until somebody accepts a serial for it.
    @Test(.enabled(if: getuid() == 0, "only root may accept a serial"))
    func pinnedIdStaysUntilASerialIsAccepted() throws {
        let root = try capture(
            net: nil,
            files: [
                "etc/hostinfo/identity.yaml": "sn: REG-0042\n", "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
            ])
        func id() throws -> String {
            let site = try Tool.folder()
            try Data("site: test\n".utf8).write(to: URL(filePath: "\(site)/site.yaml"))
            try FileManager.default.createDirectory(atPath: "\(site)/manifests", withIntermediateDirectories: true)
            try Data("file: {/etc/id: {content: \"${{ host.id }}\"}}\n".utf8).write(
                to: URL(filePath: "\(site)/manifests/a.yaml"))
            let plan = try json(Tool.lodestar("catalog", site, "--root", root).output)
            return try #require((plan["host"] as? [String: Any])?["id"] as? String)
        }
        #expect(try id() == "0123456789abcdef0123456789abcdef")
        try FileManager.default.createDirectory(atPath: "\(root)/var/lib/lodestar", withIntermediateDirectories: true)
        try Data("older-id\n".utf8).write(to: URL(filePath: "\(root)/var/lib/lodestar/host-id"))
        #expect(try id() == "older-id")
        #expect(
            Tool.lodestar("hostinfo", "--root", root).output.contains(
                "the host id is pinned as older-id: `lodestar hostinfo accept` makes it REG-0042"))
        let accepted = Tool.lodestar("hostinfo", "accept", "--root", root)
        #expect(accepted.status == 0, "\(accepted.errors)")
        #expect(try id() == "REG-0042")
        #expect(
            Tool.lodestar("hostinfo", "--root", root).output.contains(
                "REG-0042  (override, /etc/hostinfo/identity.yaml, authoritative, stable)"))
    }

    @Test func brokenCustomFactIsReportedAndTheOthersArePrinted() throws {
        let folder = try capture(net: nil, files: ["etc/lodestar/facts.d/rack.json": "{", "etc/hostname": "web-7\n"])
        let result = Tool.lodestar("facts", "--from", folder, "--format", "json")
        #expect(result.status == 1)
        #expect(result.errors.hasPrefix("error: the fact `custom`: cannot read /etc/lodestar/facts.d/rack.json: "))
        #expect(try json(result.output)["hostname"] as? String == "web-7")
    }

    @Test func captureHoldsAllThatTheReportIsMadeOf() throws {
        let other = URL(filePath: Tool.binary).deletingLastPathComponent().appending(path: "hostinfo").path()
        let first = try capture(
            net: "bond_vlan_vip_docker", table: "Dell-PowerEdge-R630-Dual-Xeon.dmi",
            files: [
                "etc/hostinfo/identity.yaml": "ip: 10.30.0.200\n", "proc/sys/kernel/hostname": "web-7\n",
                "sys/block/sda/size": "2048\n", "sys/block/sda/device/serial": "ZC11ABCD\n",
                "proc/1/environ": "container=lxc\0TOKEN=hunter2\0",
            ])
        let second = "\(try Tool.folder())/second"
        #expect(Tool.run([other, "capture", "--out", second, "--from", first]).status == 0)
        for words in [["--format", "json"], ["explain", "sn"], ["explain", "ip"]] {
            let from = Tool.run([other] + words + ["--from", first]),
                again = Tool.run([other] + words + ["--from", second])
            #expect(from.output == again.output && !from.output.isEmpty)
        }
        #expect(
            Tool.lodestar("facts", "disks", "--from", second).output
                == Tool.lodestar("facts", "disks", "--from", first).output)
        // The environment of the first process may hold secrets.
        #expect(Tool.run(["grep", "-r", "hunter2", second]).status == 1)
    }
}
