import CShim
import Foundation
import SystemCalls
import TestSupport
import Testing

/// The calls of the C shim that look at and change files.
@Suite(.enabled(if: geteuid() == 0, "only root can give files to others")) struct ShimFilesTests {
    private let folder = TemporaryFolder()
    private let root = lodestar_identity()
    private let nobody = lodestar_identity(uid: 4001, gid: 4001)

    private func opened(_ name: String = "") -> Int32 { open("\(folder.path)/\(name)", O_RDONLY | O_CLOEXEC) }

    private func text(_ name: String) -> String? {
        (try? LocalFiles.contents(of: "\(folder.path)/\(name)", limit: 100)).map { String(decoding: $0, as: UTF8.self) }
    }

    private func owners(_ names: String...) -> [String] {
        names.map { name in
            var status = stat()
            return lstat("\(folder.path)/\(name)", &status) == 0 ? "\(status.st_uid):\(status.st_gid)" : "none"
        }
    }

    @Test(arguments: [
        (EROFS, "EROFS (read-only file system)"), (ENOENT, "ENOENT (no such file or directory)"),
        (EDQUOT, "EDQUOT (disk quota exceeded)"), (4000, "errno 4000"), (-1, "errno -1"),
    ])
    func anErrorHasItsNameAndMeaning(_ number: Int32, _ text: String) {
        #expect(ErrorNumber(number).text == text)
    }

    @Test func aListingTellsEachNameAndKindOnce() throws {
        folder.file("file")
        folder.folder("folder/below")
        folder.link("link", to: "folder")
        folder.file(".hidden")
        mkfifo("\(folder.path)/fifo", 0o600)
        let entries = try DirectoryListing(of: folder.path).entries.sorted { $0.name < $1.name }
        #expect(
            entries.map { "\($0.name) \($0.kind)" } == [
                ".hidden file", "fifo other", "file file", "folder directory", "link other",
            ])
        #expect(try DirectoryListing(of: "\(folder.path)/link").names == ["below"])
        #expect(try DirectoryListing(of: "\(folder.path)/folder/below").names == [])
    }

    @Test func aLongListingIsWhole() throws {
        let names = (0..<3000).map { "a name that fills the buffer of one getdents call \($0)" }.sorted()
        for name in names { folder.file(name) }
        #expect(try DirectoryListing(of: folder.path).names == names)
    }

    @Test(arguments: [("no/such", ENOENT), ("file", ENOTDIR), ("circle", ELOOP)])
    func whatCannotBeListedIsAFault(_ name: String, _ error: Int32) {
        folder.file("file")
        folder.link("circle", to: "circle")
        #expect(throws: ErrorNumber(error)) { _ = try DirectoryListing(of: "\(folder.path)/\(name)") }
    }

    @Test func aDescriptorThatIsNoDirectoryIsAFault() {
        folder.file("file")
        #expect(throws: ErrorNumber(ENOTDIR)) { _ = try DirectoryListing(closing: opened("file")) }
        #expect(throws: ErrorNumber(EBADF)) { _ = try DirectoryListing(closing: -1) }
    }

    struct Rename: CustomTestStringConvertible, Sendable {
        var testDescription: String, to: String
        var flags: UInt32 = 0
        var isForeign = false
        var result: Int32
        /// The contents of `a` and `b` afterwards.
        var after: [String?]
    }

    static let renames = [
        Rename(testDescription: "a new name is taken", to: "c", flags: 1, result: 0, after: [nil, "B"]),
        Rename(testDescription: "a name that is there stays", to: "b", flags: 1, result: -EEXIST, after: ["A", "B"]),
        Rename(testDescription: "unless it may go", to: "b", result: 0, after: [nil, "A"]),
        Rename(testDescription: "two may change their places", to: "b", flags: 2, result: 0, after: ["B", "A"]),
        Rename(testDescription: "a folder does not give way to a file", to: "d", result: -EISDIR, after: ["A", "B"]),
        Rename(
            testDescription: "others' rights are theirs", to: "c", isForeign: true, result: -EACCES, after: ["A", "B"]),
    ]

    @Test(arguments: renames) func aRenameReplacesOnlyWhatMayGo(_ row: Rename) {
        folder.file("a", "A")
        folder.file("b", "B")
        folder.folder("d")
        let directory = opened()
        defer { close(directory) }
        let result = lodestar_rename(directory, "a", directory, row.to, row.flags, row.isForeign ? nobody : root)
        #expect(result == row.result)
        #expect([text("a"), text("b")] == row.after)
        // The rights of the thread are its own again.
        #expect(lodestar_make_directory(directory, "after", 0o755, root) == 0)
        #expect(owners("after") == ["0:0"])
    }

    @Test(
        arguments: [
            ("etc/file", "inside"), ("/etc/file", "inside"), ("../../../etc/file", "inside"), ("absolute", "inside"),
            ("climbing", "inside"), ("etc/../etc/file", "inside"), ("outside", nil), ("no/such", nil),
        ] as [(String, String?)])
    func noPathLeavesTheRoot(_ path: String, _ expected: String?) {
        folder.folder("root/etc")
        folder.file("root/etc/file", "inside")
        folder.file("secret", "outside")
        folder.link("root/absolute", to: "/etc/file")
        folder.link("root/climbing", to: "../../../../../etc/file")
        folder.link("root/outside", to: "../secret")
        let directory = opened("root")
        defer { close(directory) }
        let file = lodestar_open(directory, path, O_RDONLY, 0, UInt64(LODESTAR_IN_ROOT), root)
        defer { if file >= 0 { close(file) } }
        var buffer = [UInt8](repeating: 0, count: 100)
        let count = file < 0 ? 0 : max(0, read(file, &buffer, 100))
        let found = file < 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
        #expect(found == expected)
        if expected == nil { #expect(file == -ENOENT) }
    }

    @Test(arguments: [
        ("whole", 100, 7), ("whole", 7, 7), ("whole", 3, 7), ("empty", 10, 0), ("fifo", 10, -Int(ENOTSUP)),
        ("folder", 10, -Int(ENOTSUP)), ("link", 10, -Int(ELOOP)), ("none", 10, -Int(ENOENT)),
    ])
    func onlyARegularFileIsRead(_ name: String, _ capacity: Int, _ result: Int) {
        folder.file("whole", "content")
        folder.file("empty")
        folder.folder("folder")
        folder.link("link", to: "whole")
        mkfifo("\(folder.path)/fifo", 0o600)
        let directory = opened()
        defer { close(directory) }
        var status = stat(), buffer = [UInt8](repeating: 0xAA, count: capacity + 1)
        #expect(lodestar_read_file(directory, name, &status, &buffer, capacity) == result)
        #expect(buffer[capacity] == 0xAA, "nothing is written behind the room")
        if result > 0 {
            #expect(status.st_size == 7)
            if capacity >= 7 { #expect(String(decoding: buffer.prefix(7), as: UTF8.self) == "content") }
        }
    }

    @Test func theFilesOfANumberAreFoundAndGiven() {
        folder.folder("tree/deep", owner: 4001, group: 4002)
        folder.file("tree/deep/his", owner: 4001, group: 4002)
        folder.file("tree/hers", owner: 4003, group: 4002)
        folder.file("beside", owner: 4001)
        folder.link("tree/link", to: "../beside", owner: 4001)
        folder.link("tree/up", to: "..", owner: 4003)
        func number(_ isGroup: Int32, _ from: UInt32, _ owner: UInt32 = .max, _ change: Int32 = 0, _ to: UInt32 = 0)
            -> Int64
        {
            let directory = opened("tree")
            defer { close(directory) }
            return lodestar_own_files(directory, isGroup, from, owner, change, to)
        }
        #expect(number(0, 4001) == 3, "a folder, a file and the link itself")
        #expect(number(1, 4002) == 3)
        #expect(number(1, 4002, 4003) == 1, "only those of one owner")
        #expect(number(0, 4009) == 0)
        #expect(owners("tree/deep/his", "tree/link") == ["4001:4002", "4001:4001"], "counting changes nothing")
        #expect(number(0, 4001, .max, 1, 4005) == 3)
        #expect(number(1, 4002, 4003, 1, 4006) == 1)
        #expect(
            owners("tree/deep", "tree/deep/his", "tree/hers", "tree/link", "tree/up", "beside") == [
                "4005:4002", "4005:4002", "4003:4006", "4005:4001", "4003:4003", "4001:0",
            ])
        #expect(number(0, 4001) == 0, "done twice is done once")
        #expect(lodestar_own_files(-1, 0, 1, .max, 0, 0) == -Int64(EBADF))
    }

    @Test func aLockHasOneHolder() throws {
        let path = folder.file("lock", "12345\n")
        do {
            let lock = try ProcessLock(at: path)
            let held = #expect(throws: ProcessLock.Held.self) { _ = try ProcessLock(at: path) }
            #expect(held?.process == getpid(), "the number that stood there was another time's")
            withExtendedLifetime(lock) {}
        }
        #expect(throws: Never.self) { _ = try ProcessLock(at: path) }
        folder.link("trap", to: "lock")
        #expect(throws: (any Error).self) { _ = try ProcessLock(at: "\(folder.path)/trap") }
    }
}
