import CShim
import Agent
import Glibc
import Model
import Scheduling
import SystemCalls

/// The reports of the converge loop as JSON lines, put away when they become large.
struct ReportLog {
    let path: String
    let size: Int
    let count: Int

    /// Who the host is.
    struct Identity {
        var id: String
        /// As `lodestar hostinfo` prints it; nil where nobody can tell.
        var hostinfo: Datum?
        /// nil where nobody wants to have any.
        var facts: Datum?
    }

    /// What failed, or could not be done, of what a command printed.
    private static func failures(in report: Datum) -> [Datum] {
        guard case .list(let outcomes)? = report["outcomes"] ?? report["resources"] else { return [] }
        let keys = ["address", "code", "retryable", "attribution", "reason"]
        return outcomes.compactMap { outcome in
            guard case .int? = outcome["code"] else { return nil }
            return .map(keys.map { .init($0, outcome[$0] ?? .null) })
        }
    }

    /// A line for one converge, as its published schema says (`lodestar schema report`).
    ///
    /// - Parameters:
    ///   - output: what the command printed as JSON; anything else is left out.
    ///   - errorText: what the command printed on standard error.
    ///   - source: how it stands with a source somewhere else.
    ///   - identity: who the host is.
    static func line(
        _ outcome: ConvergeOutcome, output: [UInt8], errorText: String, source: Datum? = nil, identity: Identity
    ) -> String {
        let report = (try? Datum(json: output)) ?? .null
        let members: Datum = [
            "format": 1, "time": .string(Instant(milliseconds: outcome.ended).text()),
            "trigger": .string(outcome.run.trigger.rawValue), "mode": .string(outcome.run.mode.rawValue),
            "result": .string(outcome.summary),
            "exit_code": outcome.exitStatus.map { .int(Int64($0)) } ?? .null,
            "milliseconds": .int(outcome.ended - outcome.started), "said": .string(errorText),
            "host": ["id": .string(identity.id), "hostinfo": identity.hostinfo ?? .null],
            "source": source ?? .null, "failures": .list(failures(in: report)), "facts": identity.facts ?? .null,
            "report": report,
        ]
        guard case .map(let members) = members else { return "" }
        let fields = Datum.map(members + FailureCode.members(of: outcome.code))
        return fields.compactJSON.harmlessJSON
    }

    func append(_ line: String) throws(HostFault) {
        putAway()
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw HostFault("write", path, ErrorNumber.last.text) }
        defer { close(descriptor) }
        if !LocalFiles.writeAll(Array("\(line)\n".utf8), to: descriptor) {
            throw HostFault("write", path, ErrorNumber.last.text)
        }
    }

    private func putAway() {
        var status = stat()
        guard stat(path, &status) == 0, status.st_size >= size else { return }
        for number in stride(from: count, to: 0, by: -1) {
            rename(number == 1 ? path : "\(path).\(number - 1)", "\(path).\(number)")
        }
        if count == 0 { unlink(path) }
    }
}
