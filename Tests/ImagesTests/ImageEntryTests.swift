import SystemFiles
import Model
import Testing

@testable import Images

@Suite struct ImageEntryTests {
    static func raw(_ name: String, _ kind: RawEntry.Kind = .file) -> RawEntry {
        var raw = RawEntry(name: Array(name.utf8), kind: kind)
        (raw.mode, raw.owner, raw.group, raw.time) = (0o644, 0, 0, (0, 0))
        return raw
    }

    @Test func namesLeadDown() throws {
        let entry = try ImageEntry(Self.raw("./a//b/./c/"))
        #expect(entry.place.shown == "a/b/c" && entry.place.whole == ImageEntry.text("a/b/c"))
        #expect(try ImageEntry(Self.raw("./", .directory)).place.isTop)
        for (name, kind, said) in [
            ("/a", .file, "has an absolute name"), ("a/../b", .file, "leads out of it by `..`"),
            ("..", .directory, "leads out of it by `..`"), ("", .file, "has no name"),
            ("a\0b", .file, "a name with NUL"),
            ("a", .hardLink(Array("../b".utf8)), "leads out of it by `..`"),
            ("a", .hardLink(Array("/b".utf8)), "has an absolute name"), ("a", .link([]), "without a target"),
            ("a", .device(isBlock: true, major: 5000, minor: 0), "numbers Linux does not have"),
            ("a", .other("of the unknown type `Q`"), "is of the unknown type `Q`"),
        ] as [(String, RawEntry.Kind, String)] {
            let fault = #expect(throws: HostFault.self) { try ImageEntry(Self.raw(name, kind)) }
            #expect(fault?.reason.contains(said) == true, "\(fault?.reason ?? "")")
        }
    }

    @Test func whatIsAMachinesOwnIsLeftOut() throws {
        for (name, kind, fate) in [
            ("etc/machine-id", .file, .replaced(OwnEntries.machineID)), ("etc/ssh/ssh_host_rsa_key", .file, .leftOut),
            ("etc/ssh/sshd_config", .file, .unpacked), ("var/lib/dbus/machine-id", .file, .leftOut),
            ("var/lib/dbus/machine-id", .link([65]), .unpacked), ("var/lib/lodestar/image.json", .file, .leftOut),
        ] as [(String, RawEntry.Kind, OwnEntries.Fate)] {
            #expect(try OwnEntries.fate(of: ImageEntry(Self.raw(name, kind))) == fate, "\(name)")
        }
        #expect(throws: HostFault.self) { try OwnEntries.fate(of: ImageEntry(Self.raw(".lodestar-unpacking"))) }
    }
}
