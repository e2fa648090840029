import SystemFiles
import Model
import Testing

/// fstab: entries, escapes, what an edit keeps, and mountinfo.
struct FileSystemTableTests {
    private func entry(
        _ device: String, _ path: String, _ type: String = "ext4", _ options: [String] = ["defaults"], _ pass: Int = 0
    )
        -> FileSystemEntry
    {
        FileSystemEntry(device: device, path: path, type: type, options: options, pass: pass)
    }

    private func place(_ text: String) throws -> AbsolutePath { try #require(AbsolutePath(text)) }

    private func edited(_ text: String, _ edit: FileSystemTableEdit) -> String {
        var table = FileSystemTable(parsing: Array(text.utf8))
        edit.apply(to: &table)
        let once = table.bytes
        edit.apply(to: &table)
        #expect(table.bytes == once, "an edit made twice is made once")
        return String(decoding: once, as: UTF8.self)
    }

    @Test func entriesAreReadAsTheManualSays() {
        let text = """
            # /etc/fstab
             \t# indented comment
            UUID="ab-c" / ext4 errors=remount-ro 0 1

            /dev/sr0\t/media/my\\040disk/\tudf,iso9660 user,noauto
            tmpfs /tmp tmpfs
            broken line
            /swap\\134file none swap sw,pri=5 0 0 # ours
            """
        let found = FileSystemTable(parsing: Array(text.utf8)).entries
        #expect(
            found == [
                entry("UUID=ab-c", "/", "ext4", ["errors=remount-ro"], 1),
                entry("/dev/sr0", "/media/my disk", "udf,iso9660", ["user", "noauto"]), entry("tmpfs", "/tmp", "tmpfs"),
                entry("/swap\\file", "none", "swap", ["sw", "pri=5"]),
            ])
        #expect(found.map(\.place).suffix(2) == [.mount("/tmp"), .swap(device: "/swap\\file")])
    }

    @Test(arguments: [
        ("", "/dev/a /b ext4 noatime 0 2\n"), ("# x", "# x\n/dev/a /b ext4 noatime 0 2\n"),
        ("/dev/c /b\txfs  defaults\t0  0  # ours\n", "/dev/a /b\text4  noatime\t0  2  # ours\n"),
        ("/dev/a /b/ ext4\n", "/dev/a /b/ ext4 noatime 0 2\n"),
        ("/dev/a /b ext4 noatime 0 2", "/dev/a /b ext4 noatime 0 2"),
        ("a /x b\r\n/dev/c /b ext4 ro 0 0\r\n", "a /x b\r\n/dev/a /b ext4 noatime 0 2\r\n"),
        ("a /x b\r\n", "a /x b\r\n/dev/a /b ext4 noatime 0 2\r\n"),
        ("/dev/a /b ext4 ro # why\n", "/dev/a /b ext4 noatime 0 2 # why\n"),
        ("#/dev/a /b ext4 x 0 0\n", "#/dev/a /b ext4 x 0 0\n/dev/a /b ext4 noatime 0 2\n"),
    ])
    func anEditKeepsTheRest(before: String, after: String) {
        #expect(edited(before, .set(entry("/dev/a", "/b", "ext4", ["noatime"], 2))) == after)
    }

    @Test func theOrderOfOptionsStays() {
        let wanted = entry("/dev/a", "/b", "ext4", ["nodev", "noatime"], 1)
        #expect(edited("/dev/a /b ext4 noatime,nodev 0 2\n", .set(wanted)) == "/dev/a /b ext4 noatime,nodev 0 1\n")
    }

    @Test func bytesThatAreNoTextStay() {
        var table = FileSystemTable(parsing: [0x2F, 0xFF, 0x20] + Array("/b ext4 ro 0 0\n".utf8))
        let device = table.entries[0].device
        FileSystemTableEdit.set(entry(device, "/b", "ext4", ["rw"])).apply(to: &table)
        #expect(table.bytes == [0x2F, 0xFF, 0x20] + Array("/b ext4 rw 0 0\n".utf8))
    }

    @Test(arguments: ["/my disk", "/tab\there", "/back\\slash", "/\u{E9}", "/a#b"])
    func aPlaceSurvivesItsEscapes(path: String) {
        let text = edited("", .set(entry("#device \(path)", path)))
        #expect(text.split(separator: " ").count == 6)
        #expect(FileSystemTable(parsing: Array(text.utf8)).entries == [entry("#device \(path)", path)])
        #expect(edited(text, .remove(.mount(path))) == "")
    }

    @Test func swapIsFoundByItsDevice() {
        let text = "/a none swap sw 0 0\n/b none swap sw 0 0\n"
        #expect(edited(text, .remove(.swap(device: "/b"))) == "/a none swap sw 0 0\n")
        #expect(
            edited(text, .set(entry("/a", "none", "swap", ["sw", "pri=1"]))).hasPrefix("/a none swap sw,pri=1 0 0\n/b"))
    }

    @Test func mountinfoIsReadToTheLastMount() throws {
        let text = """
            21 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
            30 21 0:30 / /srv rw,nosuid - tmpfs  rw,size=1g
            31 21 254:0 /var/data /srv ro,noatime master:1 propagate_from:2 - ext4 /dev/vda rw,errors=continue
            32 21 0:31 / /my\\040disk rw - fuse.sshfs me@host:/a\\134b ro
            nonsense
            """
        let table = MountedFileSystems(parsing: Array(text.utf8))
        let top = try #require(table.mount(at: try place("/srv")))
        #expect(top.root == "/var/data" && top.source == "/dev/vda" && top.options == ["ro", "noatime"])
        let other = try #require(table.mount(at: try place("/my disk")))
        #expect(other.source == "me@host:/a\\b" && other.options.contains("ro") && other.type == "fuse.sshfs")
        for (path, number, root) in [
            ("/srv/x", "254:0", "/var/data/x"), ("/etc", "254:0", "/etc"), ("/", "254:0", "/"),
            ("/srv", "254:0", "/var/data"),
        ] {
            let found = try #require(table.location(of: try place(path)))
            #expect(found.number == number && found.root == root)
        }
    }
}
