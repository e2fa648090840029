import SystemFiles
public import Model
public import SystemCalls

/// Running programs: vectors, a fixed PATH, a clean environment, limits of time and output.
extension Linux {
    /// Runs a command of a manifest, as often as it may be tried.
    func run(_ command: CommandRun) throws(HostFault) -> StepOutput {
        for commandGuard in command.guards where try isSkipped(command, by: commandGuard) {
            return StepOutput(isSkipped: true)
        }
        var last = try execute(command)
        for attempt in 1...max(1, command.attemptCount) {
            if attempt > 1 { last = try execute(command) }
            if last.wasInterrupted { break }
            if !last.hasTimedOut, command.successStatuses.contains(Int(last.exitStatus)) {
                return StepOutput(text: last.output, exitStatus: last.exitStatus)
            }
        }
        let isSecret = command.environment.contains { $0.value.isSecret } || command.input?.isSecret == true
        let said = isSecret ? "" : Self.lastLine(of: last.output).map { ": \($0)" } ?? ""
        throw HostFault(
            "run", isSecret ? "the command" : "`\(command.line.text)`",
            (last.wasInterrupted
                ? "it was interrupted"
                : last.hasTimedOut ? "it took more than \(command.timeout)" : "it ended with status \(last.exitStatus)")
                + said)
    }

    private func isSkipped(_ command: CommandRun, by commandGuard: CommandGuard) throws(HostFault) -> Bool {
        var asked = command
        asked.line = commandGuard.line
        asked.input = nil
        let ended = try execute(asked)
        if ended.hasTimedOut {
            throw HostFault("ask", "the guard of the command", "it took more than \(command.timeout)")
        }
        return commandGuard.skips(at: ended.exitStatus)
    }

    private static func lastLine(of output: String) -> String? {
        output.textLines().last.map { String($0.prefix(200)) }
    }

    /// The number of an account of the root's own files; nil where there is none.
    public func number(of account: Owner) -> UInt32? { try? number(account, kind: .user) }

    /// The name of an account's number in the root's own files; nil where there is none.
    public func accountName(of number: UInt32) -> String? { (try? account(.number(number)))?.name.text }

    /// Runs a command once for who asked for it, and for no step of a run; any exit status is data.
    ///
    /// - Parameter keptByteCount: how many bytes of its output are kept, and of its standard error beside it.
    public func result(of command: CommandRun, keptByteCount: Int) throws(HostFault) -> ChildResult {
        try execute(command, keptByteCount: keptByteCount)
    }

    /// Runs a command once; any exit status is data.
    ///
    /// - Parameter scratch: a directory that a guard finds empty and may write to, in memory.
    func execute(
        _ command: CommandRun, isGuard: Bool = false, scratch: AbsolutePath? = nil, keptByteCount: Int? = nil
    ) throws(HostFault) -> ChildResult {
        let words: [String] =
            switch command.line {
            case .arguments(let words): words
            case .shell(let text): ["/bin/sh", "-c", text]
            }
        var environment = [SearchPath.variable, "LC_ALL=C.UTF-8", "HOME=/root"]
        var identity = ChildRun.Identity()
        if let user = command.user { identity = try self.identity(user, &environment) }
        for entry in command.environment {
            environment.removeAll { $0.hasPrefix("\(entry.name)=") }
            environment.append("\(entry.name)=\(String(decoding: entry.value.bytes, as: UTF8.self))")
        }
        var run = ChildRun(words, environment: environment, timeout: command.timeout.wholeMilliseconds)
        run.directory = command.directory.text
        run.root = isRunning ? nil : rootPath
        run.identity = identity
        run.umask = UInt32(command.umask.bits)
        run.input = command.input?.bytes
        run.mustFinish = command.mustFinish
        run.isGuard = isGuard
        run.keptByteCount = keptByteCount
        run.separatesErrors = keptByteCount != nil
        run.scratch = scratch?.text
        do throws(ChildFault) {
            return try run.result()
        } catch {
            throw fault(error, words.first ?? "", command)
        }
    }

    private func identity(
        _ user: Owner, _ environment: inout [String]
    ) throws(HostFault) -> ChildRun.Identity {
        guard let found = try account(user) else { throw HostFault("run as", "\(user)", "there is no such account") }
        environment[2] = "HOME=\(found.home.map { "\($0)" } ?? "/")"
        environment += ["USER=\(found.name)", "LOGNAME=\(found.name)"]
        return ChildRun.Identity(uid: found.uid, gid: found.gid, groups: try groupNumbers(of: found))
    }

    private func fault(_ fault: ChildFault, _ program: String, _ command: CommandRun) -> HostFault {
        let reason = fault.error.text
        switch fault.stage {
        case .namespace: return HostFault("isolate", "`\(program)`", reason, kind: .isolation)
        case .root: return HostFault("enter the root for", "`\(program)`", reason)
        case .identity: return HostFault("run as", command.user.map { "\($0)" } ?? "root", reason)
        case .directory: return HostFault("enter", command.directory.text, reason)
        case .process: return HostFault("run", "`\(program)`", reason)
        case .program:
            let problem = program.hasPrefix("/") ? ScriptHead.problem(of: program, below: rootPath) : nil
            return HostFault("run", "`\(program)`", problem.map { "\(reason); \($0)" } ?? reason)
        }
    }

    /// Asks a validator about a file that is not yet in its place.
    func validate(_ pending: PendingFile, _ validator: String) throws(HostFault) {
        let path = (pending.path.parent ?? .root).appending(pending.temporary)
        guard let text = ShellTemplate(validator).filled(with: path.text) else {
            throw HostFault(
                "validate", pending.path.text,
                "`\(validator)` has `%` where a second shell would read this path: write it outside quotes")
        }
        try ask(.shell(text), called: validator, about: pending, at: path)
    }

    /// Asks an interpreter whether it understands a script that is not yet in its place.
    func validate(_ pending: PendingFile, _ interpreter: Interpreter) throws(HostFault) {
        let path = (pending.path.parent ?? .root).appending(pending.temporary)
        guard try interpreter.place(on: self) != nil, let words = interpreter.check(of: path.text) else { return }
        try ask(.arguments(words), called: interpreter.checkName, about: pending, at: path)
    }

    private func ask(
        _ line: Model.CommandLine, called validator: String, about pending: PendingFile, at path: AbsolutePath
    ) throws(HostFault) {
        var command = CommandRun(line, timeout: .seconds(60))
        command.umask = Permissions(0o077)
        let ended = try execute(command)
        // The output of a validator often quotes the file.
        func said(_ text: some StringProtocol) -> String { pending.isSecret ? "(its output is hidden)" : "\(text)" }
        if ended.hasTimedOut { throw HostFault("validate", pending.path.text, "`\(validator)` took more than 60 s") }
        if ended.exitStatus == 126 || ended.exitStatus == 127 {
            throw HostFault(
                "validate", pending.path.text, "`\(validator)` cannot be run: \(said(ended.output.prefix(200)))")
        }
        if ended.exitStatus != 0 {
            let output = ended.output.replacing(path.text, with: pending.path.text)
            let line = output.textLines().first ?? ""
            throw HostFault(
                "validate", pending.path.text,
                "`\(validator)` ended with status \(ended.exitStatus): \(said(line.prefix(200)))")
        }
    }
}
