import Bundles
import Foundation
import Model
import Testing

@testable import OperatorFiles

/// Bundles that somebody has changed on their way: none is taken, and each message says what was found where.
@Suite struct HostileBundleTests {
    typealias Change = @Sendable (inout [TarEntry]) throws -> Void

    private static let a = 2, b = 3, site = 4

    static func put(_ bytes: [UInt8], at offset: Int) -> Change { { $0[a].put(bytes, at: offset) } }

    /// An entry of a kind in the place of a file.
    static func kind(_ type: Character) -> Change { { $0[a].put([type.asciiValue ?? 0], at: 156) } }

    /// One more entry in front of a file.
    static func extra(_ name: String, _ content: String = "x", _ type: Character = "0", before place: Int = a) -> Change
    {
        { $0.insert(try TarEntry(name, Array(content.utf8), type: type), at: place) }
    }

    /// What was done, how, and what is said.
    static let changes: [(String, Change, String)] = [
        (
            "an extra file at the end", { $0.append(try TarEntry("z.yaml", [1])) },
            "expected the end of the archive, found `z.yaml`, which is not in its list"
        ),
        (
            "an extra file", extra("evil.yaml"),
            "expected `manifests/a.yaml`, found `evil.yaml`, which is not in its list"
        ),
        (
            "a missing file", { $0.remove(at: a) },
            "expected `manifests/a.yaml`, found `manifests/b.yaml`, which comes later"
        ),
        ("no last file", { $0.removeLast() }, "expected `site.yaml`, found the end of the archive"),
        ("no file", { $0.removeLast(3) }, "expected `manifests/a.yaml`, found the end of the archive"),
        ("swapped files", { $0.swapAt(a, b) }, "found `manifests/b.yaml`, which comes later"),
        (
            "swapped contents",
            { (entries) in (entries[a].content, entries[b].content) = (entries[b].content, entries[a].content) },
            "expected the bytes of `manifests/a.yaml` that its list says, found others"
        ),
        (
            "other bytes", { $0[a].content[0] ^= 1 },
            "expected the bytes of `manifests/a.yaml` that its list says, found others"
        ),
        (
            "a longer file",
            {
                $0[a].content.append(1); $0[a].resize(6)
            }, "found it with 6 bytes instead of 5"
        ),
        (
            "a longer file in the same block", { $0[a].content.append(1) },
            "expected zeros behind `manifests/a.yaml`, found other bytes"
        ),
        (
            "a shorter file",
            {
                $0[a].content.removeLast(); $0[a].resize(4)
            }, "found it with 4 bytes instead of 5"
        ),
        ("a huge file", { $0[a].resize(1 << 32) }, "instead of 5"),
        (
            "a size of base 256", put([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5], at: 124),
            "another mode, owner, time or padding"
        ),
        ("a size without digits", put(Array("-0000000005".utf8), at: 124), "with no number of bytes instead of 5"),
        (
            "a file twice", { $0.insert($0[a], at: b) },
            "expected `manifests/b.yaml`, found `manifests/a.yaml` a second time"
        ),
        ("a case twin", extra("manifests/A.yaml"), "found `manifests/A.yaml`, which is not in its list"),
        ("an absolute name", { $0[a].rename("/etc/cron.d/evil") }, "found the absolute name `/etc/cron.d/evil`"),
        (
            "a name that leads out", { $0[a].rename("manifests/../../evil") },
            "found the name `manifests/../../evil`, which leads out of it"
        ),
        ("a name with escapes", { $0[a].rename("evil\u{1B}[2J") }, "found `evil\\u{1b}[2J`"),
        ("NUL in a name", put(Array("\0evil".utf8), at: 16), "another mode, owner, time or padding"),
        ("a name in parts", put(Array("manifests".utf8), at: 345), "found `manifests/manifests/a.yaml`"),
        ("a hard link", kind("1"), "found the hard link `manifests/a.yaml`"),
        ("a link", extra("evil", "", "2"), "found the link `evil`"),
        ("a character device", kind("3"), "found the device `manifests/a.yaml`"),
        ("a block device", kind("4"), "found the device `manifests/a.yaml`"),
        ("a folder", extra("manifests/", "", "5"), "found the folder `manifests/`"),
        ("a fifo", kind("6"), "found the fifo `manifests/a.yaml`"),
        ("a contiguous file", kind("7"), "an entry of another kind than a plain file"),
        ("the type of version 7", put([0], at: 156), "an entry of another kind than a plain file"),
        ("a sparse file of GNU tar", kind("S"), "found the sparse file `manifests/a.yaml`"),
        (
            "a sparse file of pax", extra("x", "22 GNU.sparse.major=1\n", "x"),
            "a header of pax, which does not belong here"
        ),
        (
            "a header of pax", extra("PaxHeaders/a", "18 path=/etc/evil\n", "x"),
            "a header of pax, which does not belong here"
        ),
        (
            "a header of pax for all", extra("pax_global_header", "12 uid=0\n", "g", before: 0),
            "expected `BUNDLE`, with which a bundle begins, found a header of pax"
        ),
        (
            "a long name of GNU tar", extra("././@LongLink", "/etc/evil\0", "L"),
            "a long name of GNU tar, which does not belong here"
        ),
        (
            "a long link of GNU tar", extra("././@LongLink", "/etc/evil\0", "K"),
            "a long name of GNU tar, which does not belong here"
        ),
        ("a bad sum", { $0[a].header[0] ^= 1 }, "found no header of tar whose sum is right"),
        (
            "a sum of signed bytes",
            {
                $0[a].put([0xFF], at: 500); $0[a].header.replaceSubrange(148..<154, with: Array("000000".utf8))
            }, "found no header of tar whose sum is right"
        ),
        ("another mode", put(Array("0004755".utf8), at: 100), "another mode, owner, time or padding"),
        ("another owner", put(Array("0001750".utf8), at: 108), "another mode, owner, time or padding"),
        ("an owner's name", put(Array("ana".utf8), at: 265), "another mode, owner, time or padding"),
        ("another time", put(Array("00000000000".utf8), at: 136), "another mode, owner, time or padding"),
        ("the magic of GNU tar", put(Array("ustar  \0".utf8), at: 257), "another mode, owner, time or padding"),
        ("no BUNDLE", { $0.removeFirst() }, "expected `BUNDLE`, with which a bundle begins, found `BUNDLE.sig`"),
        ("BUNDLE behind something", extra("a", before: 0), "expected `BUNDLE`, with which a bundle begins, found `a`"),
        (
            "a BUNDLE that is a link", { $0[0].put([0x32], at: 156) },
            "expected `BUNDLE`, with which a bundle begins, found the link `BUNDLE`"
        ),
        ("two lists", { $0.insert($0[0], at: 1) }, "the bundle bears no signature"),
        ("two signatures", { $0.insert($0[1], at: 1) }, "found `BUNDLE.sig`, which is not in its list"),
        ("a signature at the end", { $0.append($0.remove(at: 1)) }, "the bundle bears no signature"),
        ("no signature", { $0.remove(at: 1) }, "the bundle bears no signature"),
        (
            "no signature in it", { $0[1] = try TarEntry("BUNDLE.sig", Array("nothing\n".utf8)) },
            "the signature is not taken: it is no SSH signature"
        ),
        ("a changed list", { $0[0].content[20] ^= 1 }, "the signature is not one of these bytes by this key"),
        (
            "a changed time of the list", { $0[0].put(Array("00000000000".utf8), at: 136) },
            "expected the header of `BUNDLE` as `lodestar bundle` writes it"
        ),
        (
            "a changed owner of the signature", { $0[1].put(Array("0001750".utf8), at: 108) },
            "expected the header of `BUNDLE.sig` as"
        ),
        ("a list of many bytes", { $0[0].resize(1 << 32) }, "expected `BUNDLE` of at most 32768 KiB, found more"),
        ("a signature of many bytes", { $0[1].resize(1 << 20) }, "expected `BUNDLE.sig` of at most 64 KiB, found more"),
    ]

    private func expectRefusal(_ bench: BundleBench, _ what: String, _ said: String) throws {
        let before = bench.names
        let fault = #expect(throws: SourceFault.self, "\(what)") { try bench.open() }
        #expect(fault?.reason.contains(said) == true, "\(what): \(fault?.reason ?? "")")
        #expect(fault?.kind == .untrusted || fault?.kind == .refused, "\(what)")
        #expect(fault?.hint != nil, "\(what)")
        let after = Set(bench.names).subtracting(before)
        #expect(after.isSubset(of: ["state/source", "state/source/status.json"]), "\(what): \(after)")
    }

    @Test func changedBundlesAreRefused() throws {
        let bench = try BundleBench(), good = try bench.bytes(try bench.writer())
        #expect(TarEntry.bytes(try TarEntry.entries(good)) == good)
        for (what, change, said) in Self.changes {
            var entries = try TarEntry.entries(good)
            try change(&entries)
            try bench.write(TarEntry.bytes(entries))
            try expectRefusal(bench, what, said)
        }
        try bench.write(good)
        #expect(try bench.open().reader.revision == "cccccccccccc One, signed by ana")
    }

    @Test func whatIsBehindTheEndIsRefused() throws {
        let bench = try BundleBench(), good = try bench.bytes(try bench.writer())
        for (what, bytes, said) in [
            ("garbage", good + [1], "expected the end of the file, found more bytes"),
            ("zeros", good + [UInt8](repeating: 0, count: 512), "expected the end of the file, found more bytes"),
            ("another archive", good + good, "expected the end of the file, found more bytes"),
            ("one block of zeros", Array(good.dropLast(512)), "found the end of the file"),
            ("nothing", [], "expected `BUNDLE`, with which a bundle begins, found the end of the file"),
            (
                "a text", Array(String(repeating: "site\n", count: 200).utf8),
                "found no header of tar whose sum is right"
            ),
            (
                "zeros only", [UInt8](repeating: 0, count: 1024),
                "expected `BUNDLE`, with which a bundle begins, found the end"
            ),
            ("gzip", [0x1F, 0x8B, 8, 0] + good, "found no header of tar whose sum is right"),
        ] {
            try bench.write(bytes)
            try expectRefusal(bench, what, said)
        }
    }

    @Test func aBundleThatIsCutIsRefused() throws {
        let bench = try BundleBench(), good = try bench.bytes(try bench.writer())
        for count in stride(from: 0, to: good.count, by: 256) {
            try bench.write(Array(good.prefix(count)))
            try expectRefusal(bench, "\(count) bytes", "found the end of the file")
        }
    }

    /// No byte of a bundle is without meaning: every fifth, which meets each part of each block.
    @Test func eachByteCounts() throws {
        let bench = try BundleBench(), good = try bench.bytes(try bench.writer())
        var bytes = good, access = bench.access()
        access.state = nil
        for place in stride(from: 0, to: good.count, by: 5) {
            bytes[place] ^= 1 << UInt8(place % 8)
            try bench.write(bytes)
            #expect(throws: SourceFault.self, "byte \(place)") { try bench.open(access) }
            bytes[place] = good[place]
        }
    }

    /// What somebody who counts has signed is not written outside either.
    @Test func signedListsAreNotBelievedInEverything() throws {
        let bench = try BundleBench(), created = Timestamp.text(seconds: BundleBench.made)
        func list(_ path: String) -> String {
            let digest = String(repeating: "0", count: 64)
            return
                #"{"format": 1, "site": "s", "commit": "\#(BundleBench.commit)", "subject": "x", "created": "\#(created)", "files": [{"path": "\#(path)", "mode": "100644", "bytes": 0, "sha256": "\#(digest)"}]}"#
        }
        for (path, said) in [
            ("../evil", "the file `../evil` has the name `..`"), ("/etc/evil", "has an absolute name"),
            ("a/.git/config", "which some file systems take for `.git`"), ("a/.x", "a hidden name"),
            (#"a\u0000"#, "without NUL"),
        ] {
            try bench.write(try bench.bytes(listing: list(path)))
            try expectRefusal(bench, path, said)
        }
    }
}
