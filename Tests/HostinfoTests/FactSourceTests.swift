import Foundation
import Testing
import Values

@testable import Hostinfo

@Suite struct FactSourceTests {
    private func fact(_ name: String, _ files: [String: String], links: [String: String] = [:]) -> Datum? {
        let tree = MemoryTree()
        for (path, text) in files { tree.files[path] = Array(text.utf8) }
        tree.links = links
        return FactCollector(tree).fact(name)
    }

    // MARK: os-release

    static let releases = [
        "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n",
        "PRETTY_NAME='It'\\''s \"quoted\"'\nID=x\n", "PRETTY_NAME=\"a \\\"b\\\" \\$c \\\\ \\` \\n\"\n",
        "PRETTY_NAME=Debian\\ GNU/Linux\n", "PRETTY_NAME=\"one\"'two'three\n", "# ID=comment\nID=a # rest\n",
        "ID=a#b\n", "  ID=a\n\tVERSION_ID=1\n", "export ID=a VERSION_ID=1\n", "export ID\nID=a\n",
        "ID=a VERSION_ID=1\n",
        "ID=a;VERSION_ID=1\n", "ID=a; VERSION_ID=1 ;# x\n", "PRETTY_NAME=Debian GNU/Linux\nID=a\n", "ID=a\nID=b\n",
        "ID=a\nID=\n", "ID =a\nVERSION_ID= 1\n", "PRETTY_NAME=\"two\nlines\"\nID=a\n",
        "PRETTY_NAME=\"con\\\ntinued\"\n",
        "PRETTY_NAME=con\\\ntinued\n", "ID=a\nPRETTY_NAME=\"$ID ${ID}s $NONE.\"\n", "ID=a\nPRETTY_NAME='$ID'\n",
        "ID=a\nPRETTY_NAME=$ID-x\n", "PRETTY_NAME=\"\"\nID=''\n", "1ID=x\nID=a\n", "ID=a && VERSION_ID=1\n", "ID=a &\n",
        "readonly ID=a\n", ": ${ID}\nID=a\n", "\"ID\"=x\nVERSION_ID=1\n", "I\\D=x\nVERSION_ID=1\n", "ID=a=b\n",
        "ID==\n",
        "PRETTY_NAME=\"ü µ\"\n", "ID=a", "\n\n\nID=a\n\n", "PRETTY_NAME=\"a\tb\"\n", "PRETTY_NAME=\"a'b\"\n",
        "PRETTY_NAME='a\"b'\n",
        "PRETTY_NAME=\"100%\"\n", "PRETTY_NAME=\"$5 off\"\n", "PRETTY_NAME=\"a$\"\n", "PRETTY_NAME=\"back\\slash\"\n",
    ]

    /// What the shell itself has after sourcing a file.
    private static func judged(_ text: String, _ name: String) throws -> String {
        let file = NSTemporaryDirectory() + "lodestar-release-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try Data(text.utf8).write(to: URL(filePath: file))
        let shell = Process(), output = Pipe()
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = ["-c", ". \"$1\"; printf %s \"$\(name)\"", "sh", file]
        shell.environment = ["PATH": "/nonexistent"]
        shell.standardOutput = output
        shell.standardError = FileHandle.nullDevice
        try shell.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        shell.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    @Test(arguments: releases) func releaseFilesAreReadAsTheShellReadsThem(_ text: String) throws {
        let values = ShellAssignments(Array(text.utf8)).values
        for name in ["ID", "VERSION_ID", "PRETTY_NAME"] where text.contains(name) || name == "ID" {
            #expect(try values[name] ?? "" == Self.judged(text, name), "\(name)")
        }
        // Line ends of other systems change nothing.
        let other = ShellAssignments(Array(text.replacing("\n", with: "\r\n").utf8)).values
        #expect(other == values)
    }

    /// Texts made of all that quotes and separates.
    @Test func generatedFilesAreReadAsTheShellReadsThem() throws {
        var random = Mixer(state: 9)
        let pieces = [
            "ID=", "VERSION_ID=", " ", "\n", "a", "b c", "'", "\"", "\\", "#", ";", "$ID", "\t", "=", "''",
            "\"\"", "\\\n",
        ]
        for _ in 0..<150 {
            let text = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }
            .joined()
            // What the shell refuses as a whole says nothing of the lines before.
            let marked = try Self.judged(text + "\nMARK=1\n", "MARK")
            guard marked == "1" else { continue }
            let values = ShellAssignments(Array(text.utf8)).values
            #expect(try values["ID"] ?? "" == Self.judged(text, "ID"), "\(text.debugDescription)")
        }
    }

    /// The shell gives up at such a line (flatpak/flatpak#629); the others count all the same.
    @Test func aLineThatIsNoAssignmentTakesNoOtherAlong() {
        let values = ShellAssignments(Array("ID=a\nVERSION=1.4 (runtime)\nVERSION_ID=1 # (x)\n".utf8)).values
        #expect(values == ["ID": "a", "VERSION_ID": "1"])
    }

    @Test func nothingInAReleaseFileIsExecuted() {
        let values = ShellAssignments(Array("ID=$(touch /tmp/x)\nVERSION_ID=`id`\nNAME=a\n".utf8)).values
        #expect(values["ID"] == nil && values["VERSION_ID"] == nil)
        #expect(
            fact("os", ["etc/os-release": "ID=\"rocky\"\r\nID_LIKE=\"rhel fedora\"\r\n"])?["family"]?.string == "redhat"
        )
    }

    // MARK: names

    @Test(arguments: [
        ("10.0.0.5 db-1.example.net db-1\n", "db-1.example.net"),
        ("10.0.0.5 db-1 db-1.example.net\n", "db-1.example.net"),
        ("10.0.0.5 db-1 # db-1.old.example\n", "db-1"), ("# 10.0.0.5 db-1.old.example db-1\n", "db-1"),
        ("  # 10.0.0.5 db-1.old.example db-1\n10.0.0.5\tDB-1.example.net\tdb-1\n", "db-1.example.net"),
        ("10.0.0.5 db-1.example.net db-1 #was db-1.old\r\n10.0.0.6 x\r\n", "db-1.example.net"),
        ("127.0.0.1 localhost\r\n10.0.0.5 db-1.example.net db-1\r\n", "db-1.example.net"),
        ("db-1.nowhere db-1\n", "db-1"), ("fe80::1%eth0 db-1.example.net db-1\n", "db-1.example.net"),
        ("10.0.0.5 db-1#db-1.old.example\n", "db-1"), ("", "db-1"),
    ])
    func commentsOfTheHostsFileNameNobody(_ hosts: String, _ name: String) {
        let found = fact("fqdn", ["etc/hosts": hosts, "proc/sys/kernel/hostname": "db-1\n"])
        #expect(found?.string == name)
    }

    @Test func aCommentIsNoHostName() {
        let tree = MemoryTree()
        tree.isRunning = false
        tree.files["etc/hostname"] = Array("# set by hand\r\n\r\n db-2 \r\n".utf8)
        #expect(HostName(tree).name == "db-2")
    }

    // MARK: mounts

    private static let table = """
        22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
        23 22 0:21 / /proc rw - proc proc rw
        30 22 8:17 / /srv rw shared:2 master:1 - xfs /dev/sdb1 rw
        31 30 8:33 / /srv/data rw - xfs /dev/sdc1 rw
        32 22 0:40 / /mnt rw - tmpfs  rw,size=1k
        33 30 8:49 / /srv rw - ext4 /dev/sdd1 rw
        34 22 8:65 / /a\\040b rw - ext4 /dev/sde1 rw
        """

    @Test func anEmptySourceIsASource() {
        let found = fact("mounts", ["proc/self/mountinfo": Self.table])?.items ?? []
        #expect(found.count == 7)
        let mount = found.first { $0["path"]?.string == "/mnt" }
        #expect(mount?["device"]?.string == "" && mount?["type"]?.string == "tmpfs")
        #expect(found.last?["path"]?.string == "/a b")
    }

    @Test func aCoveredMountHasNoSizeOfTheOneAbove() {
        let found = fact("filesystems", ["proc/self/mountinfo": Self.table])?.items ?? []
        let sizes = Dictionary(
            uniqueKeysWithValues: found.map { ($0["device"]?.string ?? "", $0["size_bytes"] ?? .null) })
        #expect(sizes["/dev/sda1"] == .int(1 << 30) && sizes["/dev/sdd1"] == .int(1 << 30))
        // sdb1 lies under sdd1, and sdc1, which stands on sdb1, with it.
        #expect(sizes["/dev/sdb1"] == .null && sizes["/dev/sdc1"] == .null)
    }

    @Test func aFileSystemIsAskedWhereAPathLeadsToIt() {
        let table = Self.table + "\n35 22 8:17 / /other rw - xfs /dev/sdb1 rw\n"
        let found = fact("filesystems", ["proc/self/mountinfo": table])?.items ?? []
        let mount = found.first { $0["device"]?.string == "/dev/sdb1" }
        #expect(mount?["path"]?.string == "/other" && mount?["size_bytes"] == .int(1 << 30))
    }

    @Test func inAChrootTheMountsBelowAreVisible() {
        let table = "40 30 8:17 / /srv rw - xfs /dev/sdb1 rw\n41 30 8:33 / /data rw - xfs /dev/sdc1 rw\n"
        let found = fact("filesystems", ["proc/self/mountinfo": table])?.items ?? []
        #expect(found.map { $0["size_bytes"] } == [.int(1 << 30), .int(1 << 30)])
    }

    @Test func aRootWithAnEmptySourceIsARoot() {
        let tree = MemoryTree()
        tree.files["proc/self/mounts"] = Array("/dev/sda1 / ext4 rw 0 0\n / tmpfs rw 0 0\n".utf8)
        #expect(RootMount(tree)?.kind == "tmpfs")
        #expect(KernelCommandLine.isMiniOS(tree))
    }

    // MARK: disks

    @Test func onlyDisksAreDisks() {
        let names = [
            "sda", "sdb", "vda", "nvme0n1", "nvme0c0n1", "nvme1c1n1", "bcache0", "md127", "dm-0", "zd0", "drbd1",
            "loop0",
            "mmcblk0", "mmcblk0boot0", "mmcblk0boot1", "mmcblk0rpmb", "sr0", "zram0", "nbd0", "dasda", "pmem0", "odd0",
            "emcpowera",
        ]
        var files: [String: String] = [:]
        for name in names { files["sys/block/\(name)/size"] = "2048\n" }
        files["sys/block/nvme0c0n1/hidden"] = "1\n"
        files["sys/block/sdb/hidden"] = "0\n"
        files["sys/block/emcpowera/slaves/sda"] = ""
        let links = [
            "sys/block/odd0": "../devices/virtual/block/odd0", "sys/block/sda": "../devices/pci0/ata1/block/sda",
        ]
        let found = fact("disks", files, links: links)?.items ?? []
        #expect(
            found.compactMap { $0["name"]?.string }
                == ["dasda", "mmcblk0", "nvme0n1", "pmem0", "sda", "sdb", "vda"])
    }
}

/// splitmix64.
private struct Mixer: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
