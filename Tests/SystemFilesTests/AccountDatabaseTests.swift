import Foundation
import Model
import Testing

@testable import SystemFiles

/// The databases of a small Debian host, with lines that no rule knows.
private let passwdText = """
    root:x:0:0:root:/root:/bin/bash
    daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
    # kept by hand
    systemd-network:x:998:998:systemd Network Management:/:/usr/sbin/nologin
    ana:x:1000:1000:Ana,,,:/home/ana:/bin/bash
    broken line
    +@nis
    +::::::

    """
private let groupText = """
    root:x:0:
    daemon:x:1:
    sudo:x:27:ana
    systemd-network:x:998:
    ana:x:1000:
    ops:x:2000:ana
    +:::

    """
private let shadowText = """
    root:*:19000:0:99999:7:::
    daemon:*:19000:0:99999:7:::
    systemd-network:!*:19000::::::
    ana:$6$salt$hash:19000:0:99999:7:::

    """
private let gshadowText = "root:*::\nsudo:*::ana\nana:!::\nops:!::ana\n"

struct AccountDatabaseTests {
    private func database(subordinate: String? = nil) -> AccountDatabase {
        AccountDatabase(
            passwd: PasswdFile(parsing: Array(passwdText.utf8)), group: GroupFile(parsing: Array(groupText.utf8)),
            shadow: ShadowFile(parsing: Array(shadowText.utf8)), gshadow: GshadowFile(parsing: Array(gshadowText.utf8)),
            subuid: subordinate.map { SubordinateFile(parsing: Array($0.utf8)) },
            subgid: subordinate.map { SubordinateFile(parsing: Array($0.utf8)) })
    }

    private func name(_ text: String) throws -> AccountName { try #require(AccountName(text)) }

    private func record(_ text: String, _ change: (inout UserRecord) -> Void = { _ in }) throws -> UserRecord {
        var record = UserRecord(name: try name(text))
        change(&record)
        return record
    }

    private func text(_ database: AccountDatabase, _ path: AbsolutePath) -> String? {
        database.changedFiles.first { $0.path == path }.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    /// The lines that an edit took away and put in.
    private func difference(_ old: String, _ new: String?) -> [String] {
        guard let new else { return [] }
        let before = old.split(separator: "\n"), after = new.split(separator: "\n")
        return before.filter { !after.contains($0) }.map { "-\($0)" }
            + after.filter { !before.contains($0) }.map { "+\($0)" }
    }

    @Test(arguments: [passwdText, groupText, shadowText, "", "a:b", "a:b\n\n", "\n", "#\nx:y:z\nlast"])
    func whatIsNotEditedKeepsItsBytes(text: String) {
        let bytes = Array(text.utf8)
        #expect(PasswdFile(parsing: bytes).bytes == bytes)
        #expect(GroupFile(parsing: bytes).bytes == bytes)
        #expect(ShadowFile(parsing: bytes).bytes == bytes)
        #expect(GshadowFile(parsing: bytes).bytes == bytes)
        #expect(SubordinateFile(parsing: bytes).bytes == bytes)
    }

    @Test func lookupsMergeTheDatabases() throws {
        let database = database()
        let ana = try #require(database.user(try name("ana")))
        #expect(ana.uid == 1000 && ana.gid == 1000 && ana.comment == "Ana,,," && ana.home?.text == "/home/ana")
        #expect(ana.password == Content("$6$salt$hash") && ana.isUnlocked && !ana.isLocked && ana.expires == .never)
        #expect(database.groups(of: ana.name).map(\.text) == ["ops", "sudo"])
        #expect(database.group(number: 2000)?.members.map(\.text) == ["ana"])
        #expect(database.uid(of: .name(ana.name)) == 1000)
        #expect(database.gid(of: .name(try name("ops"))) == 2000)
        #expect(database.user(number: 1)?.name.text == "daemon")
        #expect(database.user(try name("broken")) == nil)
    }

    @Test func aNewAccountGetsAPrivateGroupBeforeTheNISLines() throws {
        var database = database(subordinate: "ana:100000:65536\n")
        try database.apply(.setUser(try record("ops1") { $0.groups = .exactly([AccountName("ops")!]) }), today: 20000)
        #expect(
            difference(passwdText, text(database, AccountDatabase.Path.passwd)) == [
                "+ops1:x:1001:1001::/home/ops1:/bin/sh"
            ])
        #expect(text(database, AccountDatabase.Path.passwd)?.hasSuffix("ops1:/bin/sh\n+@nis\n+::::::\n") == true)
        #expect(
            text(database, AccountDatabase.Path.group)?.hasSuffix("ops:x:2000:ana,ops1\nops1:x:1001:\n+:::\n") == true)
        #expect(difference(shadowText, text(database, AccountDatabase.Path.shadow)) == ["+ops1:!:20000:0:99999:7:::"])
        #expect(
            difference(gshadowText, text(database, AccountDatabase.Path.gshadow)) == [
                "-ops:!::ana", "+ops:!::ana,ops1", "+ops1:!::",
            ])
        #expect(text(database, AccountDatabase.Path.subuid) == "ana:100000:65536\nops1:165536:65536\n")
        #expect(database.changedFiles.map(\.path.name) == ["gshadow", "group", "subuid", "subgid", "shadow", "passwd"])
    }

    @Test func systemAccountsCountDownAndHaveNoSubordinateRange() throws {
        var database = database(subordinate: "")
        for name in ["one", "two"] {
            var record = try record(name)
            record.isSystem = true
            try database.apply(.setUser(record), today: 20000)
        }
        #expect(database.user(try name("one"))?.uid == 997)
        #expect(database.user(try name("two"))?.uid == 996)
        #expect(text(database, AccountDatabase.Path.subuid) == nil)
    }

    @Test func lockingExpiresAndUnlockingRestores() throws {
        var database = database()
        func shadow() -> [String] {
            difference(shadowText, text(database, AccountDatabase.Path.shadow)).filter { $0.hasPrefix("+") }
        }
        try database.apply(
            .setUser(
                try record("ana") {
                    $0.isLocked = true; $0.expires = .day(30000)
                }), today: 20000)
        #expect(shadow() == ["+ana:!$6$salt$hash:19000:0:99999:7::1:"])
        #expect(database.user(try name("ana"))?.isLocked == true)
        #expect(database.user(try name("ana"))?.password == Content("$6$salt$hash"))
        try database.apply(
            .setUser(
                try record("ana") {
                    $0.isLocked = false; $0.expires = .day(30000)
                }), today: 20000)
        #expect(shadow() == ["+ana:$6$salt$hash:19000:0:99999:7::30000:"])
        try database.apply(.setUser(try record("ana") { $0.isLocked = true }), today: 20000)
        try database.apply(.setUser(try record("ana") { $0.isLocked = false }), today: 20000)
        #expect(shadow() == [])
        try database.apply(.setUser(try record("new") { $0.isLocked = false }), today: 20000)
        #expect(shadow() == ["+new:*:20000:0:99999:7:::"])
    }

    @Test func aPasswordOfALockedAccountStaysLocked() throws {
        var database = database()
        try database.apply(.setUser(try record("ana") { $0.isLocked = true }), today: 20000)
        try database.apply(
            .setUser(try record("ana") { $0.password = Content("$y$new", isSecret: true) }), today: 20001)
        #expect(text(database, AccountDatabase.Path.shadow)?.contains("ana:!$y$new:20001:0:99999:7::1:\n") == true)
    }

    @Test func removalTakesWhatBelongsToTheAccount() throws {
        var database = database(subordinate: "root:1:2\nana:100000:65536\n")
        try database.apply(.removeUser(try name("ana")), today: 20000)
        #expect(
            difference(passwdText, text(database, AccountDatabase.Path.passwd)) == [
                "-ana:x:1000:1000:Ana,,,:/home/ana:/bin/bash"
            ])
        #expect(
            difference(groupText, text(database, AccountDatabase.Path.group)) == [
                "-sudo:x:27:ana", "-ana:x:1000:", "-ops:x:2000:ana", "+sudo:x:27:", "+ops:x:2000:",
            ])
        #expect(text(database, AccountDatabase.Path.gshadow) == "root:*::\nsudo:*::\nops:!::\n")
        #expect(text(database, AccountDatabase.Path.subgid) == "root:1:2\n")
        #expect(database.changedFiles.map(\.path.name) == ["gshadow", "group", "subuid", "subgid", "shadow", "passwd"])
        #expect(database.user(try name("ana")) == nil)
    }

    @Test func membershipIsExactOrAtLeast() throws {
        var database = database()
        let daemon = try name("daemon"), ana = try name("ana"), ops = try name("ops")
        try database.apply(.setGroup(GroupRecord(name: ops, members: .atLeast([daemon]))), today: 0)
        #expect(database.group(ops)?.members == [ana, daemon])
        try database.apply(.setGroup(GroupRecord(name: ops, members: .exactly([daemon]))), today: 0)
        #expect(database.group(ops)?.members == [daemon])
        #expect(text(database, AccountDatabase.Path.gshadow)?.hasSuffix("ops:!::daemon\n") == true)
        try database.apply(.setUser(try record("ana") { $0.groups = .exactly([]) }), today: 0)
        #expect(database.groups(of: ana) == [])
    }

    @Test func whatIsRefusedChangesNothing() throws {
        var database = database()
        let ops = try name("ops"), ana = try name("ana"), nobody = try name("nobody")
        let refused: [(AccountEdit, String)] = [
            (.setUser(try record("ana") { $0.uid = 3000 }), "account `ana` has uid 1000, declared is 3000"),
            (.setUser(try record("bob") { $0.uid = 1000 }), "uid 1000 belongs to `ana`"),
            (.setUser(try record("bob") { $0.group = .name(nobody) }), "group `nobody` does not exist"),
            (.setUser(try record("bob") { $0.groups = .atLeast([nobody]) }), "group `nobody` does not exist"),
            (.setUser(try record("bob") { $0.comment = "a:b" }), "a comment has no `:` and no control characters"),
            (
                .setUser(
                    try record("root") {
                        $0.uid = 5; $0.renumbers = true
                    }), "the uid of root is never changed"
            ),
            (.setUser(try record("root") { $0.isLocked = true }), "the lock of root is never changed"),
            (.removeUser(try name("root")), "root is never removed"),
            (.setGroup(GroupRecord(name: ops, gid: 2001)), "group `ops` has gid 2000, declared is 2001"),
            (.setGroup(GroupRecord(name: nobody, gid: 2000)), "gid 2000 belongs to group `ops`"),
            (.setGroup(GroupRecord(name: ops, members: .exactly([nobody]))), "account `nobody` does not exist"),
        ]
        for (edit, reason) in refused {
            let refusal = #expect(throws: Refusal.self) { try database.apply(edit, today: 0) }
            #expect(refusal?.reason == reason)
            #expect(database.changedFiles.isEmpty, "\(reason)")
        }
        for (group, reason) in [
            (ana, "group `ana` is the primary group of `ana`"),
            (try name("root"), "the group of root is never removed"),
        ] {
            let refusal = #expect(throws: Refusal.self) { try database.removeGroup(group) }
            #expect(refusal?.reason == reason)
            #expect(database.changedFiles.isEmpty, "\(reason)")
        }
    }

    @Test func renumberingTakesThePrimaryGroupAlong() throws {
        var database = database()
        try database.apply(.setGroup(GroupRecord(name: try name("ana"), gid: 4000, renumbers: true)), today: 0)
        try database.apply(
            .setUser(
                try record("ana") {
                    $0.uid = 4000; $0.renumbers = true
                }), today: 0)
        #expect(
            difference(passwdText, text(database, AccountDatabase.Path.passwd)).last
                == "+ana:x:4000:4000:Ana,,,:/home/ana:/bin/bash")
        #expect(database.uid(of: .name(try name("ana"))) == 4000)
        #expect(database.user(number: 1000) == nil)
    }

    @Test func bytesThatAreNoTextSurviveAnEditOfTheirLine() throws {
        var file = PasswdFile(parsing: Array("jose:x:1000:1000:Jos".utf8) + [0xE9] + Array(":/home/jose:/bin/sh".utf8))
        var row = try #require(file["jose"])
        row.shell = "/bin/bash"
        file.update(row)
        #expect(file.bytes == Array("jose:x:1000:1000:Jos".utf8) + [0xE9] + Array(":/home/jose:/bin/bash".utf8))
    }

    /// Four times as many edits take four times as long, not sixteen times: measured in the time of this thread, which the
    /// load of the machine does not change, and each the better of two.
    @Test func thousandsOfEditsAreNotQuadratic() throws {
        func time(of count: Int) throws -> Double {
            var database = database(subordinate: ""), begun = timespec(), ended = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begun)
            for number in 0..<count {
                try database.apply(
                    .setUser(try record("user\(number)") { $0.groups = .atLeast([AccountName("ops")!]) }), today: 1)
            }
            for number in stride(from: 0, to: count, by: 2) {
                try database.apply(.removeUser(try name("user\(number)")), today: 1)
            }
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ended)
            #expect(database.users.count == 4 + count / 2)
            #expect(database.group(try name("ops"))?.members.count == 1 + count / 2)
            return Double(ended.tv_sec - begun.tv_sec) + Double(ended.tv_nsec - begun.tv_nsec) / 1e9
        }
        func best(of count: Int) throws -> Double { try (0..<2).map { _ in try time(of: count) }.min() ?? 0 }
        let few = try best(of: 500), many = try best(of: 2000)
        #expect(many < 10 * few, "\(many) s against \(few) s")
    }

    struct OddEdit: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var passwd = "", group = ""
        var edit: AccountEdit
        var after: String
    }

    private static func user(_ name: String, _ change: (inout UserRecord) -> Void) -> AccountEdit {
        var record = UserRecord(name: AccountName(name) ?? .root)
        change(&record)
        return .setUser(record)
    }

    private static let ana = AccountName("ana") ?? .root, web = AccountName("web") ?? .root

    /// Lines as people leave them: what the C library reads of them counts, and the rest of the line stays.
    static let oddEdits = [
        OddEdit(
            testDescription: "a shell with colons is replaced as a whole", passwd: "ana:x:1:1::/:/bin/sh:more:\n",
            edit: user("ana") { $0.shell = AbsolutePath("/bin/bash") }, after: "ana:x:1:1::/:/bin/bash\n"),
        OddEdit(
            testDescription: "and stays where something else changes", passwd: "ana:x:1:1::/:/bin/sh:more:\n",
            edit: user("ana") { $0.comment = "Ana" }, after: "ana:x:1:1:Ana:/:/bin/sh:more:\n"),
        OddEdit(
            testDescription: "missing fields are made", passwd: " ana:x:1:1\n# end",
            edit: user("ana") { $0.shell = AbsolutePath("/bin/bash") }, after: " ana:x:1:1:::/bin/bash\n# end"),
        OddEdit(
            testDescription: "the line that cannot be read stays", passwd: "ana:x:one:1:::\nana:x:1:1:::\n",
            edit: user("ana") { $0.comment = "A" }, after: "ana:x:one:1:::\nana:x:1:1:A::\n"),
        OddEdit(
            testDescription: "both lines of an account go", passwd: "ana:x:5:1:::\nb:x:2:2:::\nana:x:6:1:::\n",
            edit: .removeUser(ana), after: "b:x:2:2:::\n"),
        OddEdit(
            testDescription: "a member behind a blank is a member", passwd: "ana:x:1:1:::\n",
            group: "web:x:7: bob,\tana\n",
            edit: .setGroup(GroupRecord(name: web, members: .atLeast([ana]))), after: "web:x:7: bob,\tana\n"),
        OddEdit(
            testDescription: "one before a blank is somebody else", passwd: "ana:x:1:1:::\n",
            group: "web:x:7:ana ,ana x\n",
            edit: .setGroup(GroupRecord(name: web, members: .exactly([ana]))), after: "web:x:7:ana\n"),
        OddEdit(
            testDescription: "a list that is missing is made", passwd: "ana:x:1:1:::\n", group: "web:x:7\n",
            edit: .setGroup(GroupRecord(name: web, members: .atLeast([ana]))), after: "web:x:7:ana\n"),
        OddEdit(
            testDescription: "an account leaves every line of a group", passwd: "ana:x:1:1:::\n",
            group: "web:x:7:ana,ana\nb:x:8:ana\nweb:x:9:bob, ana\n", edit: user("ana") { $0.groups = .exactly([]) },
            after: "web:x:7:\nb:x:8:\nweb:x:9:bob\n"),
        OddEdit(
            testDescription: "a further field belongs to the list", passwd: "ana:x:1:1:::\n", group: "web:x:7:a:b\n",
            edit: .setGroup(GroupRecord(name: web, members: .exactly([ana]))), after: "web:x:7:ana\n"),
    ]

    @Test(arguments: oddEdits) func oddLinesAreEditedAsTheyAreRead(_ scene: OddEdit) throws {
        var database = AccountDatabase(
            passwd: PasswdFile(parsing: Array(scene.passwd.utf8)), group: GroupFile(parsing: Array(scene.group.utf8)))
        try database.apply(scene.edit, today: 0)
        let isGroup = !scene.group.isEmpty
        let bytes = isGroup ? database.group.bytes : database.passwd.bytes
        #expect(String(decoding: bytes, as: UTF8.self) == scene.after)
    }

    /// Numbers of lines with more or fewer fields, or with blanks, are taken.
    @Test(arguments: ["a:x:1000:1:::/bin/sh:x", "a:x:1000:1", "  a:x: 1000:1:::", "a:x:+1000:1::", "a:x:01000:1:::"])
    func noNumberIsGivenTwice(line: String) throws {
        var database = AccountDatabase(
            passwd: PasswdFile(parsing: Array("\(line)\n".utf8)), group: GroupFile(parsing: []))
        #expect(throws: Refusal.self) { try database.apply(.setUser(try record("bob") { $0.uid = 1000 }), today: 0) }
        try database.apply(.setUser(try record("bob")), today: 0)
        #expect(database.uid(of: .name(try name("bob"))) == 1001)
    }
}
