import CShim
import Glibc
public import Values

/// One run of a program that is waited for, with limits of time and output: `lodestar_run` of the C shim.
public struct ChildRun {
    /// Whose rights the program has.
    public struct Identity: Sendable {
        public var uid: UInt32
        public var gid: UInt32
        public var groups: [UInt32]

        public init(uid: UInt32 = 0, gid: UInt32 = 0, groups: [UInt32] = []) {
            self.uid = uid
            self.gid = gid
            self.groups = groups
        }
    }

    /// The program, looked up in `SearchPath` unless it is a path, and its arguments.
    public var arguments: [String]
    /// The whole environment: `NAME=VALUE`.
    public var environment: [String]
    /// Below `root`, where there is one.
    public var directory = "/"
    /// Another root to run in, in a mount namespace of its own; nil for this one.
    public var root: String?
    /// Those of this process, unless somebody says otherwise: only root can give others.
    public var identity = ThisProcess.identity
    public var umask: UInt32 = 0o077
    /// The bytes of standard input; nil for an empty one.
    public var input: [UInt8]?
    /// An open file that is standard input, in place of `input`.
    public var inputFile: Int32?
    /// An open file that is standard output; what is kept of the output is then standard error alone.
    public var outputFile: Int32?
    /// After this time the program is ended; milliseconds.
    public var timeout: Int64
    /// Whether standard error stands apart from the output, cut to its first bytes.
    public var separatesErrors = false
    /// How many bytes of output, and of standard error where it stands apart, are kept; nil: `outputLimit` and 1 KiB.
    public var keptByteCount: Int?
    /// Whether an interrupt of this process waits for the program's end.
    public var mustFinish = false
    /// Whether the program gets every file system read-only and no network.
    public var isGuard = false
    /// A directory that a guard finds empty and may write to, in memory: an absolute path; nil for none.
    public var scratch: String?
    /// The most bytes that a file may have that the program writes; 0 for no limit. Beyond it, SIGXFSZ ends the program.
    public var fileLimit: Int64 = 0

    public init(_ arguments: [String], environment: [String], timeout: Int64) {
        self.arguments = arguments
        self.environment = environment
        self.timeout = timeout
    }

    /// Runs the program to its end; any exit status is data.
    ///
    /// - Throws: where the program was not executed.
    public func result() throws(ChildFault) -> ChildResult {
        var outcome = lodestar_outcome()
        defer {
            lodestar_output_free(&outcome.output)
            lodestar_output_free(&outcome.errors)
        }
        withRequest { lodestar_run(&$0, &outcome) }
        if let stage = ChildFault.Stage(outcome.stage) {
            throw ChildFault(stage: stage, error: ErrorNumber(outcome.error))
        }
        return ChildResult(outcome)
    }

    /// Runs the program to its end, where not being executed is a fault of the host like any other.
    public func ended() throws(HostFault) -> ChildResult {
        do throws(ChildFault) {
            return try result()
        } catch {
            throw HostFault("run", arguments[0], error.error.text)
        }
    }

    func withRequest<Result>(_ body: (inout lodestar_command) -> Result) -> Result {
        let words = CStrings(arguments), variables = CStrings(environment)
        let places = CStrings([directory, root ?? "", String(scratch?.dropFirst() ?? "")])
        return identity.groups.withUnsafeBufferPointer { groups in
            (input ?? []).withUnsafeBytes { bytes in
                var request = lodestar_command()
                request.arguments = words.pointer
                request.environment = variables.pointer
                request.directory = places.pointer[0]
                request.root = root == nil ? nil : places.pointer[1]
                request.separates_errors = separatesErrors ? 1 : 0
                request.output_half = (keptByteCount ?? 0) / 2
                request.must_finish = mustFinish ? 1 : 0
                request.is_guard = isGuard ? 1 : 0
                request.scratch = scratch == nil ? nil : places.pointer[2]
                request.uid = identity.uid
                request.gid = identity.gid
                request.groups = groups.baseAddress
                request.group_count = groups.count
                request.mask = mode_t(umask)
                request.input = input == nil ? nil : bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1)
                request.input_length = bytes.count
                request.input_file = inputFile ?? 0
                request.output_file = outputFile ?? 0
                request.timeout_milliseconds = timeout
                request.file_limit = fileLimit
                return body(&request)
            }
        }
    }
}

/// Why a program was not executed.
public struct ChildFault: Error, Sendable, Hashable {
    /// What failed.
    public enum Stage: Sendable {
        case process, namespace, root, identity, directory, program
    }

    public var stage: Stage
    public var error: ErrorNumber
}

/// How a program ended, and what it printed.
public struct ChildResult: Sendable {
    /// The exit status; 128 and the signal's number where a signal ended the program.
    public var exitStatus: Int32
    /// The signal that ended the program.
    public var signal: Int32?
    public var hasTimedOut: Bool
    public var wasInterrupted: Bool
    /// The first and the last bytes of the output.
    public var head: [UInt8]
    public var tail: [UInt8]
    /// How many bytes between `head` and `tail` are left out.
    public var omittedByteCount: Int
    /// The first bytes of standard error, where it stands apart.
    public var errors: [UInt8]

    /// How many bytes of output are kept.
    public static let outputLimit = 2 * LODESTAR_OUTPUT_HALF

    /// The output as text, with a line that tells of what is left out.
    public var output: String {
        let omission = omittedByteCount > 0 ? "\n... \(omittedByteCount) bytes left out ...\n" : ""
        return String(decoding: head, as: UTF8.self) + omission + String(decoding: tail, as: UTF8.self)
    }
}

extension ChildResult {
    init(_ outcome: lodestar_outcome) {
        let status = outcome.wait_status
        signal = status & 0x7F == 0 ? nil : status & 0x7F
        exitStatus = signal.map { 128 + $0 } ?? status >> 8 & 0xFF
        hasTimedOut = outcome.has_timed_out != 0
        wasInterrupted = outcome.was_interrupted != 0
        func bytes(_ start: UnsafePointer<CChar>?, _ count: Int) -> [UInt8] {
            Array(UnsafeRawBufferPointer(start: start, count: count))
        }
        var output = outcome.output
        head = bytes(output.head, output.head_length)
        tail = bytes(lodestar_output_tail(&output), output.tail_length)
        omittedByteCount = output.total_length - head.count - tail.count
        errors = bytes(outcome.errors.head, outcome.errors.head_length)
    }
}

extension ChildFault.Stage {
    /// nil for a program that was executed.
    init?(_ stage: lodestar_stage) {
        switch stage {
        case LODESTAR_RAN: return nil
        case LODESTAR_NO_NAMESPACE: self = .namespace
        case LODESTAR_NO_ROOT: self = .root
        case LODESTAR_NO_IDENTITY: self = .identity
        case LODESTAR_NO_DIRECTORY: self = .directory
        case LODESTAR_NO_PROGRAM: self = .program
        default: self = .process
        }
    }
}
