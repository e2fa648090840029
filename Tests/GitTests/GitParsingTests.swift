import Testing

@testable import Git

/// What is in objects, and what is refused in them.
@Suite struct GitParsingTests {
    private static let id = String(repeating: "11", count: 20)

    private static func tree(_ entries: [(String, String)]) -> [UInt8] {
        entries.flatMap { Array("\($0.0) \($0.1)\0".utf8) + [UInt8](repeating: 0x11, count: 20) }
    }

    @Test func aTreeHasItsEntriesInOrder() throws {
        let bytes = Self.tree([
            ("100644", " "), ("100755", "a b"), ("100644", "a.c"), ("40000", "a"), ("120000", "b\\x2d"),
            ("100644", "e\u{301}"), ("100644", "gitignore"), ("100644", "\u{e9}"),
        ])
        let tree = try GitTree(parsing: bytes)
        #expect(tree.entries.map(\.name) == [" ", "a b", "a.c", "a", "b\\x2d", "e\u{301}", "gitignore", "\u{e9}"])
        #expect(tree.entries.map(\.mode) == [.file, .executable, .file, .directory, .link, .file, .file, .file])
        #expect(try GitTree(parsing: []).entries.isEmpty)
    }

    @Test(arguments: [
        ".gitmodules", ".gitattributes", ".gitx", "x.git", ".git_", "git~2", "agit~1", ".g it", "...", "git", " .git",
        "dev-disk-by\\x2dlabel.swap", "a:b", String(repeating: "n", count: 255), "\u{1F600}", "e\u{301}",
    ])
    func namesThatAreTaken(name: String) throws {
        #expect(try GitTree(parsing: Self.tree([("100644", name)])).entries.map(\.name) == [name])
    }

    @Test(arguments: [
        "", ".", "..", "a/b", "/", ".git", ".GIT", ".Git", ".gIt", ".git ", ".git.", ".git . .", "git~1", "GIT~1",
        "git~1 ",
        ".g\u{200C}it", "\u{FEFF}.git", ".gi\u{202E}t", ".git\u{206F}", ".git:x", ".git::$INDEX_ALLOCATION",
        ".git\\config",
        "x\\.git", "git~1:x", "a\nb", String(repeating: "n", count: 256),
    ])
    func namesThatAreRefused(name: String) {
        #expect(throws: GitFault.self) { try GitTree(parsing: Self.tree([("100644", name)])) }
    }

    @Test(arguments: [
        "160000", "100664", "100600", "0100644", "040000", "100777", "104755", "020644", "120777", "", "1", "10064x",
    ])
    func modesThatAreRefused(mode: String) {
        #expect(throws: GitFault.self) { try GitTree(parsing: Self.tree([(mode, "a")])) }
    }

    @Test(arguments: [
        tree([("100644", "b"), ("100644", "a")]), tree([("100644", "a"), ("100644", "a")]),
        // A directory sorts as if its name ended in a slash: both are in order, and have one name.
        tree([("100644", "a"), ("100644", "a.b"), ("40000", "a")]), tree([("40000", "a"), ("100644", "a.b")]),
        Array("100644 a\0".utf8) + [UInt8](repeating: 0x11, count: 19), Array("100644 a".utf8), Array("100644a\0".utf8),
        tree([("100644", "a")]) + [0],
        Array("100644 \u{FF}".utf8.dropLast(2)) + [0xFF, 0] + [UInt8](repeating: 1, count: 20),
    ])
    func treesThatAreRefused(bytes: [UInt8]) {
        #expect(throws: GitFault.self) { try GitTree(parsing: bytes) }
    }

    @Test func aCommitHasItsTreeAndItsParents() throws {
        let other = String(repeating: "2f", count: 20)
        let text =
            "tree \(Self.id)\nparent \(other)\nparent \(Self.id)\nauthor a <a> 1 +0000\ncommitter a <a> 1 +0000\n\ntree x\n"
        let commit = try GitCommit(parsing: Array(text.utf8))
        #expect(commit.tree.description == Self.id)
        #expect(commit.parents.map(\.description) == [other, Self.id])
    }

    @Test(arguments: [
        "", "tree \(id)", "tree \(id)\n\n", "tree \(id)\nauthor a\n", "author a\ncommitter a\ntree \(id)\n",
        "tree \(id)\nauthor a\nparent \(id)\ncommitter a\n", "tree 11\nauthor a\ncommitter a\n",
        "tree \(id)x\nauthor a\ncommitter a\n", "tree  \(id)\nauthor a\ncommitter a\n",
        "tree \(id)\nparent x\nauthor a\ncommitter a\n",
        " tree \(id)\nauthor a\ncommitter a\n",
    ])
    func commitsThatAreRefused(text: String) {
        #expect(throws: GitFault.self) { try GitCommit(parsing: Array(text.utf8)) }
    }

    @Test func theHashIsThatOfGit() {
        // git hash-object -t blob /dev/null, and of `hello\n`.
        #expect(GitHash(.blob, byteCount: 0).id?.description == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391")
        var hash = GitHash(.blob, byteCount: 6)
        Array("hello\n".utf8).withUnsafeBytes { hash.add($0) }
        #expect(hash.id?.description == "ce013625030ba8dba906f756967f9e9ca394464a")
    }
}
