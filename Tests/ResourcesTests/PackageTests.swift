import Engine
import Foundation
import LinuxHost
import Model
import Resources
import Testing

/// Packages on a real root, from a repository of tiny ones, judged by dpkg.
@Suite(.serialized, .enabled(if: LawBench.realHostProblem == nil, "\(LawBench.realHostProblem ?? "")"))
struct PackageTests {
    func bench() throws -> (bench: LawBench, root: String) {
        let bench = try LawBench.real(preparedBy: "tiny-repository.sh")
        return (bench, try #require(bench.root))
    }

    func apply(_ manifest: String, _ bench: LawBench) throws -> Report {
        try bench.apply(try bench.plan(try LawBench.catalog("package:\n  \(manifest)\n")))
    }

    func installed(_ name: String, _ root: String) -> String {
        let query = ["chroot", root, "dpkg-query", "-W", "-f", "${db:Status-Abbrev}${Version}", name]
        let result = LawBench.run(query)
        return result.status == 0 ? result.output : "none"
    }

    @Test func versionsHoldsAndRemovalsAreAsDpkgSeesThem() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        for (manifest, expected) in [
            ("tinyd: {version: \"1.0\", hold: true}", "hi 1.0"), ("tinyd: {version: \"1.0\", hold: false}", "ii 1.0"),
            ("tinyd: {state: latest}", "ii 2.0"), ("tinyd: {version: \"1.0\"}", "ii 1.0"),
            ("tinyd: {state: absent}", "rc 1.0"), ("tinyd: {state: purged}", "none"), ("tinyd: {}", "ii 2.0"),
            ("tinyd: {state: purged}", "none"),
        ] {
            let report = try apply(manifest, bench)
            #expect(report.count(.failed) == 0, "\(manifest): \(report.outcomes.compactMap(\.reason))")
            #expect(installed("tinyd", root) == expected, "\(manifest)")
            let second = try bench.plan(try LawBench.catalog("package:\n  \(manifest)\n"))
            #expect(!second.hasChanges, "\(manifest): \(PlanText(second, isColored: false).text(.full))")
        }
        // No maintainer script started a service in a root that is not running, and its guard is gone again.
        #expect(!FileManager.default.fileExists(atPath: "\(root)/started"))
        #expect(!FileManager.default.fileExists(atPath: "\(root)/usr/sbin/policy-rc.d"))
    }

    @Test(arguments: ["tinyd:all", "tinyd:amd64"])
    func aPackageForAllArchitecturesIsTheHostsOwn(_ name: String) throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        for state in ["present", "absent"] {
            let report = try apply("\"\(name)\": {state: \(state)}", bench)
            #expect(report.count(.failed) == 0, "\(report.outcomes.compactMap(\.reason))")
            #expect(installed("tinyd", root) == (state == "present" ? "ii 2.0" : "rc 2.0"))
            #expect(!(try bench.plan(try LawBench.catalog("package:\n  \"\(name)\": {state: \(state)}\n"))).hasChanges)
        }
    }

    @Test func latestIsResolvedInThePlan() throws {
        let (bench, _) = try bench()
        defer { bench.remove() }
        let plan = try bench.plan(try LawBench.catalog("package:\n  tinyd: {state: latest}\n"))
        #expect(plan.resources.first?.changes.first?.new == .text("present, 2.0"))
    }

    @Test func oneThatFailsTakesNoOtherAlong() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        let report = try apply("tinyd: {}\n  no-such-package: {}\n  tiny-broken: {}\n  tiny-mta: {}", bench)
        let failed = report.outcomes.filter { $0.result == .failed }
        #expect(failed.map(\.address.key).sorted() == ["no-such-package", "tiny-broken"])
        #expect(failed.compactMap(\.reason?.text).contains { $0.contains("apt has no package no-such-package") })
        #expect(
            failed.compactMap(\.reason?.text).contains { $0.contains("tiny-broken") && $0.contains("exit status 3") })
        #expect(installed("tinyd", root) == "ii 2.0")
        #expect(installed("tiny-mta", root) == "ii 1.0")
    }

    @Test func whatCouldNotBeInstalledIsNotHeld() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        #expect(try apply("tiny-broken: {hold: true}", bench).count(.failed) == 1)
        #expect(LawBench.run(["chroot", root, "apt-mark", "showhold"]).output == "")
        let again = try bench.plan(try LawBench.catalog("package:\n  tiny-broken: {hold: true}\n"))
        #expect(again.count(.refuse) == 0)
    }

    @Test func aProvidedPackageIsThere() throws {
        let (bench, _) = try bench()
        defer { bench.remove() }
        #expect(try apply("tiny-mta: {}", bench).count(.changed) == 1)
        #expect(!(try bench.plan(try LawBench.catalog("package:\n  mail-transport-agent: {}\n"))).hasChanges)
    }

    @Test func anAdministratorsConfigurationFileIsKept() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        _ = try apply("tinyd: {version: \"1.0\"}", bench)
        try "mine\n".write(toFile: "\(root)/etc/tinyd/tinyd.conf", atomically: true, encoding: .utf8)
        #expect(try apply("tinyd: {version: \"2.0\"}", bench).count(.failed) == 0)
        #expect(try String(contentsOfFile: "\(root)/etc/tinyd/tinyd.conf", encoding: .utf8) == "mine\n")
    }

    @Test func aHeldPackageIsNotMovedSilently() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        _ = try apply("tinyd: {version: \"1.0\", hold: true}", bench)
        let plan = try bench.plan(try LawBench.catalog("package:\n  tinyd: {version: \"2.0\"}\n"))
        #expect(plan.count(.refuse) == 1)
        #expect(installed("tinyd", root) == "hi 1.0")
    }
}

extension PackageTests {
    /// A package's state by dpkg's name of it, made by dpkg, and where that cannot be had by the database.
    private func bring(_ name: String, to state: String, _ root: String) {
        func said(_ words: String...) {
            LawBench.run(["chroot", root, "env", "DEBIAN_FRONTEND=noninteractive"] + words)
        }
        switch state {
        case "half-configured": said("dpkg", "--install", "/repository/\(name)_1.0.deb")
        case "config-files":
            said("dpkg", "--install", "/repository/\(name)_1.0.deb")
            said("dpkg", "--remove", name)
        default: said("dpkg", "--unpack", "/repository/\(name)_1.0.deb")
        }
        if state == "half-installed" {
            LawBench.run([
                "sed", "-i", "/^Package: \(name)$/,/^$/ s/^Status: .*/Status: install reinstreq half-installed/",
                "\(root)/var/lib/dpkg/status",
            ])
        }
    }

    private func first(_ manifest: String, _ bench: LawBench) throws -> PlannedResource? {
        try bench.plan(try LawBench.catalog("package:\n  \(manifest)\n")).resources.first
    }

    @Test(arguments: [
        ("tiny-broken", "half-configured"), ("tinyd", "unpacked"), ("tinyd", "half-installed"),
        ("tinyd", "config-files"),
    ])
    func absentIsNothingButConfigurationFiles(_ name: String, _ state: String) throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        bring(name, to: state, root)
        let query = ["chroot", root, "dpkg-query", "-W", "-f", "${db:Status-Status}", name]
        #expect(LawBench.run(query).output == state)
        let planned = try first("\(name): {state: absent}", bench)
        #expect(planned?.changes.first?.old == (state == "config-files" ? nil : .text(state)))
        let report = try apply("\(name): {state: absent}", bench)
        #expect(report.count(.failed) == 0, "\(report.outcomes.compactMap(\.reason))")
        #expect(["config-files", "not-installed", "no packages"].contains { LawBench.run(query).output.contains($0) })
        #expect(try first("\(name): {state: absent}", bench) == nil)
    }

    @Test(arguments: [
        ("tiny-broken", "half-configured"), ("tinyd", "unpacked"), ("tinyd", "half-installed"),
        ("tinyd", "config-files"),
    ])
    func purgedIsNothingAtAll(_ name: String, _ state: String) throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        bring(name, to: state, root)
        let planned = try first("\(name): {state: purged}", bench)
        #expect(planned?.changes.first?.old == .text(state) && planned?.changes.first?.new == .text("purged"))
        let report = try apply("\(name): {state: purged}", bench)
        #expect(report.count(.failed) == 0, "\(report.outcomes.compactMap(\.reason))")
        #expect(installed(name, root) == "none" && !FileManager.default.fileExists(atPath: "\(root)/etc/tinyd"))
        #expect(try first("\(name): {state: purged}", bench) == nil)
    }

    @Test func whatIsHeldOrNeededIsNotPurged() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        #expect(try apply("tinyd: {hold: true}\n  tiny-user: {}", bench).count(.failed) == 0)
        for (manifest, reason) in [
            ("tinyd: {state: purged}", "tinyd is held at 2.0"),
            ("tinyd: {state: purged, hold: false}", "apt would remove tiny-user with it"),
        ] {
            #expect(try first(manifest, bench)?.reason?.text == reason)
            #expect(try apply(manifest, bench).count(.failed) == 1)
        }
        #expect(installed("tinyd", root) == "hi 2.0")
        let both = "tinyd: {state: purged, hold: false}\n  tiny-user: {state: absent}"
        #expect(try apply(both, bench).count(.failed) == 0)
        #expect(installed("tinyd", root) == "none" && installed("tiny-user", root) == "none")
        #expect(!(try bench.plan(try LawBench.catalog("package:\n  \(both)\n"))).hasChanges)
        for text in ["tinyd: {state: purged, hold: true}", "tinyd: {state: purged, version: \"1.0\"}"] {
            #expect(throws: LawBench.Problem.self) { try LawBench.catalog("package:\n  \(text)\n") }
        }
    }

    @Test(arguments: ["unpacked", "half-installed", "config-files"])
    func presentIsWhole(_ state: String) throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        bring("tinyd", to: state, root)
        #expect(try first("tinyd: {version: \"1.0\"}", bench)?.changes.first?.old == .text(state))
        let report = try apply("tinyd: {version: \"1.0\"}", bench)
        #expect(report.count(.failed) == 0, "\(report.outcomes.compactMap(\.reason))")
        #expect(installed("tinyd", root) == "ii 1.0")
    }

    @Test(arguments: [
        ("no-such-package: {}", "apt has no package no-such-package"),
        ("tinyd: {version: \"9.9\"}", "apt has no version 9.9 of tinyd"),
        ("\"tinyd:i386\": {}", "apt has no package tinyd:i386"),
        ("mail-transport-agent: {}", "mail-transport-agent is only provided by others: tiny-mta, tiny-other-mta"),
        ("no-such-package: {state: latest}", "apt has no package no-such-package"),
        ("tiny-virtual: {hold: true}", "tiny-virtual cannot be held: it comes by tiny-mta"),
        ("hostname: {state: absent}", "apt-get ended with status 100: E: Essential packages were removed"),
    ])
    func aPlanPromisesOnlyWhatAptHas(_ package: String, _ reason: String) throws {
        let (bench, _) = try bench()
        defer { bench.remove() }
        let planned = try #require(try first(package, bench))
        #expect(planned.action == .refuse)
        #expect(planned.reason?.text.hasPrefix(reason) == true, "\(planned.reason?.text ?? "")")
    }

    @Test func theOnlyProviderOfAVirtualPackageIsNamed() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        #expect(try first("tiny-virtual: {}", bench)?.changes.first?.new == .text("present, by tiny-mta"))
        #expect(try apply("tiny-virtual: {}", bench).count(.changed) == 1)
        #expect(installed("tiny-mta", root) == "ii 1.0")
        #expect(try first("tiny-virtual: {}", bench) == nil)
        #expect(try first("tiny-virtual: {version: \"1.0\"}", bench)?.action == .refuse)
        #expect(try first("tiny-virtual: {state: absent}", bench) == nil)
    }

    @Test func aProviderMayBeDeclaredBeside() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        let both = "mail-transport-agent: {}\n  tiny-other-mta: {}"
        #expect(try first(both, bench)?.changes.first?.new == .text("present, by tiny-other-mta"))
        let report = try apply(both, bench)
        #expect(report.count(.failed) == 0, "\(report.outcomes.compactMap(\.reason))")
        #expect(installed("tiny-mta", root) == "none")
        #expect(!(try bench.plan(try LawBench.catalog("package:\n  \(both)\n"))).hasChanges)
    }

    @Test func whatAptWouldRemoveIsRefusedUnlessItIsDeclared() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        #expect(
            try apply("tinyd: {version: \"1.0\"}\n  tiny-user: {}\n  tiny-lib: {version: \"1.0\"}", bench).count(
                .failed) == 0)
        for (packages, removed) in [
            ("tiny-rival: {}", "apt would remove tiny-user, tinyd with it"),
            ("tinyd: {state: absent}", "apt would remove tiny-user with it"),
            ("tiny-lib: {state: latest}", "apt would remove tiny-user with it"),
        ] {
            let planned = try #require(try first(packages, bench))
            #expect(planned.action == .refuse, "\(packages)")
            #expect(
                planned.reason.map { Set($0.text.split { !$0.isLetter && $0 != "-" }) }
                    == Set(removed.split { !$0.isLetter && $0 != "-" }), "\(planned.reason?.text ?? "")")
            #expect(try apply(packages, bench).count(.failed) == 1)
        }
        #expect(installed("tiny-user", root) == "ii 1.0")
        let all = "tiny-rival: {}\n  tiny-user: {state: absent}\n  tinyd: {state: absent}"
        let report = try apply(all, bench)
        #expect(report.count(.failed) == 0, "\(report.outcomes.compactMap(\.reason))")
        #expect(installed("tiny-rival", root) == "ii 1.0")
        #expect(installed("tinyd", root) == "rc 1.0")
    }

    /// Whatever a plan knew: the host itself looks once more.
    @Test func aTransactionThatWouldRemoveAnotherIsNotBegun() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        #expect(try apply("tiny-user: {}", bench).count(.failed) == 0)
        for change in [PackageChange(.remove, "tinyd"), PackageChange(.install, "tiny-rival")] {
            guard case .failure(let fault)? = bench.host.perform([.package(change)]).first else {
                Issue.record("\(change) was done")
                continue
            }
            #expect(fault.reason.contains("which nobody declared absent"), "\(fault.reason)")
        }
        #expect(installed("tiny-user", root) == "ii 1.0" && installed("tinyd", root) == "ii 2.0")
    }

    @Test func whatLeavesTheSiteTakesNothingAlong() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        let declared = "tinyd: {hold: true, on_undeclare: remove}\n  tiny-user: {}\n  tiny-other-mta: {}"
        #expect(try apply(declared, bench).count(.failed) == 0)
        let planned = try #require(try first("tiny-other-mta: {}\n  tiny-user: {}", bench))
        #expect(planned.address.key == "tinyd" && planned.action == .refuse)
        #expect(planned.reason?.text == "apt would remove tiny-user with it", "\(planned.reason?.text ?? "")")
        _ = try apply("tiny-other-mta: {}\n  tiny-user: {state: absent}", bench)
        #expect(installed("tinyd", root) == "rc 2.0")
        #expect(installed("tiny-user", root) == "none")
    }

    @Test func twoThatConflictAreRefusedTogether() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        let plan = try bench.plan(try LawBench.catalog("package:\n  tinyd: {}\n  tiny-rival: {}\n"))
        #expect(plan.count(.refuse) == 2)
        #expect(plan.resources.first?.reason?.text.hasPrefix("together with the other packages of the site") == true)
        #expect(installed("tinyd", root) == "none")
    }

    @Test func aHeldPackageMovesWhereHoldAndVersionAreDeclared() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        for (manifest, expected) in [
            ("tinyd: {version: \"1.0\", hold: true}", "hi 1.0"), ("tinyd: {version: \"2.0\", hold: true}", "hi 2.0"),
            ("tinyd: {version: \"1.0\", hold: true}", "hi 1.0"), ("tinyd: {state: latest, hold: true}", "hi 2.0"),
            ("tinyd: {version: \"1.0\", hold: false}", "ii 1.0"),
        ] {
            let report = try apply(manifest, bench)
            #expect(report.count(.failed) == 0, "\(manifest): \(report.outcomes.compactMap(\.reason))")
            #expect(installed("tinyd", root) == expected, "\(manifest)")
            #expect(try first(manifest, bench) == nil, "\(manifest)")
        }
        _ = try apply("tinyd: {hold: true}", bench)
        #expect(try apply("tinyd: {version: \"9\", hold: true}", bench).count(.failed) == 1)
        #expect(installed("tinyd", root) == "hi 1.0", "a hold outlives what failed")
        #expect(try first("tinyd: {state: absent}", bench)?.reason?.text == "tinyd is held at 1.0")
        #expect(try apply("tinyd: {state: absent, hold: false}", bench).count(.failed) == 0)
        #expect(installed("tinyd", root) == "rc 1.0")
    }

    @Test func emptyListsAreReadOnceAndNeverByAPlan() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        let lists = "\(root)/var/lib/apt/lists"
        LawBench.run(["sh", "-c", "rm -rf \(lists)/*"])
        let planned = try #require(try first("tinyd: {}", bench))
        #expect(planned.action == .unknown)
        #expect(planned.reason?.text.hasPrefix("apt's lists lack a source") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: lists) == [])
        let report = try apply("tinyd: {}\n  tiny-mta: {}", bench)
        #expect(report.count(.failed) == 0, "\(report.outcomes.compactMap(\.reason))")
        #expect(installed("tinyd", root) == "ii 2.0")
        #expect(!(try bench.plan(try LawBench.catalog("package:\n  tinyd: {}\n  tiny-mta: {}\n"))).hasChanges)
    }

    /// What apt takes for a pattern is the name of a package here, and a source that cannot be read is spoken of.
    @Test func aNameIsNoPattern() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        #expect(try first("tiny.mta: {}", bench)?.action == .refuse)
        try "deb [trusted=yes] file:/nowhere ./\n".write(
            toFile: "\(root)/etc/apt/sources.list.d/x.list", atomically: true, encoding: .utf8)
        #expect(try first("tiny.mta: {}", bench)?.action == .unknown)
        let report = try apply("tiny.mta: {}\n  tinyd: {}", bench)
        let reason = try #require(report.outcomes.first { $0.result == .failed }?.reason?.text)
        #expect(reason.contains("apt has no package tiny.mta"), "\(reason)")
        #expect(reason.contains("(apt-get update ended with status 100: E:"), "\(reason)")
        #expect(installed("tiny-mta", root) == "none")
        #expect(installed("tinyd", root) == "ii 2.0")
    }

    /// Only the apply can know whether there is a newer version, and says so where it could not find out.
    @Test func anUpgradeThatFailsIsNoUpgrade() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        #expect(try apply("tinyd: {version: \"1.0\"}", bench).count(.failed) == 0)
        let move = "rm -rf var/lib/apt/lists/*; mv repository/tinyd_2.0.deb repository/gone"
        #expect(LawBench.run(["sh", "-ec", "cd \(root); \(move)"]).status == 0)
        #expect(try first("tinyd: {state: latest}", bench)?.action == .unknown)
        #expect(try apply("tinyd: {state: latest}", bench).count(.failed) == 1)
        LawBench.run(["sh", "-ec", "cd \(root)/repository; mv gone tinyd_2.0.deb"])
        #expect(try apply("tinyd: {state: latest}", bench).count(.changed) == 1)
        #expect(installed("tinyd", root) == "ii 2.0")
    }

    @Test func aPackageComesFromASourceOfTheSameSite() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        let move = """
            mkdir -p \(root)/second && cd \(root) && mv repository/tinyd_2.0.deb second/
            awk 'BEGIN {RS=""; ORS="\\n\\n"} /Package: tinyd\\n/ && /Version: 2.0/' repository/Packages > second/Packages
            awk 'BEGIN {RS=""; ORS="\\n\\n"} !(/Package: tinyd\\n/ && /Version: 2.0/)' repository/Packages > repository/New
            mv repository/New repository/Packages; chroot . apt-get -qq update
            """
        #expect(LawBench.run(["sh", "-ec", move]).status == 0)
        let site = """
            package:
              tinyd: {version: "2.0"}
            file:
              /etc/apt/sources.list.d/second.list: {content: "deb [trusted=yes] file:/second ./\\n"}
            """
        let catalog = try LawBench.catalog(site)
        let plan = try bench.plan(catalog)
        let planned = try #require(plan.resources.first { $0.address.type == "package" })
        #expect(planned.action == .unknown, "\(planned.reason?.text ?? "")")
        let report = try bench.apply(plan)
        #expect(report.count(.failed, .skipped) == 0, "\(report.outcomes.compactMap(\.reason))")
        #expect(installed("tinyd", root) == "ii 2.0")
        #expect(!(try bench.plan(catalog)).hasChanges)
    }

    @Test func aLockOfAnotherProcessIsWaitedForAndNamed() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        let linux = try #require(bench.host as? Linux)
        for lock in ["dpkg/lock-frontend", "apt/lists/lock"] {
            if lock.hasPrefix("apt") { LawBench.run(["sh", "-c", "rm -rf \(root)/var/lib/apt/lists/*"]) }
            let holder = try holding("\(root)/var/lib/\(lock)", for: 1)
            let report = try apply(lock.hasPrefix("apt") ? "tinyd: {}" : "tiny-mta: {}", bench)
            holder.waitUntilExit()
            #expect(report.count(.failed) == 0, "\(lock): \(report.outcomes.compactMap(\.reason))")
        }
        linux.packages.patience = .milliseconds(300)
        let holder = try holding("\(root)/var/lib/dpkg/lock-frontend", for: 10)
        let report = try apply("tiny-lib: {}\n  tiny-other-mta: {}", bench)
        holder.terminate()
        #expect(report.count(.failed) == 2)
        let reason = try #require(report.outcomes.first?.reason?.text)
        #expect(
            reason.contains("process \(holder.processIdentifier) (python3) holds the lock of the packages"), "\(reason)"
        )
    }

    /// A process that holds a file's lock, once it has it.
    private func holding(_ path: String, for seconds: Double) throws -> Process {
        let process = Process(), pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [
            "-c",
            "import fcntl,sys,time; f=open(sys.argv[1],'w'); fcntl.lockf(f,fcntl.LOCK_EX); print('x',flush=True); time.sleep(float(sys.argv[2]))",
            path, "\(seconds)",
        ]
        process.standardOutput = pipe
        try process.run()
        _ = pipe.fileHandleForReading.readData(ofLength: 1)
        return process
    }

    @Test func whatAKilledRunLeftInDpkgIsConfigured() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        bring("tinyd", to: "unpacked", root)
        _ = FileManager.default.createFile(atPath: "\(root)/var/lib/dpkg/updates/0000", contents: Data())
        let report = try apply("tiny-mta: {}\n  tinyd: {version: \"1.0\"}", bench)
        #expect(report.count(.failed) == 0, "\(report.outcomes.compactMap(\.reason))")
        #expect(installed("tinyd", root) == "ii 1.0" && installed("tiny-mta", root) == "ii 1.0")
    }

    @Test func theGuardOfAKilledRunIsTakenAwayAndAnotherStays() throws {
        for (text, isLeft) in [
            ("#!/bin/sh\n# Written by Lodestar while it installs packages.\nexit 101\n", false),
            ("#!/bin/sh\nexit 101\n", true),
        ] {
            let (bench, root) = try bench()
            defer { bench.remove() }
            let path = "\(root)/usr/sbin/policy-rc.d"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            LawBench.run(["chmod", "755", path])
            #expect(try apply("tinyd: {}", bench).count(.failed) == 0)
            #expect(FileManager.default.fileExists(atPath: path) == isLeft)
            #expect(!FileManager.default.fileExists(atPath: "\(root)/started"))
        }
    }
}

/// What apt reads comes before the packages, unless it needs them itself.
@Suite struct PackageOrderTests {
    @Test func packagesWaitForSourcesThatDoNotNeedThem() throws {
        let catalog = try LawBench.catalog(
            """
            package:
              late: {}
              certificates: {}
              gone: {state: absent}
            file:
              /etc/apt/sources.list.d/x.list: {content: "x", require: ["package:certificates"]}
              /etc/other: {content: "x"}
            """)
        let edges = catalog.edges.map {
            "\(catalog.declarations[$0.from].address) > \(catalog.declarations[$0.to].address)"
        }
        #expect(
            edges.sorted() == [
                "file:/etc/apt/sources.list.d/x.list > package:late",
                "package:certificates > file:/etc/apt/sources.list.d/x.list",
            ])
    }
}
