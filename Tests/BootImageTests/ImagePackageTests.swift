import Testing
import Values

@testable import BootImage

struct ImagePackageTests {
    private static let paths = ["etc/mke2fs.conf", "sbin/mke2fs", "sbin/e2fsck", "usr/share/e2fsprogs/x"]

    @Test(arguments: [
        ("e2fsprogs", paths), ("e2fsprogs=mke2fs", ["sbin/mke2fs", "etc/mke2fs.conf"]),
        ("e2fsprogs=e2fsck,mke2fs.conf", ["sbin/e2fsck", "etc/mke2fs.conf"]),
    ])
    func programsAreChosenByName(text: String, expected: [String]) throws {
        let package = ImagePackage(text)
        #expect(package.name == "e2fsprogs")
        #expect(try package.chosen(of: Self.paths) == expected)
    }

    @Test func aProgramThatIsNotThereIsNamed() {
        #expect { try ImagePackage("e2fsprogs=mke3fs").chosen(of: Self.paths) } throws: {
            ($0 as? HostFault)?.text
                == "cannot find mke3fs in e2fsprogs: the package has no such file; did you mean `mke2fs`?"
        }
    }

    /// Lines of `dpkg-deb --contents`.
    @Test(
        arguments: [
            ("-rwxr-xr-x root/root 1 2024-01-01 00:00 ./sbin/mke2fs", "sbin/mke2fs"),
            ("lrwxrwxrwx root/root 0 2024-01-01 00:00 ./sbin/mkfs.ext4 -> mke2fs", "sbin/mkfs.ext4"),
            (
                "hrwxr-xr-x root/root 0 2024-01-01 00:00 ./usr/bin/perl5.36.0 link to ./usr/bin/perl",
                "usr/bin/perl5.36.0"
            ),
            ("-rw-r--r-- root/root 1 2024-01-01 00:00 ./usr/a -> b", "usr/a -> b"),
            ("drwxr-xr-x root/root 0 2024-01-01 00:00 ./usr/", nil),
        ] as [(Substring, String?)])
    func aLineNamesAFile(line: Substring, path: String?) { #expect(UnpackedPackages.path(ofLine: line) == path) }

    @Test(arguments: [
        ("e2fsprogs", true), ("libstdc++6:amd64", true), ("-h", false), ("", false), ("a b", false), ("/x", false),
    ])
    func aNameIsNoOption(text: String, isName: Bool) { #expect(UnpackedPackages.isName(text) == isName) }

    @Test(arguments: [
        ("sbin/mke2fs", "usr/sbin/mke2fs"), ("lib64/ld.so", "usr/lib64/ld.so"), ("etc/x", "etc/x"),
        ("usr/bin/x", "usr/bin/x"),
    ])
    func usrIsMerged(path: String, expected: String) { #expect(ProgramFiles.merged(path) == expected) }
}
