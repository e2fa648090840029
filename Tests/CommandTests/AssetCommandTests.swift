import Foundation
import Testing

/// `lodestar asset` on facts of a file.
@Suite final class AssetCommandTests {
    let folder: String

    init() throws { folder = try Tool.folder() }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private static let facts = """
        {"sn": "ABC123", "system": {"vendor": "Dell Inc."}, "cpu": {"sockets": 2},
         "disks": [{"name": "sda", "size_bytes": 480103981056, "serial": "S1"}], "nics": []}
        """

    private func check(_ inventory: String, _ words: String...) throws -> Tool.Result {
        for (path, text) in [
            ("site.yaml", "site: law\n"), ("inventory/hosts.yaml", inventory), ("facts.json", Self.facts),
        ] {
            let file = "\(folder)/\(path)"
            try FileManager.default.createDirectory(
                atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try text.write(toFile: file, atomically: true, encoding: .utf8)
        }
        return Tool.run([Tool.binary, "asset", "check", folder, "--facts", "\(folder)/facts.json"] + words)
    }

    @Test(arguments: [
        (
            "ABC123: {asset: {vendor: Dell, disks: [{size: 480GB}]}}", Int32(0),
            "ABC123: match; 3 of 3 fields as expected"
        ),
        ("ABC123: {asset: {cpu: {sockets: 4}}}", 2, "  ~ cpu.sockets  expected 4, found 2"),
        ("ABC123: {asset: {vendor: HPE}}", 4, "  ! vendor  expected HPE, found Dell Inc."),
        (
            "ABC123: {asset: {firmware: {type: uefi}}}", 8,
            "  ? firmware.type  expected uefi, found nothing that can be read"
        ),
        (
            "ABC123: {}", 8,
            "  ? asset  expected an entry in the inventory, found nothing that can be read (the host has no `asset`)"
        ),
        (
            "other: {}", 8,
            "  ? asset  expected an entry in the inventory, found nothing that can be read (the inventory has no such host)"
        ),
    ]) func theVerdictIsTheExitCode(_ host: String, _ status: Int32, _ line: String) throws {
        let result = try check("hosts:\n  \(host)\n")
        #expect(result.status == status)
        #expect(result.output.contains(line), "\(result.output)\(result.errors)")
    }

    /// Who is asked for by a name is no more than that: the firmware's serial counts.
    @Test func aNameIsNoProof() throws {
        let result = try check("hosts:\n  XYZ: {asset: {vendor: Dell}}\n", "--host", "XYZ")
        #expect(result.status == 4)
        #expect(result.output.contains("! sn  expected XYZ, found ABC123"))
    }

    @Test func aWrongEntryIsRefusedWithItsPlace() throws {
        let result = try check("hosts:\n  ABC123: {asset: {disk: []}}\n")
        #expect(result.status == 65)
        #expect(result.errors.contains("inventory/hosts.yaml:2:20: error: expected a key of an asset, found `disk`"))
        #expect(result.errors.contains("did you mean `disks`?"))
    }

    @Test func json() throws {
        let result = try check("hosts:\n  ABC123: {asset: {vendor: HPE}}\n", "--format", "json")
        let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        #expect(object?["verdict"] as? String == "wrong_host")
        let fields = object?["fields"] as? [[String: Any]]
        #expect(fields?.last?["field"] as? String == "vendor" && fields?.last?["found"] as? String == "Dell Inc.")
        #expect(fields?.map { $0["result"] as? String } == ["match", "wrong_host"])
    }

    @Test func whatIsRecordedMatches() throws {
        _ = try check("hosts: {}\n")
        let record = Tool.run([Tool.binary, "asset", "record", "--serials", "--facts", "\(folder)/facts.json"])
        #expect(record.status == 0)
        let result = try check(record.output)
        #expect(result.status == 0, "\(record.output)\(result.output)\(result.errors)")
    }
}
