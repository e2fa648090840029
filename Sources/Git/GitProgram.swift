import SystemCalls
import Values

/// Runs git so that nothing but what is said here decides what it does: no settings of the host or of anybody, no hooks,
/// no prompts, no objects fetched by the way, no other protocols.
public struct GitProgram: Sendable {
    /// The repository that it works on: always one of ours.
    var folder: String
    /// A file of certificates that servers are believed by, instead of the system's.
    var authority: String?

    /// The most bytes that one fetch may bring.
    static let fetchLimit: Int64 = 512 << 20
    /// Milliseconds.
    static let fetchTimeout: Int64 = 300_000
    static let answerTimeout: Int64 = 60_000

    private static let ssh = [
        "ssh", "-o BatchMode=yes", "-o StrictHostKeyChecking=yes", "-o ConnectTimeout=30", "-o ServerAliveInterval=15",
        "-o ServerAliveCountMax=4", "-o ForwardAgent=no", "-o ForwardX11=no", "-o ClearAllForwardings=yes",
        "-o PermitLocalCommand=no", "-o UpdateHostKeys=no", "-o ControlMaster=no", "-o ControlPath=none",
    ].joined(separator: " ")

    private var environment: [String] {
        [
            SearchPath.variable, "LC_ALL=C", "HOME=/nonexistent", "XDG_CONFIG_HOME=/nonexistent", "GIT_DIR=\(folder)",
            "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_ATTR_NOSYSTEM=1",
            "GIT_NO_REPLACE_OBJECTS=1", "GIT_NO_LAZY_FETCH=1", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0",
            "GIT_ASKPASS=/bin/false", "SSH_ASKPASS=/bin/false", "GIT_SSH_COMMAND=\(Self.ssh)", "GIT_SSH_VARIANT=ssh",
            "GIT_PROTOCOL_FROM_USER=0", "GIT_ALLOW_PROTOCOL=https:ssh",
        ]
    }

    private static let settings = [
        "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.askPass=/bin/false", "core.attributesFile=/dev/null",
        "core.excludesFile=/dev/null", "core.alternateRefsCommand=/bin/false", "credential.helper=",
        "transfer.fsckObjects=true", "transfer.bundleURI=false", "fetch.recurseSubmodules=false", "fetch.unpackLimit=1",
        "fetch.writeCommitGraph=false", "gc.auto=0", "maintenance.auto=false", "submodule.recurse=false",
        "http.followRedirects=false", "http.lowSpeedLimit=1000", "http.lowSpeedTime=60", "http.proactiveAuth=none",
        "http.emptyAuth=false", "protocol.version=2",
    ].flatMap { ["-c", $0] }

    private func run(_ words: [String], timeout: Int64) -> ChildRun {
        var run = ChildRun(
            ["git", "--no-replace-objects"] + Self.settings
                + (authority.map { ["-c", "http.sslCAInfo=\($0)"] } ?? []) + words, environment: environment,
            timeout: timeout)
        run.separatesErrors = true
        run.fileLimit = Self.fetchLimit
        return run
    }

    /// Runs one command to its end.
    ///
    /// - Returns: what it printed.
    func output(_ words: [String], timeout: Int64 = answerTimeout) throws(GitFault) -> String {
        let result: ChildResult
        do throws(ChildFault) {
            result = try run(words, timeout: timeout).result()
        } catch {
            throw Self.fault(error)
        }
        if result.hasTimedOut { throw GitFault(.unreachable, "git took more than \(timeout / 1000) s") }
        if result.wasInterrupted { throw GitFault(.failed, "it was interrupted") }
        if result.exitStatus == 0 {
            guard result.omittedByteCount == 0 else { throw GitFault(.refused, "the answer of git is too long") }
            return result.output
        }
        // index-pack ends by the signal, and git only says that it has died.
        let errors = String(decoding: result.errors, as: UTF8.self)
        if errors.contains("signal 25") || result.signal == 25 {
            throw GitFault(.refused, "it is larger than \(Self.fetchLimit >> 20) MiB")
        }
        throw GitFault(.unreachable, Self.said(errors) ?? "git ended with status \(result.exitStatus)")
    }

    /// Begins a conversation with `git cat-file --batch`.
    func objects() throws(GitFault) -> ChildDialogue {
        do throws(ChildFault) {
            return try ChildDialogue(run(["cat-file", "--batch"], timeout: Self.answerTimeout))
        } catch {
            throw Self.fault(error)
        }
    }

    private static func fault(_ fault: ChildFault) -> GitFault {
        fault.stage == .program
            ? GitFault(.failed, "git cannot be run: \(fault.error.text)")
            : GitFault(.failed, "git cannot be started: \(fault.error.text)")
    }

    /// The line of git's words that tells most, without what a terminal would obey.
    private static func said(_ errors: String) -> String? {
        let lines = errors.textLines().filter { !$0.isEmpty }
        return (lines.first { $0.hasPrefix("fatal:") || $0.hasPrefix("error:") } ?? lines.first)?.printableLine(
            columns: 200)
    }
}
