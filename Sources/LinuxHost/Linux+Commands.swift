import CShim
import Glibc
import HostFiles
import Model
import SystemCalls

/// What a program that ran has left.
struct Ended {
    var exitStatus: Int32
    var output: String
    var hasTimedOut: Bool
    var wasInterrupted = false
}

/// Running programs: vectors, a fixed PATH, a clean environment, limits of time and output.
extension Linux {
    static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Runs a command of a manifest, as often as it may be tried.
    func run(_ command: CommandRun) throws(HostFault) -> StepOutput {
        for commandGuard in command.guards where try isSkipped(command, by: commandGuard) {
            return StepOutput(isSkipped: true)
        }
        var last = Ended(exitStatus: 0, output: "", hasTimedOut: false)
        for _ in 0..<max(1, command.attemptCount) {
            last = try execute(command)
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

    /// Runs a command once; any exit status is data.
    func execute(_ command: CommandRun, isGuard: Bool = false) throws(HostFault) -> Ended {
        let words: [String] =
            switch command.line {
            case .arguments(let words): words
            case .shell(let text): ["/bin/sh", "-c", text]
            }
        var environment = ["PATH=\(Self.path)", "LC_ALL=C.UTF-8", "HOME=/root"]
        var identity = (uid: UInt32(0), gid: UInt32(0), groups: [UInt32]())
        if let user = command.user { identity = try self.identity(user, &environment) }
        for entry in command.environment {
            environment.removeAll { $0.hasPrefix("\(entry.name)=") }
            environment.append("\(entry.name)=\(String(decoding: entry.value.bytes, as: UTF8.self))")
        }
        return try spawn(words, environment, identity, command, isGuard: isGuard)
    }

    private func identity(
        _ user: Owner, _ environment: inout [String]
    ) throws(HostFault) -> (uid: UInt32, gid: UInt32, groups: [UInt32]) {
        guard let found = try account(user) else { throw HostFault("run as", "\(user)", "there is no such account") }
        environment[2] = "HOME=\(found.home.map { "\($0)" } ?? "/")"
        environment += ["USER=\(found.name)", "LOGNAME=\(found.name)"]
        return (found.uid, found.gid, try groupNumbers(of: found))
    }

    private func spawn(
        _ words: [String], _ environment: [String], _ identity: (uid: UInt32, gid: UInt32, groups: [UInt32]),
        _ command: CommandRun, isGuard: Bool
    ) throws(HostFault) -> Ended {
        let arguments = CStrings(words), variables = CStrings(environment)
        let directory = CStrings([command.directory.text]), root = CStrings([rootPath])
        let outcome = UnsafeMutablePointer<lodestar_outcome>.allocate(capacity: 1)
        defer { outcome.deallocate() }
        let input = command.input?.bytes
        identity.groups.withUnsafeBufferPointer { groups in
            (input ?? []).withUnsafeBytes { bytes in
                var request = lodestar_command()
                request.arguments = arguments.pointer
                request.environment = variables.pointer
                request.directory = directory.first
                request.root = isRunning ? nil : root.first
                request.is_guard = isGuard ? 1 : 0
                request.must_finish = command.mustFinish ? 1 : 0
                request.uid = identity.uid
                request.gid = identity.gid
                request.groups = groups.baseAddress
                request.group_count = groups.count
                request.mask = mode_t(command.umask.bits)
                request.input = input == nil ? nil : bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1)
                request.input_length = bytes.count
                request.timeout_milliseconds = command.timeout.wholeMilliseconds
                lodestar_run(&request, outcome)
            }
        }
        let program = words.first ?? ""
        do throws(HostFault) {
            return try Self.ended(outcome, program, command)
        } catch {
            guard outcome.pointee.stage == LODESTAR_NO_PROGRAM, program.hasPrefix("/"),
                let problem = ScriptHead.problem(of: program, below: rootPath)
            else { throw error }
            throw HostFault(error.operation, error.object, "\(error.reason); \(problem)")
        }
    }

    private static func ended(
        _ outcome: UnsafeMutablePointer<lodestar_outcome>, _ program: String, _ command: CommandRun
    ) throws(HostFault) -> Ended {
        let reason = ErrorNumber.text(outcome.pointee.error)
        switch outcome.pointee.stage {
        case LODESTAR_RAN: break
        case LODESTAR_NO_NAMESPACE: throw HostFault("isolate", "`\(program)`", reason)
        case LODESTAR_NO_ROOT: throw HostFault("enter the root for", "`\(program)`", reason)
        case LODESTAR_NO_IDENTITY: throw HostFault("run as", command.user.map { "\($0)" } ?? "root", reason)
        case LODESTAR_NO_DIRECTORY: throw HostFault("enter", command.directory.text, reason)
        default: throw HostFault("run", "`\(program)`", reason)
        }
        let status = outcome.pointee.wait_status
        let exitStatus = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
        return Ended(
            exitStatus: exitStatus, output: text(of: outcome), hasTimedOut: outcome.pointee.has_timed_out != 0,
            wasInterrupted: outcome.pointee.was_interrupted != 0)
    }

    private static func text(of outcome: UnsafeMutablePointer<lodestar_outcome>) -> String {
        let headLength = outcome.pointee.head_length, tailLength = outcome.pointee.tail_length
        let head = String(
            decoding: UnsafeRawBufferPointer(start: lodestar_head(outcome), count: headLength), as: UTF8.self)
        let tail = String(
            decoding: UnsafeRawBufferPointer(start: lodestar_tail(outcome), count: tailLength), as: UTF8.self)
        let omitted = outcome.pointee.total_length - headLength - tailLength
        return head + (omitted > 0 ? "\n... \(omitted) bytes left out ...\n" : "") + tail
    }

    /// Asks a validator about a file that is not yet in its place.
    func validate(_ pending: PendingFile, _ validator: String) throws(HostFault) {
        let path = (pending.path.parent ?? .root).appending(pending.temporary)
        guard let text = ShellTemplate(validator).filled(with: path.text) else {
            throw HostFault(
                "validate", pending.path.text,
                "`\(validator)` has `%` where a second shell would read this path: write it outside quotes")
        }
        var command = CommandRun(.shell(text), timeout: .seconds(60))
        command.umask = Permissions(0o077)
        let ended = try execute(command)
        // What a validator says often quotes the file.
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
