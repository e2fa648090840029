import Compiler
import Engine
import SystemFiles
import LinuxHost
import Model
import Resources
import State
import SystemCalls

/// An access change that comes back by itself unless somebody confirms it: a record beside the state, which outlives the
/// process that applied it and a reboot.
struct PendingConfirmation {
    /// The run whose changes of access wait.
    var run: Int
    /// The resources of them.
    var addresses: [String]
    /// Until when, in milliseconds since this boot; a later boot is too late.
    var deadline: Int64
    var bootID: String
    var milliseconds: Int64
    /// The hashes of accounts that the run may change, which an undo does not know.
    var passwords: [String: String]
    /// How often bringing it back failed.
    var failureCount = 0

    init(run: Int, of plan: Plan, on hostSession: HostSession, within time: Duration) throws {
        self.run = run
        milliseconds = time.wholeMilliseconds
        deadline = SystemClock.bootMilliseconds + milliseconds
        bootID = SystemClock.bootID
        addresses = plan.bearingOnAccess.map(\.description)
        passwords = try hostSession.passwords(changedBy: plan.resources.flatMap(\.steps))
    }

    private static func file(below root: String) -> String { "\(StateFolder.path(below: root))/confirm.json" }

    /// What waits below a root; nil where nothing does.
    init?(below root: String) throws {
        let bytes = try Terminal.reportingFaults {
            try LocalFiles.stateContents(of: Self.file(below: root), limit: 16 << 20)
        }
        guard let bytes else { return nil }
        guard let record = try? Datum(json: bytes), case .int(let run)? = record["run"],
            case .int(let deadline)? = record["deadline"], case .string(let bootID)? = record["boot"],
            case .int(let milliseconds)? = record["milliseconds"], case .list(let addresses)? = record["addresses"],
            case .map(let passwords)? = record["passwords"], case .int(let failureCount)? = record["failures"]
        else {
            Terminal.report(
                "error: expected the record of a confirmation in \(Self.file(below: root)), found something else")
            throw ExitStatus.failure
        }
        (self.run, self.deadline, self.bootID, self.milliseconds) = (Int(run), deadline, bootID, milliseconds)
        self.failureCount = Int(failureCount)
        self.addresses = addresses.compactMap { if case .string(let text) = $0 { text } else { nil } }
        self.passwords = [:]
        for entry in passwords { if case .string(let text) = entry.value { self.passwords[entry.key] = text } }
    }

    private var datum: Datum {
        [
            "run": .int(Int64(run)), "deadline": .int(deadline), "boot": .string(bootID),
            "milliseconds": .int(milliseconds), "failures": .int(Int64(failureCount)),
            "addresses": .list(addresses.map { .string($0) }),
            "passwords": .map(passwords.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) }),
        ]
    }

    /// Makes the record durable.
    func keep(below root: String) throws(HostFault) {
        try LocalFiles.write(Array(datum.compactJSON.utf8), to: Self.file(below: root))
    }

    /// Forgets it; what it was about stays as it is.
    static func remove(below root: String) {
        LocalFiles.remove(file(below: root))
        BootUnit.remove(below: root)
    }

    /// How long there is still time to confirm; nil where it is too late.
    var remaining: Duration? {
        let left = deadline - SystemClock.bootMilliseconds
        return bootID == SystemClock.bootID && left > 0 ? .milliseconds(left) : nil
    }

    /// For a person.
    var text: String {
        guard let remaining else {
            let tries = failureCount == 0 ? "" : " (it failed \(failureCount) times, and is tried again)"
            return "run \(run) was not confirmed: its changes of access come back\(tries)"
        }
        let seconds = (remaining.wholeMilliseconds + 999) / 1000
        return "run \(run) waits for `lodestar confirm`, or its changes of access come back in \(seconds) s"
    }

    /// Begins to wait, from before the run's first effect.
    func begin(below root: String) throws(HostFault) {
        try keep(below: root)
        try BootUnit.write(below: root)
        try watch(below: root)
    }

    /// Starts what waits, and goes on for as long as bringing it back fails.
    func watch(below root: String) throws(HostFault) { try Watcher.start(run, root: root) }

    /// Whether the run did anything of what waits; one that was cut short may have.
    func hasEffects(_ report: Report, _ state: StateDatabase) throws -> Bool {
        guard !report.isInterrupted, let past = try Terminal.reportingFaults({ try state.pastRun(run) }) else {
            return true
        }
        let waiting = Set(addresses), after = Set(past.after)
        let changed: Set<Outcome.Result> = [.changed, .refreshed]
        return report.outcomes.contains {
            waiting.contains($0.address.description) && changed.contains($0.result)
        } || past.before.contains { waiting.contains($0.address.description) && !after.contains($0) }
    }

    /// The time begins when the run has ended.
    mutating func restart(below root: String) throws(HostFault) {
        deadline = SystemClock.bootMilliseconds + milliseconds
        try keep(below: root)
    }

    /// Brings back what was there before the run of all that bears on access; what fails is kept for another try. The
    /// caller holds the lock.
    ///
    /// - Returns: whether all is back.
    mutating func bringBack(_ hostSession: HostSession, _ state: StateDatabase, _ output: RunOutput) throws -> Bool {
        Terminal.report(text)
        var hasFailed = try !undo(hostSession, state, output)
        for fault in hostSession.restore(passwords) {
            Terminal.report("error: \(fault.text)")
            hasFailed = true
        }
        guard hasFailed else {
            Self.remove(below: hostSession.root)
            return true
        }
        failureCount += 1
        // A record that cannot be written is still there as it was.
        try? keep(below: hostSession.root)
        return false
    }

    /// - Returns: whether all of it is as before the run.
    private func undo(_ hostSession: HostSession, _ state: StateDatabase, _ output: RunOutput) throws -> Bool {
        guard var past = try Terminal.reportingFaults({ try state.pastRun(run) }) else {
            Terminal.report(
                "error: \(hostSession.databasePath) knows no run \(run): what was there before its changes of access is lost"
            )
            Terminal.report("  hint: look at \(addresses.joined(separator: ", ")), then `lodestar confirm --keep`")
            return false
        }
        // What a run left that was cut short is what is there now: nobody else had the lock.
        if !past.isFinished { (past.isFinished, past.isContinued) = (true, true) }
        let wanted = Set(addresses.compactMap { Address($0) }).intersection(past.addresses)
        if wanted.isEmpty { return true }
        let ledger = try Terminal.reportingFaults { try state.ledger() }
        let outline = Undo(past, on: hostSession.host, types: Registry.all, ledger: ledger, only: wanted)
            .outline(for: try Session.target(root: hostSession.root).identity)
        for (address, reason) in outline.left {
            Terminal.report("warning: \(address) is left as the run made it: \(reason)".printable)
        }
        let store = UndoStore(
            over: state, of: past, outline, site: try Terminal.reportingFaults { try state.siteState() })
        let plan = try hostSession.plan(
            outline.catalog, state: store, Selection(only: outline.catalog.declarations.map(\.address.description)))
        let report = try output.perform(plan, hostSession, store)
        if output.format == .text { Terminal.print(ReportText(isColored: false).summary(of: report)) }
        for outcome in report.outcomes where outcome.result == .failed {
            Terminal.report("error: \(outcome.address): \(outcome.reason?.text ?? "it failed")".printable)
        }
        return !report.hasFailures && plan.count(.refuse) == 0
    }
}

/// What brings an unconfirmed change back after a reboot: a unit of systemd beside the record, before anybody can log in.
private enum BootUnit {
    private static let name = "lodestar-confirm.service"
    private static let folder = "etc/systemd/system"

    private static func place(_ path: String, below root: String) -> String {
        (root == "/" ? "" : root) + (path.hasPrefix("/") ? path : "/\(path)")
    }

    static func write(below root: String) throws(HostFault) {
        let folder = place(Self.folder, below: root), wants = "\(folder)/multi-user.target.wants"
        let programs = [ThisProcess.programPath, "/usr/local/bin/lodestar", "/usr/bin/lodestar"]
        guard LocalFiles.exists(folder), PathTrust.objection(to: "/\(Self.folder)", below: root) == nil,
            let program = programs.first(where: { LocalFiles.exists(place($0, below: root)) })
        else { return }
        let text = """
            # Made by `lodestar apply --confirm`; gone when it is confirmed or has come back.
            [Unit]
            Description=Brings back changes of access that nobody confirmed
            After=local-fs.target
            Before=ssh.service sshd.service
            ConditionPathExists=/\(OwnPaths.state)/confirm.json

            [Service]
            Type=oneshot
            ExecStart=\(program) confirm --overdue

            [Install]
            WantedBy=multi-user.target

            """
        try LocalFiles.makeDirectory(wants)
        try LocalFiles.write(Array(text.utf8), to: "\(folder)/\(name)", mode: 0o644)
        LocalFiles.remove("\(wants)/\(name)")
        try LocalFiles.link("../\(name)", at: "\(wants)/\(name)")
    }

    static func remove(below root: String) {
        let folder = place(Self.folder, below: root)
        LocalFiles.remove("\(folder)/multi-user.target.wants/\(name)")
        LocalFiles.remove("\(folder)/\(name)")
    }
}

/// The process that waits: it belongs to nobody's session.
private enum Watcher {
    static func start(_ run: Int, root: String) throws(HostFault) {
        let words = [ThisProcess.programPath, "confirm", "--watch", "\(run)", "--root", root]
        // In a unit of its own no end of a session takes it along.
        let systemdRun = "/usr/bin/systemd-run"
        if root == "/", LocalFiles.exists("/run/systemd/system"), LocalFiles.exists(systemdRun) {
            let child = ChildRun(
                [systemdRun, "--quiet", "--collect", "--unit=lodestar-confirm-\(run)"] + words,
                environment: [SearchPath.variable], timeout: 10_000)
            if let ended = try? child.result(), ended.exitStatus == 0, !ended.hasTimedOut { return }
        }
        try ThisProcess.detach(words)
    }
}
