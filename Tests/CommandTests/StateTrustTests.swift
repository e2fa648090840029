import Foundation
import Testing

/// What decides what root writes is root's word, whole and undamaged, or it is not believed.
@Suite(.enabled(if: getuid() == 0, "apply needs root"))
struct StateTrustTests {
    private let root: String, site: String

    init() throws {
        root = try Tool.bareRoot()
        site = try Tool.site("file: {/etc/x: {content: \"0123456789abcdefghijklmnopqrstuvwxyz\\n\", mode: \"0644\"}}\n")
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
    }

    private var folder: String { "\(root)/var/lib/lodestar" }
    private func sh(_ text: String) { #expect(Tool.run(["sh", "-ec", text]).status == 0) }

    @Test(arguments: ["catalog.cache", "settled.cache"]) func aDamagedCacheCountsAsNone(_ name: String) throws {
        usleep(100_000)
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        let cache = "\(folder)/\(name)", good = try Data(contentsOf: URL(filePath: cache))
        for index in stride(from: 0, to: good.count, by: max(1, good.count / 40)) {
            var bad = good
            bad[index] ^= 0x01
            try bad.write(to: URL(filePath: cache))
            let result = Tool.lodestar("apply", site, "--root", root)
            #expect(result.status == 0, "\(index): \(result.output)\(result.errors)")
            #expect(
                try String(contentsOfFile: "\(root)/etc/x", encoding: .utf8)
                    == "0123456789abcdefghijklmnopqrstuvwxyz\n",
                "byte \(index)")
        }
        for length in [0, 1, 40, good.count - 1] {
            try good.prefix(length).write(to: URL(filePath: cache))
            #expect(Tool.lodestar("apply", site, "--root", root).status == 0, "\(length) bytes")
        }
    }

    @Test(arguments: [
        "chown 1500 FOLDER", "chmod 0777 FOLDER", "chmod 0720 FOLDER", "chown 1500 FOLDER/catalog.cache",
        "chmod 0666 FOLDER/state.db", "chown 1500 FOLDER/settled.cache",
        "touch FOLDER/cache.key; chown 1500 FOLDER/cache.key",
        "mv FOLDER FOLDER.real; ln -s lodestar.real FOLDER; chown -h 1500 FOLDER",
        "mv FOLDER/state.db FOLDER/s; ln -s s FOLDER/state.db",
        "mv FOLDER/catalog.cache FOLDER/c; ln -s c FOLDER/catalog.cache",
        "chown 1500 FOLDER/..", "chmod 0777 FOLDER/..",
    ]) func aStateThatOthersCanWriteIsRefused(_ harm: String) throws {
        for name in ["catalog.cache", "settled.cache"]
        where !FileManager.default.fileExists(atPath: "\(folder)/\(name)") {
            usleep(100_000)
            #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
            try Data().write(to: URL(filePath: "\(folder)/\(name)"))
        }
        sh(harm.replacingOccurrences(of: "FOLDER", with: folder))
        for command in ["plan", "apply"] {
            let result = Tool.lodestar(command, site, "--root", root)
            #expect(result.status == 78, "\(command), \(harm): \(result.status) \(result.output)\(result.errors)")
            #expect(result.errors.contains("not to be believed"), "\(result.errors)")
        }
    }

    /// A person's own site is that person's; what further accounts can write is a warning.
    @Test(arguments: [
        ("true", false), ("chown -R 1500 SITE", true), ("chmod 0777 SITE/manifests", true),
        ("chmod 0666 SITE/manifests/base.yaml", true), ("chown 1500 SITE/site.yaml", true), ("chmod 0770 SITE", true),
    ]) func aSiteThatOthersCanWriteIsAWarning(_ harm: String, _ isWarned: Bool) throws {
        sh(harm.replacingOccurrences(of: "SITE", with: site))
        let result = Tool.lodestar("apply", site, "--root", root)
        #expect(
            result.status == 0 && result.errors.contains("warning: whoever can write") == isWarned, "\(result.errors)")
        let own = Tool.run(["env", "SUDO_UID=1500", Tool.binary, "apply", site, "--root", root])
        #expect(
            own.errors.contains("warning: whoever can write") == (isWarned && !harm.hasPrefix("chown")), "\(own.errors)"
        )
    }

    @Test(arguments: ["state.db", "catalog.cache", "settled.cache", "lock", "host-id"]) func aFifoIsNotWaitedFor(
        _ name: String
    ) {
        sh("rm -f '\(folder)/\(name)'; mkfifo -m 0600 '\(folder)/\(name)'")
        for command in ["plan", "apply"] {
            let result = Tool.run(["timeout", "20", Tool.binary, command, site, "--root", root])
            #expect(result.status != 124, "\(command) waits for \(name)")
        }
    }

    /// Root's own links: a relative /var, and an absolute one, which stays within the root.
    @Test(arguments: ["data/var", "/data/var", "../data/var"]) func varMayBeALinkOfRoots(_ target: String) throws {
        sh("cd '\(root)'; mkdir data; mv var data/var; ln -s '\(target)' var")
        let outside = FileManager.default.fileExists(atPath: "/data/var/lib/lodestar")
        try "file: {/etc/x: {content: other}}\n".write(
            toFile: "\(site)/manifests/base.yaml", atomically: true, encoding: .utf8)
        let result = Tool.lodestar("apply", site, "--root", root)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(Tool.lodestar("ledger", "--root", root).output.contains("file:/etc/x"))
        #expect(FileManager.default.fileExists(atPath: "\(root)/data/var/lib/lodestar/state.db"))
        #expect(FileManager.default.fileExists(atPath: "/data/var/lib/lodestar") == outside)
    }

    /// A transaction that was cut short is taken back by whoever reads the state next.
    @Test func aCutTransactionCanBeRead() throws {
        let cut = """
            import sqlite3, shutil, sys
            f = sys.argv[1]
            c = sqlite3.connect(f, isolation_level=None)
            c.execute("PRAGMA cache_size = 1"); c.execute("BEGIN IMMEDIATE")
            c.execute("UPDATE ledger SET run = 77"); c.execute("CREATE TABLE filler (x)")
            c.executemany("INSERT INTO filler VALUES (?)", [("y" * 3000,)] * 200)
            shutil.copy(f, f + ".cut"); shutil.copy(f + "-journal", f + ".cut-journal")
            c.execute("ROLLBACK"); c.close()
            shutil.move(f + ".cut", f); shutil.move(f + ".cut-journal", f + "-journal")
            """
        let made = Tool.run(["python3", "-c", cut, "\(folder)/state.db"])
        #expect(made.status == 0, "\(made.errors)")
        for words in [["plan", site], ["ledger"]] {
            let result = Tool.run([Tool.binary] + words + ["--root", root])
            #expect(result.status == 0, "\(words[0]): \(result.errors)")
            #expect(!result.output.contains("run 77"))
        }
    }
}
