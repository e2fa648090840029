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

    @Test(arguments: [
        ("sbin/mke2fs", "usr/sbin/mke2fs"), ("lib64/ld.so", "usr/lib64/ld.so"), ("etc/x", "etc/x"),
        ("usr/bin/x", "usr/bin/x"),
    ])
    func usrIsMerged(path: String, expected: String) { #expect(ProgramFiles.merged(path) == expected) }
}
