import Model

extension SourceStatus {
    /// As it is kept in a file.
    var datum: Datum {
        [
            "answer": Self.text(answer?.rawValue), "since": Self.number(since), "attempt": Self.number(attempt),
            "success": Self.number(success), "failures": .int(Int64(failureCount)),
            "taken": Self.datum(of: taken), "current": Self.datum(of: current),
            "pending": pending.map { ["commit": .string($0.commit), "until": .int($0.until)] } ?? .null,
            "seen": .map(seen.sorted { $0.key < $1.key }.map { .init($0.key, .int($0.value)) }),
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
        (taken, current) = (Self.commit(datum["taken"]), Self.commit(datum["current"]))
        if let commit = Self.text(datum["pending"]?["commit"]), GitCommitName(commit) != nil,
            let until = Self.time(datum["pending"]?["until"])
        {
            pending = PendingCommit(commit: commit, until: until)
        }
        if case .map(let members)? = datum["seen"] {
            for member in members { seen[member.key] = Self.time(member.value) }
        }
        (candidate, candidateKey) = (Self.text(datum["candidate"]), Self.text(datum["candidate_key"]))
        reason = Self.text(datum["reason"])
    }

    private static func datum(of commit: TakenCommit?) -> Datum {
        guard let commit else { return .null }
        return [
            "commit": .string(commit.commit), "subject": .string(commit.subject), "signer": text(commit.signer),
            "key": text(commit.key), "made": number(commit.made), "time": .int(commit.time),
        ]
    }

    private static func commit(_ datum: Datum?) -> TakenCommit? {
        guard let commit = text(datum?["commit"]), GitCommitName(commit) != nil, let time = time(datum?["time"]) else {
            return nil
        }
        return TakenCommit(
            commit: commit, subject: text(datum?["subject"]) ?? "", signer: text(datum?["signer"]),
            key: text(datum?["key"]), made: Self.time(datum?["made"]), time: time)
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
