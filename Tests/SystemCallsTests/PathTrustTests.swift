import Foundation
import SystemCalls
import Testing

import SystemCalls
import TestSupport

@Suite(.enabled(if: geteuid() == 0, "only root can give files to others")) struct PathTrustTests {
    /// What is made in a folder, the entry that is asked for, and the beginning of the objection below the folder.
    struct Case: CustomStringConvertible, Sendable {
        var description: String
        var entry: String
        var objection: String?
        var make: @Sendable (TemporaryFolder) -> Void

        init(
            _ claim: String, _ entry: String, _ objection: String?,
            _ make: @escaping @Sendable (TemporaryFolder) -> Void
        ) {
            (description, self.entry, self.objection, self.make) = (claim, entry, objection, make)
        }
    }

    static let cases = [
        Case("root's file is believed", "a", nil) { $0.file("a") },
        Case("what is not there is nobody's", "a", nil) { _ in },
        Case("a user's file is not", "a", "expected /a to be root's, found the owner 1000") {
            $0.file("a", owner: 1000)
        },
        Case("nor one that all may write", "a", "expected /a to be writable by its owner only, found the mode 0666") {
            $0.file("a", mode: 0o666)
        },
        Case("nor one that its group may write", "a", "expected /a to be writable by its owner only") {
            $0.file("a", mode: 0o664)
        },
        Case("nor root's file in a user's folder", "d/a", "expected /d to be root's, found the owner 1000") {
            $0.folder("d", owner: 1000)
            $0.file("d/a")
        },
        Case("nor what is to come there", "d/a", "expected /d to be root's, found the owner 1000") {
            $0.folder("d", owner: 1000)
        },
        Case("nor a file two folders below a user's", "d/e/a", "expected /d to be root's") {
            $0.folder("d/e")
            $0.folder("d", owner: 1000)
            $0.file("d/e/a")
        },
        Case("nor one in a folder that all may write", "d/a", "expected /d to be writable by its owner only") {
            $0.folder("d", mode: 0o777)
            $0.file("d/a")
        },
        Case("but for one whose entries are protected", "d/a", nil) {
            $0.folder("d", mode: 0o1777)
            $0.file("d/a")
        },
        Case("a folder of root's group is root's", "d/a", nil) {
            $0.folder("d", mode: 0o775)
            $0.file("d/a")
        },
        Case("a folder of another group is not", "d/a", "expected /d to be writable by its owner only") {
            $0.folder("d", mode: 0o2775, group: 50)
            $0.file("d/a")
        },
        Case("nor one with an access list", "d/a", "expected /d to be writable by its owner only") {
            PathTrustTests.letWrite(user: 1000, to: $0.folder("d", mode: 0o775))
            $0.file("d/a")
        },
        Case("a link is not believed", "l", "expected no link, found one to a") {
            $0.file("a")
            $0.link("l", to: "a")
        },
        Case("a link of root's may be on the way", "l/a", nil) {
            $0.folder("d")
            $0.file("d/a")
            $0.link("l", to: "d")
        },
        Case("also with .. and an absolute target", "e/l/a", nil) {
            $0.folder("d")
            $0.folder("e")
            $0.file("d/a")
            $0.link("e/l", to: "../m")
            $0.link("m", to: "\($0.path)/d")
        },
        Case("a link on the way leads to nobody else", "l/a", "expected /d to be root's") {
            $0.folder("d", owner: 1000)
            $0.file("d/a")
            $0.link("l", to: "d")
        },
        Case("a link of a user on the way is not followed", "s/l/a", "expected /s/l to be root's") {
            $0.folder("s", mode: 0o1777)
            $0.folder("d")
            $0.file("d/a")
            $0.link("s/l", to: "../d", owner: 1000)
        },
        Case("links in a circle end", "l/a", "expected a path, found a circle of links at /") {
            $0.link("l", to: "m")
            $0.link("m", to: "l")
        },
    ]

    @Test(arguments: cases)
    func onlyWhatIsRootsAloneIsBelieved(_ row: Case) {
        let folder = TemporaryFolder()
        row.make(folder)
        let objection = PathTrust.objection(to: "\(folder.path)/\(row.entry)")?.replacing(folder.path, with: "")
        switch row.objection {
        case nil: #expect(objection == nil)
        case let expected?: #expect(objection?.hasPrefix(expected) == true, "\(objection ?? "believed")")
        }
    }

    @Test func absoluteLinksBeginAgainAtTheRoot() {
        let folder = TemporaryFolder()
        folder.folder("root/data/var")
        folder.link("root/var", to: "/data/var")
        #expect(PathTrust.objection(to: "/var/lib", below: "\(folder.path)/root") == nil)
        folder.folder("root/data", owner: 1000)
        let objection = PathTrust.objection(to: "/var/lib", below: "\(folder.path)/root")
        #expect(objection?.contains("/root/data to be root's") == true, "\(objection ?? "believed")")
    }

    @Test func ownersMayBeOthers() {
        let folder = TemporaryFolder()
        let file = folder.file("a", owner: 1000)
        #expect(PathTrust.objection(to: file, owners: [0, 1000]) == nil)
        #expect(PathTrust.objection(to: file, owners: [0, 1001]) != nil)
    }

    @Test func everythingBelowIsAskedButLinksAndHiddenNames() {
        let folder = TemporaryFolder()
        let site = folder.folder("site")
        folder.folder("site/deep/down")
        folder.file("site/.hidden", owner: 1000)
        folder.link("site/link", to: "/nowhere", owner: 1000)
        #expect(PathTrust.objection(toAllBelow: site) == nil)
        folder.file("site/deep/down/a", owner: 1000)
        #expect(
            PathTrust.objection(toAllBelow: site)
                == "expected \(site)/deep/down/a to be root's, found the owner 1000")
    }

    /// POSIX_ACL_XATTR_VERSION 2 and the entries of acl(5): owner, a user, group, mask, others.
    static func letWrite(user: Int, to path: String) {
        let python = Process()
        python.executableURL = URL(filePath: "/usr/bin/python3")
        python.arguments = [
            "-c",
            """
            import os, struct, sys
            entries = [(1, 7, 2**32 - 1), (2, 7, int(sys.argv[2])), (4, 5, 2**32 - 1), (16, 7, 2**32 - 1), (32, 5, 2**32 - 1)]
            value = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
            os.setxattr(sys.argv[1], "system.posix_acl_access", value)
            """, path, "\(user)",
        ]
        try? python.run()
        python.waitUntilExit()
    }
}
