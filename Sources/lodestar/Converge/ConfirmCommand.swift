import ArgumentParser
import Model
import SystemCalls

/// `lodestar confirm`: keeps what `apply --confirm` changed.
struct ConfirmCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm", abstract: "Keeps the changes of access that `apply --confirm` made.",
        discussion: "Example: lodestar confirm")

    @Option(help: ArgumentHelp("The root that is managed.", valueName: "dir"), transform: HostRoot.path)
    var root = "/"

    /// The process that waits for a run to be confirmed.
    @Option(help: .hidden)
    var watch: Int?

    /// Brings back what was not confirmed in time, if anything waits.
    @Flag(help: .hidden)
    var overdue = false

    func run() throws {
        let hostSession = try HostSession(root: root)
        if let watch { return try wait(for: watch, hostSession) }
        let lock = try hostSession.lock(for: "confirm")
        defer { withExtendedLifetime(lock) {} }
        if overdue { return try hostSession.bringBackOverdue() }
        guard let pending = try PendingConfirmation(below: hostSession.root) else {
            Terminal.report("error: expected a run that waits for its confirmation, found none")
            throw ExitStatus.failure
        }
        guard pending.remaining != nil else {
            try hostSession.bringBackOverdue()
            throw ExitStatus.failure
        }
        PendingConfirmation.remove(below: hostSession.root)
        Terminal.print("run \(pending.run) is confirmed")
    }

    /// Looks each second whether it is confirmed, and brings the change back when the time is over and its run is.
    private func wait(for run: Int, _ hostSession: HostSession) throws {
        while let pending = try PendingConfirmation(below: hostSession.root), pending.run == run {
            if pending.remaining == nil, let lock = try? ProcessLock(root: hostSession.root) {
                defer { withExtendedLifetime(lock) {} }
                // Confirmed, or begun anew, a moment ago?
                guard let last = try PendingConfirmation(below: hostSession.root), last.run == run else { return }
                if last.remaining == nil { try hostSession.bringBackOverdue() }
            }
            SystemClock.sleep(milliseconds: 500)
        }
    }
}

extension HostSession {
    /// Brings back what was not confirmed in time; nothing where nothing waits, or where there is still time. The caller
    /// holds the lock.
    func bringBackOverdue() throws {
        guard var pending = try PendingConfirmation(below: root), pending.remaining == nil else { return }
        try pending.bringBack(self, try writableState(), RunOutput.parse([]))
    }

    /// Lets no second run come while one waits.
    func checkNothingWaits() throws {
        try bringBackOverdue()
        guard let pending = try PendingConfirmation(below: root) else { return }
        Terminal.report("error: \(pending.text)\n  hint: confirm it, or wait")
        throw ExitStatus.locked
    }
}
