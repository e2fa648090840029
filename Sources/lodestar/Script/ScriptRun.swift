import ArgumentParser
import Engine
import LinuxHost
import Model
import Resources
import State
import SystemCalls

/// `lodestar script run NAME [ARGS]`: runs a script as it was declared.
struct ScriptRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs a script of this host with its rights and limits, and remembers it.",
        discussion: """
            Ends with the exit status of the script, 124 at its time limit. A script whose bytes are not the declared ones, \
            or that somebody else could change, is refused with 78 unless `--force` is given.

            Example: lodestar script run backup --verbose
            """)

    @Option(help: ArgumentHelp("The root that is managed.", valueName: "dir"), transform: HostRoot.path)
    var root = "/"

    @Flag(help: "Runs it although its file is not as declared; the history says so.")
    var force = false

    @Argument(help: ArgumentHelp("The name of the script.", valueName: "name"))
    var name: String

    @Argument(parsing: .captureForPassthrough, help: ArgumentHelp("What the script gets.", valueName: "args"))
    var words: [String] = []

    /// How much of the output is printed: the first half and the last.
    private static let outputLimit = 2 << 20
    /// The exit status at the time limit, as of timeout(1).
    private static let timedOut: Int32 = 124

    func run() throws {
        guard ThisProcess.isPrivileged else {
            Terminal.report("error: script run needs root's privileges")
            throw ExitStatus.noPrivilege
        }
        let session = try HostSession(root: root)
        guard LocalFiles.exists(session.databasePath) else { _ = try DeclaredScripts([]).script(name); return }
        let state = try session.writableState()
        let recorded = try DeclaredScripts(try Terminal.reportingFaults { try state.ledger() }).script(name)
        let objection = try Terminal.reportingFaults { try recorded.objection(on: session) }
        if let objection {
            Terminal.report("\(force ? "warning" : "error"): script:\(name) is not as it was declared: \(objection)")
            if !force { throw ExitStatus.unsafe }
        }
        Interrupts.watch()
        let caller = Caller(on: session.host)
        let run = try Terminal.reportingFaults {
            try state.begin(
                ScriptRunRecord(
                    script: name, version: recorded.script.version, started: SystemClock.milliseconds,
                    caller: caller.name, login: caller.login, isForced: objection != nil))
        }
        let start = SystemClock.monotonicNanoseconds
        func end(_ status: Int32?, _ ending: String) throws {
            let duration = Int64((SystemClock.monotonicNanoseconds - start) / 1_000_000)
            try Terminal.reportingFaults {
                try state.end(run, duration: duration, exitStatus: status.map { Int($0) }, ending: ending)
            }
        }
        let result: ChildResult
        do {
            result = try session.host.result(of: recorded.command(words), keptByteCount: Self.outputLimit)
        } catch {
            try end(nil, "not_started")
            Terminal.report("error: \(error.text)")
            throw ExitStatus.failure
        }
        LocalFiles.writeAll(result.head, to: 1)
        if result.omittedByteCount > 0 {
            Terminal.report("note: \(result.omittedByteCount) bytes of output left out here")
        }
        LocalFiles.writeAll(result.tail, to: 1)
        LocalFiles.writeAll(result.errors, to: 2)
        if result.hasTimedOut {
            let limit = recorded.script.timeout ?? Script.standardTimeout
            Terminal.report("error: script:\(name) took more than \(limit.text)")
            try end(Self.timedOut, "timed_out")
            throw ExitCode(Self.timedOut)
        }
        try end(
            result.exitStatus, result.wasInterrupted ? "interrupted" : result.signal == nil ? "ended" : "killed")
        if result.exitStatus != 0 { throw ExitCode(result.exitStatus) }
    }
}

extension RecordedScript {
    /// What runs it.
    func command(_ words: [String]) -> CommandRun {
        CommandRun(
            .arguments([path.text] + words), user: script.runAs, umask: Permissions(0o022),
            timeout: script.timeout ?? Script.standardTimeout)
    }

    /// Why it must not run; nil where its bytes are the declared ones and nobody can change them before they run.
    func objection(on session: HostSession) throws -> String? {
        switch try state(on: session.host) {
        case .inPlace: break
        case .missing: return "\(path) is not there"
        case .differs: return "\(path) has other bytes"
        case .other: return "\(path) is no regular file"
        }
        var owners: Set<UInt32> = [0]
        // Who may change it runs nothing with it that this user could not do without it.
        if let user = script.runAs, user == script.owner, let number = session.host.number(of: user) {
            owners.insert(number)
        }
        return PathTrust.objection(to: path.text, below: session.root, owners: owners)
    }
}
