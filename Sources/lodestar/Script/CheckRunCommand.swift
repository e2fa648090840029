import ArgumentParser
import Engine
import LinuxHost
import Model
import Resources
import State
import SystemCalls

/// `lodestar check-run NAME`: runs a check and writes its metrics.
struct CheckRunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-run", abstract: "Runs a check of this host, and writes and prints its metrics.",
        discussion: """
            The schedule of the check runs it. It ends with 0 when the metrics are written, whatever state they tell: what is \
            killed, takes too long or cannot be read is unknown (3).

            Example: lodestar check-run disk
            """)

    @Option(help: ArgumentHelp("The root that is managed.", valueName: "dir"), transform: HostRoot.path)
    var root = "/"

    @Argument(help: ArgumentHelp("The name of the check.", valueName: "name"))
    var name: String

    func run() throws {
        guard ThisProcess.isPrivileged else {
            Terminal.report("error: check-run needs root's privileges")
            throw ExitStatus.noPrivilege
        }
        Interrupts.watch()
        let session = try HostSession(root: root)
        let entries = try Terminal.reportingFaults { try session.pastState().ledger() }
        guard
            let check = entries.lazy.filter({ $0.custody != .released }).compactMap({ entry in
                entry.partOf.flatMap { Resources.Check(recorded: $0) }
            }).first(where: { $0.name.text == name })
        else {
            Terminal.report("error: expected a check that is declared for this host, found `\(name)`")
            throw ExitStatus.notFound
        }
        let start = SystemClock.monotonicNanoseconds
        var reading = try self.reading(of: check, DeclaredScripts(entries), session)
        let milliseconds = Int64((SystemClock.monotonicNanoseconds - start) / 1_000_000)
        if let clash = clash(of: reading.exposition.names, with: check, session) {
            reading = CheckReading(.unknown, clash)
        }
        let text = CheckMetrics(name, reading, duration: milliseconds, time: SystemClock.seconds).text
        let write = FileWrite(
            check.metrics, content: Content(text), attributes: Attributes(mode: FileMode(Permissions(0o644))),
            replaced: .file(nil))
        try Terminal.reportingFaults {
            for result in session.host.perform([.writeFile(write)]) { _ = try result.get() }
        }
        Terminal.print(text.trimmed)
        Terminal.report("check:\(name) is \(reading.status): \(reading.message)".printable)
    }

    private func reading(
        of check: Resources.Check, _ scripts: DeclaredScripts, _ session: HostSession
    ) throws -> CheckReading {
        var line = check.line
        if let name = check.script?.text {
            guard let script = scripts.scripts.first(where: { $0.name == name }) else {
                return CheckReading(.unknown, "script:\(name) is not declared")
            }
            do {
                if let objection = try script.objection(on: session) {
                    return CheckReading(.unknown, "script:\(name) is not as it was declared: \(objection)")
                }
            } catch {
                return CheckReading(.unknown, "script:\(name) cannot be read: \(Reason.text(of: error))")
            }
            line = .arguments([script.path.text])
        }
        guard let line else { return CheckReading(.unknown, "nothing is declared to run") }
        let command = CommandRun(line, user: check.user, umask: Permissions(0o022), timeout: check.timeout)
        do throws(HostFault) {
            let result = try session.host.result(of: command, keptByteCount: 2 * CheckReading.outputLimit)
            let isWhole = result.omittedByteCount == 0 && result.tail.isEmpty
            return CheckReading(
                check.format, name: name, result.ending, output: isWhole ? result.head : nil, beginning: result.head)
        } catch {
            return CheckReading(.unknown, error.text)
        }
    }

    /// Why metrics cannot stand beside those of the other files of the collector: it would drop them all.
    private func clash(of names: [String], with check: Resources.Check, _ session: HostSession) -> String? {
        guard !names.isEmpty, let files = try? session.host.entries(of: check.directory) else { return nil }
        let wanted = Set(names)
        for file in files.prefix(1000) where file.hasSuffix(".prom") && file != check.metrics.name {
            guard
                let bytes = try? session.host.contents(
                    of: check.directory.appending(file), limit: CheckReading.outputLimit)
            else { continue }
            if let name = Exposition.names(in: bytes).first(where: { wanted.contains($0) }) {
                return "the metric \(name) is in \(file) too"
            }
        }
        return nil
    }
}

extension ChildResult {
    fileprivate var ending: CheckReading.Ending {
        if hasTimedOut { return .timeLimit }
        if wasInterrupted { return .interrupt }
        return signal.map { .signal(Int($0)) } ?? .exit(Int(exitStatus))
    }
}
