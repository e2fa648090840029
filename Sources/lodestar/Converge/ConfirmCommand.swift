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

    @Flag(help: "Keeps them although the time is over, where what was there before cannot come back.")
    var keep = false

    /// The process that waits for a run to be confirmed.
    @Option(help: .hidden)
    var watch: Int?

    /// Brings back what was not confirmed in time, if anything waits.
    @Flag(help: .hidden)
    var overdue = false

    func run() throws {
        let hostSession = try HostSession(root: root)
        if let watch { return wait(for: watch, hostSession) }
        let lock = try hostSession.lock(for: "confirm")
        defer { withExtendedLifetime(lock) {} }
        if overdue { return try bringBackAtBoot(hostSession) }
        guard let pending = try PendingConfirmation(below: hostSession.root) else {
            Terminal.report("error: expected a run that waits for its confirmation, found none")
            throw ExitStatus.failure
        }
        guard pending.remaining != nil || keep else {
            try hostSession.bringBackOverdue()
            throw ExitStatus.failure
        }
        PendingConfirmation.remove(below: hostSession.root)
        Terminal.print("run \(pending.run) is confirmed")
    }

    /// Once before sshd starts; what fails is tried again beside it.
    private func bringBackAtBoot(_ hostSession: HostSession) throws {
        if (try? hostSession.bringBackOverdue()) == true { return }
        guard let pending = try PendingConfirmation(below: hostSession.root) else { return }
        try Terminal.reportingFaults { try pending.watch(below: hostSession.root) }
        throw ExitStatus.failure
    }

    /// Looks each half of a second whether it is confirmed, and brings the change back when the time is over and its run is: again
    /// and again where that fails, each time after twice as long, at most a minute. The lock is taken only then: whoever
    /// confirms finds it free.
    private func wait(for run: Int, _ hostSession: HostSession) {
        var pause = Self.shortestPause
        while isWaiting(for: run, hostSession) {
            var hasFailed = false
            if isOverdue(run, hostSession), let lock = try? ProcessLock(root: hostSession.root) {
                defer { withExtendedLifetime(lock) {} }
                // Confirmed, or begun anew, a moment ago? What the host is like is read anew in each try.
                if isOverdue(run, hostSession) {
                    hasFailed = (try? HostSession(root: root).bringBackOverdue()) != true
                }
            }
            pause = hasFailed ? min(pause * 2, 60_000) : Self.shortestPause
            if hasFailed {
                Terminal.report("run \(run) is not yet undone: the next try is in \((pause + 999) / 1000) s")
            }
            SystemClock.sleep(milliseconds: Int(pause))
        }
    }

    private static let shortestPause: Int64 = 500

    private func isWaiting(for run: Int, _ hostSession: HostSession) -> Bool {
        holds(of: run, hostSession) { _ in true }
    }

    private func isOverdue(_ run: Int, _ hostSession: HostSession) -> Bool {
        holds(of: run, hostSession) { $0.remaining == nil }
    }

    /// Whether something holds of what waits for a run. A record that cannot be read just now still waits, and is no reason to
    /// give up.
    private func holds(of run: Int, _ hostSession: HostSession, _ test: (PendingConfirmation) -> Bool) -> Bool {
        do {
            guard let pending = try PendingConfirmation(below: hostSession.root) else { return false }
            return pending.run == run && test(pending)
        } catch {
            return true
        }
    }
}

extension HostSession {
    /// Brings back what was not confirmed in time; nothing where nothing waits, or where there is still time. The caller
    /// holds the lock.
    ///
    /// - Returns: whether all is back, or nothing was to come back.
    @discardableResult func bringBackOverdue() throws -> Bool {
        guard var pending = try PendingConfirmation(below: root), pending.remaining == nil else { return true }
        return try pending.bringBack(self, try writableState(), RunOutput.parse([]))
    }

    /// Lets no second run come while one waits.
    func checkNothingWaits() throws {
        try bringBackOverdue()
        guard let pending = try PendingConfirmation(below: root) else { return }
        let hint = pending.remaining == nil ? "`lodestar confirm --keep` gives it up" : "confirm it, or wait"
        Terminal.report("error: \(pending.text)\n  hint: \(hint)")
        throw ExitStatus.locked
    }
}
