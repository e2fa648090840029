import Model

extension SourceStatus {
    /// As it is kept in a file.
    var datum: Datum {
        [
            "answer": Self.text(answer?.rawValue), "since": Self.number(since), "attempt": Self.number(attempt),
            "success": Self.number(success), "failures": .int(Int64(failureCount)),
            "taken": taken.map {
                [
                    "commit": .string($0.commit), "subject": .string($0.subject), "signer": Self.text($0.signer),
                    "key": Self.text($0.key), "made": Self.number($0.made), "time": .int($0.time),
                ]
            } ?? .null,
            "candidate": Self.text(candidate), "candidate_key": Self.text(candidateKey), "reason": Self.text(reason),
        ]
    }

    /// Reads what `datum` made; a part that is none counts as missing.
    init(_ datum: Datum) {
        answer = Self.text(datum["answer"]).flatMap { Answer(rawValue: $0) }
        (since, attempt, success) = (
            Self.time(datum["since"]), Self.time(datum["attempt"]), Self.time(datum["success"])
        )
        failureCount = Self.time(datum["failures"]).map { Int(clamping: $0) } ?? 0
        if let part = datum["taken"], let commit = Self.text(part["commit"]), GitCommitName(commit) != nil,
            let time = Self.time(part["time"])
        {
            taken = TakenCommit(
                commit: commit, subject: Self.text(part["subject"]) ?? "", signer: Self.text(part["signer"]),
                key: Self.text(part["key"]), made: Self.time(part["made"]), time: time)
        }
        (candidate, candidateKey) = (Self.text(datum["candidate"]), Self.text(datum["candidate_key"]))
        reason = Self.text(datum["reason"])
    }

    private static func text(_ text: String?) -> Datum { text.map { .string($0) } ?? .null }

    private static func number(_ number: Int64?) -> Datum { number.map { .int($0) } ?? .null }

    private static func text(_ datum: Datum?) -> String? {
        if case .string(let text)? = datum { text } else { nil }
    }

    /// nil for what no clock has shown, since a damaged file may hold any number.
    static func time(_ datum: Datum?) -> Int64? {
        guard case .int(let time)? = datum, (0..<253_402_300_800).contains(time) else { return nil }
        return time
    }
}
