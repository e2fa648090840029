public import Model
import SystemCalls

/// How it stands with a source, and what this root does about it: for people and programs.
public struct SourceView: Sendable {
    public var source: SiteSource
    public var status: SourceStatus
    public var state: SourceState
    /// The commit whose apply was last begun, from whatever source.
    public var begun: SourceMark?
    /// The commit of which applies failed here.
    public var failed: FailedCommit?
    /// After so many the agent only reports; nil: never.
    public var breaker: Int?
    /// The commit of another history that root has accepted.
    public var accepted: String?

    /// - Parameters:
    ///   - folder: the folder of the state.
    ///   - longest: for how many seconds a newest commit is believed; nil for ever.
    ///   - breaker: after so many failures the agent only reports; nil: never.
    public init(
        _ source: SiteSource, in folder: String, within longest: Int64?, breaker: Int? = nil
    ) throws(HostFault) {
        let history = try SourceHistory(in: folder), record = try SourceRecord(in: folder)
        self.source = source
        self.breaker = breaker
        status = history[source]
        state = status.state(within: longest, at: max(SystemClock.seconds, history.earliest))
        (begun, accepted, failed) = (record.begun, record.accepted, record.failed)
    }

    /// Whether the commit that goes on has failed here so often that the agent only reports.
    public var isBreakerOpen: Bool {
        guard let breaker, let failed else { return false }
        return failed.count >= breaker && failed.commit == (status.current ?? status.taken)?.commit
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
        let taken = status.current ?? status.taken
        let candidate = status.pending?.commit ?? status.candidate
        return [
            "source": .string(source.shown), "state": .string(state.rawValue),
            "commit": text(taken?.commit), "subject": text(taken?.subject), "signer": text(taken?.signer),
            "made": time(taken?.made), "candidate": text(candidate), "reason": text(status.reason),
            "pending_until": time(status.pending?.until),
            "key": text(status.candidate == nil ? taken?.key : status.candidateKey), "since": time(status.since),
            "last_attempt": time(status.attempt), "last_success": time(status.success),
            "failures": .int(Int64(status.failureCount)), "next_attempt": time(status.next),
            "begun": text(begun?.commit), "accepted": text(accepted),
            "breaker": failed.map {
                ["commit": .string($0.commit), "failures": .int(Int64($0.count)), "open": .bool(isBreakerOpen)]
            } ?? .null,
        ]
    }

    /// Lines for people.
    public var text: String {
        func time(_ time: Int64?) -> String { time.flatMap { Timestamp(seconds: $0)?.text } ?? "an unknown time" }
        var lines = ["\(source.shown): \(state.rawValue)"]
        if status.answer == .refused || status.answer == .unreachable {
            lines[0] += " since \(time(status.since)): \(status.reason ?? "")"
        }
        if let candidate = status.candidate {
            lines.append("  refused: \(candidate)\(status.candidateKey.map { ", by the key \($0)" } ?? "")")
        }
        if let pending = status.pending {
            lines.append("  waits for its stage until \(time(pending.until)): \(pending.commit)")
        }
        if let taken = status.current ?? status.taken {
            let signer = taken.signer.map { "signed by \($0)" } ?? "no signature asked"
            lines.append(
                "  \(state == .current ? "newest" : "goes on"): \(taken.commit) \(taken.subject), \(signer)")
            lines.append("  made \(time(taken.made)), last found \(time(status.success))")
        }
        if let attempt = status.attempt {
            var line = "  last asked \(time(attempt))"
            if status.failureCount > 0 { line += ", \(status.failureCount.counted("time")) in a row to no use" }
            if let next = status.next { line += "; again at \(time(next))" }
            lines.append(line)
        }
        if let begun { lines.append("  begun here: \(begun.commit), \(time(begun.time))") }
        if let failed {
            let end = isBreakerOpen ? ": only reported until another commit comes, or `lodestar source retry`" : ""
            lines.append("  failed here \(failed.count.counted("time")): \(failed.commit)\(end)")
        }
        if let accepted { lines.append("  accepted, not begun yet: \(accepted)") }
        return lines.map(\.printable).joined(separator: "\n")
    }
}

extension SiteSource {
    /// Asks a source somewhere else, and keeps what was found.
    ///
    /// - Throws: where nothing could be asked. That a commit is refused, or that nothing answers, is in the status.
    public func update(_ access: SourceAccess) throws(SourceFault) {
        let settled = settled
        guard settled.isFollowed else {
            throw SourceFault(
                .usage, "expected a source somewhere else, found one of this host: nothing is brought here")
        }
        guard settled.commit.flatMap({ GitCommitName($0) }) == nil else {
            throw SourceFault(.usage, "expected a branch or a tag, found a commit, which is never another one")
        }
        do throws(SourceFault) { _ = try settled.opened(access) } catch {
            if error.kind == .usage || error.kind == .failed { throw error }
            // Nobody to trust is said: then nothing was asked.
            if access.trust == nil, !access.isWaived { throw error }
        }
    }
}
