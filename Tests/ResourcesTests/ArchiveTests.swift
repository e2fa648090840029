import Engine
import Foundation
import SystemFiles
import Model
import TestSupport
import Testing

/// Archives: declarations, hostile entries, versions, drift, what others have there.
@Suite struct ArchiveTests {
    @Test(arguments: [
        "opt/x: {source: tools.tar}", "/opt/x/: {source: tools.tar}", "/opt/x: {}", "/opt/x: {strip: 1}",
        "/opt/x: {source: none.tar}", "/opt/x: {source: ../tools.tar}",
        "/opt/x: {source: tools.tar, file: /var/cache/x.tar}",
        "/opt/x: {file: x.tar}", "/opt/x: {file: /opt/x/x.tar}", "/opt/x: {source: tools.tar, strip: -1}",
        "/opt/x: {source: tools.tar, strip: 101}", "/opt/x: {source: tools.tar, strip: one}",
        "/opt/x: {source: tools.tar, sha256: abc}",
        "/opt/x: {source: tools.tar, sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08}",
        "/opt/x: {source: tools.tar, creates: x}", "/opt/x: {source: tools.tar, owner: \"a b\"}",
        "/opt/x: {source: tools.tar, group: \"-x\"}",
        "/opt/x: {source: tools.tar, mode: 755}", "/opt/x: {source: tools.tar, replace: sometimes}",
        "/opt/x: {source: tools.tar, url: \"https://example.org/x.tar\"}",
        "{/opt/x: {source: tools.tar}, /opt/x/: {source: tools.tar}}",
    ])
    func badTextsAreRefused(text: String) {
        #expect(throws: LawBench.Problem.self) { try LawBench.catalog("archive:\n  \(text)\n") }
    }

    // MARK: What an archive may bring

    private static func tree(_ bytes: [UInt8], strip: Int = 0) throws(HostFault) -> [TreeEntry] {
        try ArchiveTree(tar: ArchiveBytes(bytes), packedCount: bytes.count, strip: strip).entries
    }

    private static func paths(_ entries: [TreeEntry]) -> [String] {
        entries.map { "\($0.path) \($0.kind.rawValue) \($0.permissions)" }
    }

    @Test func foldersAreAddedAndModesAreNarrowed() throws {
        var tar = TarBuilder()
        tar.add("./a//b/./c", "x", mode: 0o777)
        tar.add("d", "x", mode: 0o000)
        tar.add("e/", type: "5", mode: 0o3777)
        tar.add("f/", mode: 0o644, target: "")
        tar.add("g", type: "2", mode: 0o777, target: "a/b/../b/c")
        tar.add("h", "ignored", type: "1", target: "./a/b/c", size: 0)
        let entries = try Self.tree(tar.bytes.count % 512 == 0 ? Array(tar.bytes.dropLast(512)) : tar.ended)
        #expect(
            Self.paths(entries) == [
                "/a directory 0755", "/a/b directory 0755", "/a/b/c file 0755", "/d file 0400", "/e directory 0755",
                "/f directory 0744", "/g link 0777", "/h file 0755",
            ])
    }

    @Test(arguments: [
        (
            0,
            [
                "/tools-1", "/tools-1/bin", "/tools-1/bin/tool", "/tools-1/empty", "/tools-1/share",
                "/tools-1/share/doc", "/tools-1/share/doc/LICENSE", "/tools-1/tool",
            ]
        ),
        (1, ["/bin", "/bin/tool", "/empty", "/share", "/share/doc", "/share/doc/LICENSE", "/tool"]),
        (2, ["/doc", "/doc/LICENSE", "/tool"]), (3, ["/LICENSE"]),
    ])
    func namesLoseTheirFirstParts(strip: Int, paths: [String]) throws {
        #expect(try Self.tree(TarBuilder.tools, strip: strip).map(\.path.text) == paths)
    }

    @Test func nothingIsLeftOfTooFewParts() {
        #expect(throws: HostFault.self) { try Self.tree(TarBuilder.tools, strip: 4) }
    }

    /// Each entry with what is said of it.
    static let hostile: [(what: String, reason: String, make: @Sendable (inout TarBuilder) -> Void)] = [
        ("a parent", "leads out of it by `..`", { $0.add("a/../../x") }),
        ("a parent that stays inside", "leads out of it by `..`", { $0.add("a/../b") }),
        ("a mark behind a slash", "leads out of it by `..`", { $0.add("a/../\u{308}/../b") }),
        ("an absolute name", "has an absolute name", { $0.add("/etc/x") }),
        ("an absolute name by a prefix", "has an absolute name", { $0.add("x", prefix: "/etc") }),
        ("an absolute link", "is a link that leads out of it, to `/etc`", { $0.add("l", type: "2", target: "/etc") }),
        ("a link to the parent", "is a link that leads out of it", { $0.add("a/l", type: "2", target: "../..") }),
        ("an empty link", "is a link that leads out of it", { $0.add("l", type: "2") }),
        (
            "links that leave together", "is a link that leads out of it",
            {
                $0.add("a/b/c", type: "2", target: "../..")
                $0.add("x", type: "2", target: "a/b/c/..")
            }
        ),
        (
            "a file below a link", "lies below `l`, which is no folder",
            {
                $0.add("d/", type: "5")
                $0.add("l", type: "2", target: "d")
                $0.add("l/x")
            }
        ),
        (
            "a link above a file", "lies below `l`, which is no folder",
            {
                $0.add("l/x")
                $0.add("l", type: "2", target: "d")
            }
        ),
        (
            "a file below a file", "lies below `a`, which is no folder",
            {
                $0.add("a")
                $0.add("a/b")
            }
        ),
        ("a hard link out of it", "has an absolute name", { $0.add("h", type: "1", target: "/etc/passwd") }),
        (
            "a hard link to a link", "is a hard link to something that is no file before it",
            {
                $0.add("l", type: "2", target: "x")
                $0.add("h", type: "1", target: "l")
            }
        ),
        (
            "a name of pax", "leads out of it by `..`",
            {
                $0.add(pax: [("path", "../x")])
                $0.add("good")
            }
        ),
        (
            "a target of pax", "is a link that leads out of it",
            {
                $0.add(pax: [("linkpath", "/etc")])
                $0.add("l", type: "2", target: "good")
            }
        ),
        (
            "a long name of GNU", "leads out of it by `..`",
            {
                $0.add("././@LongLink", "../x\u{0}", type: "L")
                $0.add("good")
            }
        ),
    ]

    @Test(arguments: hostile.indices) func whatIsHostileIsRefusedByItsName(index: Int) {
        let hostile = Self.hostile[index]
        var tar = TarBuilder()
        hostile.make(&tar)
        let fault = #expect(throws: HostFault.self, "\(hostile.what)") { try Self.tree(tar.ended) }
        #expect(fault?.reason.contains(hostile.reason) == true, "\(hostile.what): \(fault?.reason ?? "")")
    }

    @Test(
        arguments: [
            ("3", "is a device"), ("4", "is a device"), ("6", "is a fifo"), ("Z", "is of the unknown type `Z`"),
            ("1", "is a hard link to something that is no file before it"),
        ] as [(Character, String)])
    func otherKindsAreRefused(type: Character, reason: String) {
        var tar = TarBuilder()
        tar.add("x", type: type, target: "y")
        let fault = #expect(throws: HostFault.self) { try Self.tree(tar.ended) }
        #expect(fault?.text == "cannot unpack the archive: `x` in it \(reason)")
    }

    @Test(arguments: [0o4755, 0o2755, 0o6711]) func filesThatSetTheirUserAreRefused(mode: Int) {
        var tar = TarBuilder()
        tar.add("x", mode: mode)
        #expect(throws: HostFault.self) { try Self.tree(tar.ended) }
    }

    @Test func twoFilesOfOneNameAreRefusedAndTwoFoldersAreOne() throws {
        var tar = TarBuilder()
        tar.add("a/", type: "5", mode: 0o700)
        tar.add("./a", type: "5", mode: 0o755)
        // Alike for a person, and two names on a disk.
        tar.add("e\u{301}")
        tar.add("\u{e9}")
        tar.add("E")
        tar.add("e")
        #expect(try Self.tree(tar.ended).count == 5)
        tar.add("./e")
        #expect(throws: HostFault.self) { try Self.tree(tar.ended) }
    }

    @Test(arguments: ["a\nb", "a\u{1b}[2J", "a\u{7f}", "a\u{202e}b", "\u{85}"]) func controlCharactersAreRefused(
        name: String
    ) {
        var tar = TarBuilder()
        tar.add(name)
        let fault = #expect(throws: HostFault.self) { try Self.tree(tar.ended) }
        #expect(fault?.reason.contains("control characters") == true)
        #expect(fault?.reason.unicodeScalars.contains { $0.value < 0x20 || $0.isHiddenControl } == false)
    }

    @Test func namesAreUTF8() {
        var tar = TarBuilder()
        tar.add(raw: [0xFF, 0x41])
        #expect(throws: HostFault.self) { try Self.tree(tar.ended) }
    }

    @Test func aBombIsRefused() {
        var tar = TarBuilder()
        tar.add(pax: [("GNU.sparse.realsize", "9999999999"), ("GNU.sparse.map", "0,1")])
        tar.add("x", "y")
        let fault = #expect(throws: HostFault.self) { try Self.tree(tar.ended) }
        #expect(fault?.reason.contains("MiB, unpacked") == true)
    }

    /// Whatever one byte is, it is read or refused.
    @Test(arguments: 0..<16) func damagedArchivesAreReadOrRefused(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            var bytes = TarBuilder.tools
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            bytes.removeLast(
                Int.random(in: 0...bytes.count, using: &generator) / Int.random(in: 1...20, using: &generator))
            do throws(HostFault) {
                for entry in try Self.tree(bytes) {
                    #expect(
                        entry.path != .root
                            && !entry.path.text.utf8.split(separator: UInt8(ascii: "/")).contains {
                                $0.elementsEqual("..".utf8)
                            })
                }
            } catch {
                #expect(!error.reason.isEmpty)
            }
        }
    }

    @Test func theLastWordOfPaxCounts() throws {
        var tar = TarBuilder()
        tar.add(pax: [("path", "of all")], type: "g")
        tar.add("a", "1")
        tar.add(pax: [("path", "one"), ("path", "other"), ("size", "3")])
        tar.add("b", "two", size: 3)
        tar.add(pax: [("path", "none")])
        tar.add(pax: [("path", "")])
        tar.add("c", size: 0)
        #expect(try Self.tree(tar.ended).map(\.path.text) == ["/c", "/of all", "/other"])
    }

    // MARK: On a host

    /// An archive with some files, by their paths.
    private static func tar(_ files: [(String, String)]) -> [UInt8] {
        var tar = TarBuilder()
        for (path, text) in files { tar.add(path, text) }
        return tar.ended
    }

    private static let first = tar([("bin/x", "1"), ("etc/conf", "same"), ("old/only/first", "1")])
    private static let second = tar([("bin/x", "two"), ("etc/conf", "same"), ("new", "2")])
    private static let archives = ["1.tar": first, "2.tar": second]
    private static let manifest = "archive: {/opt/x: {source: 1.tar}}"

    private func bench() throws -> LawBench {
        let bench = try LawBench.simulated()
        try bench.perform([.makeDirectory(DirectoryCreation("/opt".asPath, attributes: Attributes()))])
        return bench
    }

    @discardableResult
    private func converge(_ manifest: String, on bench: LawBench) throws -> Plan {
        let catalog = try LawBench.catalog(manifest, archives: Self.archives), plan = try bench.plan(catalog)
        let report = try bench.apply(plan)
        #expect(report.count(.failed, .skipped) == 0, "\(report.outcomes.compactMap(\.reason))")
        let second = try bench.plan(catalog)
        #expect(!second.hasChanges, "\(second.fullText)")
        return plan
    }

    private func plan(_ manifest: String, on bench: LawBench) throws -> Plan {
        try bench.plan(try LawBench.catalog(manifest, archives: Self.archives))
    }

    private func files(_ bench: LawBench, below path: String = "/opt/x") throws -> [String] {
        var found: [String] = []
        for name in try bench.host.entries(of: path.asPath) ?? [] {
            let entry = "\(path)/\(name)"
            found.append(entry)
            found += try files(bench, below: entry)
        }
        return found
    }

    private static func shown(_ names: [String]) -> [String] { names.map { "/opt/x/\($0)" } }

    @Test func aNewVersionTakesTheFormerOneAwayAndLeavesWhatIsForeign() throws {
        let bench = try bench()
        #expect(try converge(Self.manifest, on: bench).count(.create) == 1)
        try bench.put("mine", at: "/opt/x/etc/mine")
        try bench.put("changed", at: "/opt/x/old/only/first")
        #expect(try converge("archive: {/opt/x: {source: 2.tar}}", on: bench).count(.change) == 1)
        #expect(try files(bench) == Self.shown(["bin", "bin/x", "etc", "etc/conf", "etc/mine", "new"]))
        #expect(try bench.text("/opt/x/bin/x") == "two")
        try converge(Self.manifest, on: bench)
        #expect(try bench.text("/opt/x/bin/x") == "1" && bench.has("/opt/x/old/only/first"))
        #expect(try converge("file: {/etc/x: {content: x}}", on: bench).removalCount == 1)
        #expect(try files(bench) == Self.shown(["etc", "etc/mine"]))
        #expect(try !bench.has("/var/lib/lodestar/archives"))
    }

    @Test func driftComesBackFileByFile() throws {
        let bench = try bench()
        try converge(Self.manifest, on: bench)
        try bench.put("drift", at: "/opt/x/bin/x")
        try bench.perform([
            .setAttributes(
                AttributeChange(
                    "/opt/x/etc/conf".asPath, kind: .file, attributes: Attributes(mode: FileMode(Permissions(0o600))))),
            .remove(Removal("/opt/x/old".asPath, kind: .directory, isRecursive: true)),
        ])
        let plan = try converge(Self.manifest, on: bench)
        #expect(
            plan.resources.first?.changes.map(\.property) == [
                "source/bin/x", "source/etc/conf", "source/old", "source/old/only", "source/old/only/first",
            ])
        // The record stands as it is.
        #expect(plan.resources.first?.steps.contains { $0.changedPath?.text.contains("lodestar") == true } == false)
    }

    @Test func whatIsForeignIsInTheWayUnlessItIsTheSame() throws {
        let bench = try bench()
        try bench.put("same", at: "/opt/x/etc/conf")
        #expect(try converge(Self.manifest, on: bench).count(.create) == 1)
        for (path, text) in [("/opt/y/bin/x", "foreign"), ("/opt/y/bin", "a file"), ("/opt/y", "a file")] {
            let bench = try self.bench()
            try bench.put(text, at: path)
            let manifest = "archive: {/opt/y: {source: 1.tar}}"
            let plan = try plan(manifest, on: bench)
            #expect(plan.count(.refuse) == 1, "\(plan.fullText)")
            #expect(plan.fullText.contains("`replace: true` takes its place"), "\(plan.fullText)")
            _ = try bench.apply(plan)
            #expect(try bench.text(path) == text)
            try converge("archive: {/opt/y: {source: 1.tar, replace: true}}", on: bench)
            #expect(try bench.text("/opt/y/bin/x") == "1")
        }
    }

    @Test func aLinkInTheWayIsNotFollowed() throws {
        for link in ["/opt/y", "/opt/y/bin", "/opt/y/bin/x"] {
            let bench = try bench()
            try bench.put("theirs", at: "/srv/theirs/x")
            try bench.link(link, to: link.hasSuffix("/x") ? "/srv/theirs/x" : "/srv/theirs")
            let plan = try plan("archive: {/opt/y: {source: 1.tar}}", on: bench)
            #expect(plan.count(.refuse) == 1, "\(plan.fullText)")
            _ = try bench.apply(plan)
            #expect(try bench.text("/srv/theirs/x") == "theirs" && files(bench, below: "/srv/theirs").count == 1)
        }
        // One that came in the place of something of ours is no drift either.
        let bench = try bench()
        try converge(Self.manifest, on: bench)
        try bench.perform([.remove(Removal("/opt/x/bin".asPath, kind: .directory, isRecursive: true))])
        try bench.link("/opt/x/bin", to: "/srv")
        #expect(try plan(Self.manifest, on: bench).count(.refuse) == 1)
    }

    @Test func whatWasUnpackedByHandIsTakenOver() throws {
        let bench = try bench()
        for (path, text) in [("bin/x", "1"), ("etc/conf", "same"), ("old/only/first", "1")] {
            try bench.put(text, at: "/opt/x/\(path)")
        }
        // Only the record is new.
        let plan = try converge(Self.manifest, on: bench)
        #expect(
            plan.resources.first?.steps.compactMap(\.changedPath).allSatisfy { $0.text.hasPrefix("/var/lib") } == true)
        try converge("archive: {/opt/x: {source: 2.tar}}", on: bench)
        // What was there before is nobody's to take away, also where a later version lacks it.
        #expect(try bench.has("/opt/x/old/only/first") && bench.text("/opt/x/bin/x") == "two")
        #expect(try self.plan("file: {/etc/x: {content: x}}", on: bench).count(.release) == 1)
    }

    @Test func whatWasThereBeforeStays() throws {
        let other = "file: {/etc/x: {content: x}}"
        for manifest in [Self.manifest, "archive: {/opt/x: {source: 1.tar, replace: true}}"] {
            let bench = try bench()
            try bench.put("same", at: "/opt/x/etc/conf")
            if manifest != Self.manifest { try bench.put("theirs", at: "/opt/x/bin/x") }
            try converge(manifest, on: bench)
            // Its drift is mended, as what is declared is.
            try bench.put("drift", at: "/opt/x/etc/conf")
            try converge(manifest, on: bench)
            #expect(try bench.text("/opt/x/etc/conf") == "same")
            #expect(try converge(other, on: bench).removalCount == 1)
            let left = ["bin", "bin/x", "etc", "etc/conf"].filter { manifest != Self.manifest || $0.hasPrefix("etc") }
            #expect(try files(bench) == Self.shown(left))
        }
        // Where the archive is declared absent, what it says goes.
        let bench = try bench()
        try bench.put("same", at: "/opt/x/etc/conf")
        try converge(Self.manifest, on: bench)
        try converge("archive: {/opt/x: {source: 1.tar, state: absent}}", on: bench)
        #expect(try files(bench) == Self.shown(["etc"]))
    }

    @Test func aFolderThatAnotherResourceDeclaresIsThereForItsFiles() throws {
        let bench = try bench(), folder = "directory: {/opt/x/old: {mode: '0750'}}"
        try converge("\(Self.manifest)\n\(folder)", on: bench)
        #expect(try bench.text("/opt/x/old/only/first") == "1")
        #expect(try bench.host.status(of: "/opt/x/old".asPath)?.permissions == Permissions(0o750))
    }

    @Test func whatIsNoLongerDeclaredInItIsTheArchivesAgain() throws {
        let bench = try bench()
        try converge("\(Self.manifest)\nfile: {/opt/x/bin/x: {content: ours}}", on: bench)
        #expect(try bench.text("/opt/x/bin/x") == "ours")
        let plan = try converge(Self.manifest, on: bench)
        #expect(plan.count(.release) == 1 && plan.fullText.contains("archive:/opt/x"), "\(plan.fullText)")
        #expect(try bench.text("/opt/x/bin/x") == "1")
    }

    @Test func nothingIsTakenAwayByADamagedRecord() throws {
        let bench = try bench(), record = TreeRecord.path(of: try "/opt/x".asPath)
        try converge(Self.manifest, on: bench)
        let bytes = try bench.bytes(record.text)
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        for text in [lines.dropLast(2), lines.dropLast()].map({ $0.joined(separator: [UInt8(ascii: "\n")]) + [10] }) {
            try bench.put(String(decoding: text, as: UTF8.self), at: record.text)
            let plan = try plan("file: {/etc/x: {content: x}}", on: bench)
            #expect(plan.count(.refuse) == 1 && plan.fullText.contains("is damaged"), "\(plan.fullText)")
        }
    }

    @Test func absentTakesWhatIsOfTheArchive() throws {
        for isRecorded in [true, false] {
            let bench = try bench()
            try converge(Self.manifest, on: bench)
            let record = TreeRecord.path(of: try "/opt/x".asPath)
            if !isRecorded { try bench.perform([.remove(Removal(record, kind: .file))]) }
            try bench.put("mine", at: "/opt/x/mine")
            try converge("archive: {/opt/x: {source: 1.tar, state: absent}}", on: bench)
            let left = try files(bench).filter { $0.hasSuffix("mine") || $0.contains("first") || $0.contains("conf") }
            #expect(left == ["/opt/x/mine"])
            try converge("archive: {/opt/x: {state: absent}}", on: bench)
        }
    }

    @Test func whatOthersDeclareIsLeftToThem() throws {
        let bench = try bench()
        let manifest =
            "archive: {/opt/x: {source: 1.tar}}\nfile: {/opt/x/etc/conf: {content: theirs}, /opt/x/more: {content: y}}"
        try converge(manifest, on: bench)
        #expect(try bench.text("/opt/x/etc/conf") == "theirs")
        try converge(manifest.replacingOccurrences(of: "1.tar", with: "2.tar"), on: bench)
        #expect(try bench.text("/opt/x/etc/conf") == "theirs" && bench.text("/opt/x/more") == "y")
        // A directory above that purges leaves all of it.
        let purging = manifest + "\ndirectory: {/opt: {purge: enforce}}"
        try bench.put("x", at: "/opt/stranger")
        try converge(purging, on: bench)
        #expect(try !bench.has("/opt/stranger") && bench.has("/opt/x/bin/x") && bench.text("/opt/x/more") == "y")
        let below = manifest + "\ndirectory: {/opt/x/bin: {purge: enforce}}"
        try bench.put("x", at: "/opt/x/bin/stranger")
        try converge(below, on: bench)
        #expect(try files(bench, below: "/opt/x/bin") == ["/opt/x/bin/x"])
        try converge("file: {/opt/x/etc/conf: {content: theirs}}", on: bench)
        #expect(try files(bench) == Self.shown(["etc", "etc/conf"]))
    }

    @Test func whatChangesItselfIsUnpackedOnce() throws {
        let bench = try bench()
        func manifest(_ number: Int) -> String {
            "archive: {/opt/x: {source: \(number).tar, creates: /opt/x/etc/conf}}"
        }
        try converge(manifest(1), on: bench)
        try bench.put("itself", at: "/opt/x/bin/x")
        #expect(try !plan(manifest(1), on: bench).hasChanges)
        // Another archive is unpacked, and takes away what the former brought.
        try converge(manifest(2), on: bench)
        #expect(try bench.text("/opt/x/bin/x") == "two" && !bench.has("/opt/x/old/only/first"))
        try bench.put("itself", at: "/opt/x/bin/x")
        try bench.perform([.remove(Removal("/opt/x/etc/conf".asPath, kind: .file))])
        try converge(manifest(2), on: bench)
        #expect(try bench.text("/opt/x/bin/x") == "two")
        // What somebody else installed is left alone.
        let other = try self.bench()
        try other.put("theirs", at: "/opt/x/etc/conf")
        #expect(try !plan(manifest(1), on: other).hasChanges)
    }

    @Test func aFileOfTheHostIsUnpackedAndMayGo() throws {
        let bench = try bench(), digest = Digest(of: Self.first).hexadecimal
        let plain = "archive: {/opt/x: {file: /var/cache/1.tar}}"
        let pinned = "archive: {/opt/x: {file: /var/cache/1.tar, sha256: \(digest)}}"
        #expect(try plan(plain, on: bench).fullText.contains("there is no file /var/cache/1.tar"))
        #expect(try plan(plain, on: bench).count(.refuse) == 1 && plan(pinned, on: bench).count(.refuse) == 1)
        // Another resource may bring it in the same run.
        try bench.perform([.makeDirectory(DirectoryCreation("/var/cache".asPath, attributes: Attributes()))])
        let both = "file: {/var/cache/1.tar: {source: 1.tar}}\n\(pinned)"
        #expect(try converge(both, on: bench).count(.create) == 2)
        try bench.perform([.remove(Removal("/var/cache/1.tar".asPath, kind: .file))])
        #expect(try !plan(pinned, on: bench).hasChanges && plan(plain, on: bench).count(.refuse) == 1)
        try bench.put("drift", at: "/opt/x/bin/x")
        #expect(try plan(pinned, on: bench).count(.refuse) == 1)
    }

    @Test func aLinkBecomesAFolderAndAFolderAFile() throws {
        var first = TarBuilder(), second = TarBuilder()
        first.add("a", type: "2", target: "b")
        first.add("b/x", "1")
        second.add("a/x", "2")
        second.add("b", "2")
        let archives = ["1.tar": first.ended, "2.tar": second.ended], bench = try bench()
        for (number, paths) in [(1, ["a", "b", "b/x"]), (2, ["a", "a/x", "b"]), (1, ["a", "b", "b/x"])] {
            let catalog = try LawBench.catalog("archive: {/opt/x: {source: \(number).tar}}", archives: archives)
            #expect(try bench.apply(try bench.plan(catalog)).count(.changed) == 1)
            #expect(try files(bench) == Self.shown(paths) && !bench.plan(catalog).hasChanges)
        }
        // A folder that holds something foreign does not give way to a file.
        try bench.put("mine", at: "/opt/x/b/mine")
        let plan = try bench.plan(try LawBench.catalog("archive: {/opt/x: {source: 2.tar}}", archives: archives))
        #expect(plan.count(.refuse) == 1)
        _ = try bench.apply(plan)
        #expect(try bench.text("/opt/x/b/mine") == "mine")
    }

    @Test func aDamagedRecordIsWrittenAnew() throws {
        let bench = try bench(), record = TreeRecord.path(of: try "/opt/x".asPath)
        try converge(Self.manifest, on: bench)
        let bytes = try bench.bytes(record.text)
        #expect(TreeRecord(parsing: bytes).bytes == bytes)
        for cut in [0, 10, bytes.count / 2, bytes.count - 1] {
            try bench.put(String(decoding: bytes[..<cut], as: UTF8.self), at: record.text)
            try converge(Self.manifest, on: bench)
            #expect(
                TreeRecord(parsing: try bench.bytes(record.text)).entries == TreeRecord(parsing: bytes).entries)
        }
    }

    @Test func theTargetOfALinkIsOneLine() throws {
        let link = TreeEntry(try "/a".asPath, .link("x\ny"), Permissions(0o777))
        let fault = #expect(throws: TreeLayout.Fault.self) { try TreeLayout([link]) }
        #expect(fault?.reason == "is a link of which the target has a newline")
    }

    @Test func recordsHaveNamesOfTheirOwn() throws {
        let paths = [
            "/a/b", "/a%2Fb", "/a-b", "/é", "/e\u{301}", "/",
            "/" + [String](repeating: "x", count: 150).joined(separator: "/"),
        ]
        let records = Set(try paths.map { TreeRecord.path(of: try $0.asPath) })
        #expect(records.count == paths.count && records.allSatisfy { $0.name.utf8.count < 256 })
    }

    @Test func twoNamesThatLookAlikeAreTwoFiles() throws {
        let archives = ["1.tar": Self.tar([("e\u{301}", "two marks"), ("\u{e9}", "one")])], bench = try bench()
        let catalog = try LawBench.catalog(Self.manifest, archives: archives)
        #expect(try bench.apply(try bench.plan(catalog)).count(.changed) == 1)
        #expect(try bench.text("/opt/x/e\u{301}") == "two marks" && bench.text("/opt/x/\u{e9}") == "one")
        #expect(try !bench.plan(catalog).hasChanges)
    }
}
