import CShim
import Glibc
import Model
import SystemCalls

/// Running apt(8): the lists of packages, the locks of others, one transaction.
struct Apt: PackageTool {
    let host: Linux

    /// What is known while one run lasts.
    var state: PackageManagerState { host.packages }

    /// No question, no pager, no service restarted behind the site's back.
    private static let environment = [
        ("DEBIAN_FRONTEND", "noninteractive"), ("APT_LISTCHANGES_FRONTEND", "none"), ("APT_LISTBUGS_FRONTEND", "none"),
        ("UCF_FORCE_CONFFOLD", "1"), ("NEEDRESTART_MODE", "l"),
    ].map { EnvironmentEntry($0.0, Content($0.1)) }

    /// Configuration files that an administrator changed are kept.
    private static let keepsFiles = ["--force-confdef", "--force-confold"]

    static let transactionOptions =
        ["-q", "-y", "-o", "APT::Get::AutomaticRemove=false", "-o", "APT::Cmd::Pattern-Only=true"]
        + keepsFiles.flatMap { ["-o", "Dpkg::Options::=\($0)"] } + ["--no-install-recommends", "--allow-downgrades"]

    /// Asks a program that changes nothing. It cannot: it would write its cache.
    ///
    /// Where apt's cache is older than its lists, it needs a place for files to read signed ones.
    func ask(_ words: [String]) throws(HostFault) -> ChildResult {
        var environment = Self.environment
        if !host.isPerforming { environment.append(EnvironmentEntry("TMPDIR", Content(Self.scratch.text))) }
        return try host.execute(
            CommandRun(.arguments(words), environment: environment, timeout: .seconds(120)),
            isGuard: !host.isPerforming, scratch: Self.scratch)
    }

    private static let scratch = AbsolutePath.root.appending("var/lib/apt/lists/partial")

    /// Runs a program of the package manager, again and again while another process holds the lock, up to a limit.
    func runPackageManager(_ words: [String], timeout: Duration) throws(HostFault) -> ChildResult {
        let clock = ContinuousClock()
        while true {
            let start = clock.now
            let ended = try host.execute(
                CommandRun(
                    .arguments(words), environment: Self.environment, timeout: timeout, mustFinish: true))
            guard ended.exitStatus != 0, !ended.hasTimedOut, let holder = AptOutput.lockHolder(ended.output) else {
                return ended
            }
            if state.waited >= state.patience || Interrupts.signal != nil {
                throw HostFault(
                    "run", words[0],
                    "\(Self.name(ofProcess: holder)) holds the lock of the packages; waited \(state.patience.components.seconds) s for it"
                )
            }
            usleep(200_000)
            state.waited += clock.now - start
        }
    }

    private static func name(ofProcess number: Int32) -> String {
        if number == 0 { return "another process" }
        guard let bytes = try? LocalFiles.contents(of: "/proc/\(number)/comm", limit: 64) else {
            return "process \(number)"
        }
        return "process \(number) (\(String(decoding: bytes.filter { $0 != 0x0A }, as: UTF8.self)))"
    }

    // MARK: Lists

    /// Whether apt's lists are empty, lack one of its sources, or are older than what says the sources.
    func areListsOutdated() throws(HostFault) -> Bool {
        let ended = try ask(["apt-get", "update", "--print-uris", "-o", "Debug::NoLocking=1"])
        let wanted = AptOutput.lists(ended.output)
        if wanted.isEmpty { return false }
        let folder = AbsolutePath.root.appending("var/lib/apt/lists")
        let present = try host.entries(of: folder) ?? []
        for name in wanted {
            // A source need not have every architecture.
            let stem = name.split(separator: "_").last { $0.hasPrefix("binary-") }.map { part in
                String(name.dropLast(part.utf8.count + "_Packages".utf8.count))
            }
            guard present.contains(where: { $0.hasPrefix(stem ?? name) && $0.contains("_Packages") }) else {
                return true
            }
        }
        let apt = AbsolutePath.root.appending("etc/apt"), parts = apt.appending("sources.list.d")
        let fragments = (try host.entries(of: parts) ?? []).filter { $0.hasSuffix(".list") || $0.hasSuffix(".sources") }
        let newest = try newest(of: [apt.appending("sources.list")] + fragments.map { parts.appending($0) })
        return newest
            > (try self.newest(of: [folder, folder.appending("partial")] + present.map { folder.appending($0) }))
    }

    /// When the last of some files was changed, in nanoseconds since 1970; 0 without any of them.
    private func newest(of paths: [AbsolutePath]) throws(HostFault) -> Int {
        var newest = 0
        for path in paths {
            guard let entry = try host.entry(path) else { continue }
            var status = stat()
            guard fstatat(entry.directory.descriptor, entry.name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            newest = max(newest, status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec)
        }
        return newest
    }

    /// Reads the sources once a run. A source that cannot be reached is spoken of where a package is missed.
    func refreshLists() throws(HostFault) {
        if state.hasRefreshed { return }
        state.hasRefreshed = true
        let ended = try runPackageManager(["apt-get", "-q", "update"], timeout: .seconds(900))
        host.forgetAll()
        if ended.exitStatus != 0 || ended.hasTimedOut {
            state.refreshProblem = "apt-get update \(ended.complaint)"
        }
    }

    // MARK: Transactions

    /// - Returns: what apt would do, or why it would not.
    func simulated(_ changes: [PackageChange]) throws(HostFault) -> Result<AptOutput.Transaction, HostFault> {
        let words =
            ["apt-get", "-s", "-o", "Debug::NoLocking=1", "--allow-change-held-packages"] + Self.transactionOptions
            + ["install", "--"] + changes.compactMap(\.operand)
        let ended = try ask(words)
        if ended.exitStatus == 0, !ended.hasTimedOut { return .success(AptOutput.transaction(ended.output)) }
        return .failure(
            HostFault(changes[0].action.rawValue, changes.map(\.name).joined(separator: ", "), ended.complaint))
    }

    /// One transaction. No package goes that is not declared absent: removals are predicted, and apt is forbidden others.
    func transact(_ changes: [PackageChange], isReinstallation: Bool = false) throws(HostFault) -> String {
        let operation = changes[0].action.rawValue, names = changes.map(\.name).joined(separator: ", ")
        let transaction = try simulated(changes).get()
        let removed = transaction.removed.filter { !mayGo($0, with: changes) }
        if !removed.isEmpty {
            throw HostFault(
                operation, names, "apt would remove \(removed.joined(separator: ", ")), which nobody declared absent")
        }
        let words =
            ["apt-get"] + Self.transactionOptions + (transaction.removed.isEmpty ? ["--no-remove"] : [])
            + (isReinstallation ? ["--reinstall"] : []) + ["install", "--"] + changes.compactMap(\.operand)
        let policy = try forbidServices()
        defer { if let policy { try? host.remove(Removal(policy, kind: .file)) } }
        var ended = try runPackageManager(words, timeout: .seconds(1800))
        if AptOutput.saysInterrupted(ended.output) {
            _ = try runPackageManager(["dpkg"] + Self.keepsFiles + ["--configure", "-a"], timeout: .seconds(1800))
            ended = try runPackageManager(words, timeout: .seconds(1800))
        }
        if ended.exitStatus == 0, !ended.hasTimedOut { return ended.output }
        throw HostFault(
            operation, names, "apt-get \(ended.complaint)", kind: AptOutput.saysGone(ended.complaint) ? .gone : .other)
    }

    /// Whether a package that a transaction removes was declared absent, by a name with or without its architecture.
    func mayGo(_ name: String, with changes: [PackageChange]) -> Bool {
        let absent = state.declaredAbsent.union(changes.filter { $0.action.isRemoval }.map(\.name))
        return absent.contains(name) || absent.contains { $0.prefix { $0 != ":" } == name }
    }

    /// Removes what apt no longer can: a package of which dpkg has only a half.
    func removeRemains(_ change: PackageChange) throws(HostFault) -> String {
        let ended = try runPackageManager(
            ["dpkg", "--remove", "--force-remove-reinstreq", "--", change.name], timeout: .seconds(600))
        if ended.exitStatus == 0, !ended.hasTimedOut { return ended.output }
        throw HostFault("remove", change.name, "dpkg \(ended.complaint)")
    }

    /// Takes away what a removed package left: its configuration files, and what its maintainer scripts clear away.
    func purgeRemains(_ change: PackageChange) throws(HostFault) -> String {
        let policy = try forbidServices()
        defer { if let policy { try? host.remove(Removal(policy, kind: .file)) } }
        let ended = try runPackageManager(["dpkg", "--purge", "--", change.name], timeout: .seconds(600))
        if ended.exitStatus == 0, !ended.hasTimedOut { return ended.output }
        throw HostFault("purge", change.name, "dpkg \(ended.complaint)")
    }

    func mark(_ change: PackageChange) throws(HostFault) {
        let words = ["apt-mark", change.action.rawValue, "--", change.name]
        let ended = try runPackageManager(words, timeout: .seconds(60))
        if ended.exitStatus != 0 { throw HostFault(change.action.rawValue, change.name, "apt-mark \(ended.complaint)") }
    }
}

extension PackageChange {
    /// The argument of apt-get(8) for the change; nil for a change that apt-get does not do.
    var operand: String? {
        switch action {
        case .install, .upgrade: version.map { "\(name)=\($0)" } ?? "\(name)+"
        case .remove, .purge: "\(name)-"
        case .hold, .unhold: nil
        }
    }
}

extension ChildResult {
    /// How it failed.
    var complaint: String {
        let said = AptOutput.complaint(output)
        return (hasTimedOut ? "took too long" : "ended with status \(exitStatus)") + (said.isEmpty ? "" : ": \(said)")
    }
}
