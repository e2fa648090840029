public import Model
import SystemCalls

/// How it stands with a source, and what this root does about it: for people and programs.
public struct SourceView: Sendable {
    public var source: CommitSource
    public var status: SourceStatus
    public var state: SourceState
    /// The commit whose apply was last begun, from whatever source.
    public var begun: SourceMark?
    /// The commit of another history that root has accepted.
    public var accepted: String?

    /// - Parameters:
    ///   - folder: the folder of the state.
    ///   - longest: for how many seconds a newest commit is believed; nil for ever.
    public init(_ source: CommitSource, in folder: String, within longest: Int64?) throws(HostFault) {
        let history = try SourceHistory(in: folder), record = try SourceRecord(in: folder)
        self.source = source
        status = history[source]
        state = status.state(within: longest, at: max(SystemClock.seconds, history.earliest))
        (begun, accepted) = (record.begun, record.accepted)
    }

    /// After how many milliseconds the source is to be asked again; nil where nothing hurries.
    public func wait(from now: Int64) -> Int64? {
        guard let next = status.next, let attempt = status.attempt else { return nil }
        // A clock that was set back does not make it longer.
        return min(max(1, next - now), next - attempt) * 1000
    }

    public var datum: Datum {
        func text(_ text: String?) -> Datum { text.map { .string($0) } ?? .null }
        func time(_ time: Int64?) -> Datum { text(time.flatMap { Timestamp(seconds: $0)?.text }) }
        let taken = status.taken
        return [
            "source": .string(SiteSource.remote(source).shown), "state": .string(state.rawValue),
            "commit": text(taken?.commit), "subject": text(taken?.subject), "signer": text(taken?.signer),
            "made": time(taken?.made), "candidate": text(status.candidate), "reason": text(status.reason),
            "key": text(status.candidate == nil ? taken?.key : status.candidateKey), "since": time(status.since),
            "last_attempt": time(status.attempt), "last_success": time(status.success),
            "failures": .int(Int64(status.failureCount)), "next_attempt": time(status.next),
            "begun": text(begun?.commit), "accepted": text(accepted),
        ]
    }

    /// Lines for people.
    public var text: String {
        func time(_ time: Int64?) -> String { time.flatMap { Timestamp(seconds: $0)?.text } ?? "an unknown time" }
        var lines = ["\(SiteSource.remote(source).shown): \(state.rawValue)"]
        if status.answer == .refused || status.answer == .unreachable {
            lines[0] += " since \(time(status.since)): \(status.reason ?? "")"
        }
        if let candidate = status.candidate {
            lines.append("  refused: \(candidate)\(status.candidateKey.map { ", by the key \($0)" } ?? "")")
        }
        if let taken = status.taken {
            let signer = taken.signer.map { "signed by \($0)" } ?? "no signature asked"
            lines.append(
                "  \(status.answer == .taken ? "newest" : "goes on"): \(taken.commit) \(taken.subject), \(signer)")
            lines.append("  made \(time(taken.made)), last found \(time(status.success))")
        }
        if let attempt = status.attempt {
            var line = "  last asked \(time(attempt))"
            if status.failureCount > 0 { line += ", \(status.failureCount.counted("time")) in a row to no use" }
            if let next = status.next { line += "; again at \(time(next))" }
            lines.append(line)
        }
        if let begun { lines.append("  begun here: \(begun.commit), \(time(begun.time))") }
        if let accepted { lines.append("  accepted, not begun yet: \(accepted)") }
        return lines.joined(separator: "\n").printable
    }
}

extension SiteSource {
    /// Asks a source somewhere else, and keeps what was found.
    ///
    /// - Throws: where nothing could be asked. That a commit is refused, or that nothing answers, is in the status.
    public func update(_ access: SourceAccess) throws(SourceFault) {
        guard case .remote(let source) = settled else {
            throw SourceFault(
                .usage, "expected a source somewhere else, found one of this host: nothing is brought here")
        }
        guard GitCommitName(source.revision) == nil else {
            throw SourceFault(.usage, "expected a branch or a tag, found a commit, which is never another one")
        }
        do throws(SourceFault) { _ = try access.opened(source) } catch {
            if error.kind == .usage || error.kind == .failed { throw error }
            // Nobody to trust is said: then nothing was asked.
            if access.trust == nil, !access.isWaived { throw error }
        }
    }
}
