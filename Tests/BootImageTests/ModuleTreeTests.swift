import Testing
import Values

@testable import BootImage

struct ModuleTreeTests {
    /// Paths, with what each needs.
    private let tree = ModuleTree(
        paths: needs.keys.sorted(), builtIn: ["kernel/crypto/crc32c.ko"]
    ) { (path) throws(HostFault) in
        guard let module = KernelModule(ELFBuilder.module("depends=\(needs[path] ?? "")"), path: path) else {
            throw HostFault.absent("read", path)
        }
        return module
    }
    private static let needs = [
        "kernel/fs/ext4.ko": "jbd2,crc32c", "kernel/fs/jbd2.ko": "", "kernel/drivers/scsi/sd-mod.ko": "scsi_mod",
        "kernel/drivers/scsi/scsi_mod.ko": "", "kernel/a.ko": "b", "kernel/b.ko": "a", "kernel/broken.ko": "gone",
    ]

    @Test(arguments: [
        (["ext4"], ["jbd2", "ext4"]), (["sd_mod", "ext4", "jbd2"], ["scsi_mod", "sd_mod", "jbd2", "ext4"]),
        (["sd-mod"], ["scsi_mod", "sd_mod"]), (["crc32c"], []), ([], []),
        // What needs itself in a circle comes once.
        (["a"], ["b", "a"]),
    ])
    func whatIsNeededComesFirst(names: [String], expected: [String]) throws {
        #expect(try tree.closure(of: names).map(\.name) == expected)
    }

    @Test(arguments: [
        ("ext5", "cannot find the module ext5: the kernel has none of this name; did you mean `ext4`?"),
        ("broken", "cannot find the module gone: kernel/broken.ko needs it, and the kernel has none of this name"),
    ])
    func whatIsNotThereIsNamed(name: String, text: String) {
        #expect { try tree.closure(of: [name]) } throws: { ($0 as? HostFault)?.text == text }
    }

    @Test func hardwareIsWhatServersHave() {
        #expect(tree.hardware == ["scsi_mod", "sd_mod"])
    }

    @Test func theListIsReadAsItIsWritten() throws {
        let modules = try tree.closure(of: ["sd_mod", "ext4"])
        var list = ModuleList(modules, always: ["ext4", "jbd2"])
        list.entries[0].aliases = ["pci:v*", "scsi:t-0x00*"]
        let read = ModuleList(parsing: list.text + "not a line\n")
        #expect(read.entries == list.entries)
        #expect(read.entries.map(\.isAlways) == [false, false, true, true])
    }
}
