import Model
import SystemCalls

/// The lane of trials: a question asked again and again until it was answered for long enough, or too late.
extension Linux {
    private static let pauseMilliseconds = 250
    private static let attemptMilliseconds = 5000

    /// What one attempt found: nil where it was answered as it must be, else what was answered.
    private typealias Complaint = String

    func perform(_ trial: Trial) throws(HostFault) -> StepOutput {
        let start = SystemClock.monotonicNanoseconds
        let within = UInt64(trial.within.wholeMilliseconds) * 1_000_000
        let hold = UInt64(trial.hold.wholeMilliseconds) * 1_000_000
        var since: UInt64?, invocation: String?, last = "nothing"
        while true {
            if Interrupts.signal != nil { throw HostFault("try", trial.subject, "the run was interrupted") }
            let now = SystemClock.monotonicNanoseconds
            var present: (invocation: String, complaint: Complaint?)?
            if let unit = trial.unit { present = try state(of: unit) }
            var complaint = present?.complaint
            if complaint == nil { complaint = try self.complaint(about: trial) }
            if let complaint {
                last = since.map { "\(complaint), after \(Self.span(now - $0)) in which it held" } ?? complaint
                since = nil
            } else if let unit = present, let began = since, unit.invocation != invocation {
                let held = "after \(Self.span(now - began)) in which it held"
                last = "\(trial.unit ?? "the unit") ended and was started again, \(held)"
                since = nil
            } else {
                since = since ?? now
            }
            invocation = present?.invocation
            let after = SystemClock.monotonicNanoseconds
            if let since, after - since >= hold { return StepOutput() }
            if since == nil, after - start >= within {
                throw HostFault("prove", trial.subject, "expected \(trial.demand), found \(last)", kind: .disproof)
            }
            SystemClock.sleep(milliseconds: Self.pauseMilliseconds)
        }
    }

    private static func span(_ nanoseconds: UInt64) -> String { Duration.milliseconds(nanoseconds / 1_000_000).text }

    /// Which run of a unit it is, and what is wrong with it.
    private func state(of unit: String) throws(HostFault) -> (invocation: String, complaint: Complaint?) {
        let values = try properties(["ActiveState", "Result", "InvocationID"], of: unit)
        let state = values["ActiveState"] ?? "unknown", result = values["Result"] ?? ""
        let isActive = state == "active" || state == "reloading"
        let reason = result.isEmpty || result == "success" ? "" : " (\(result))"
        return (values["InvocationID"] ?? "", isActive ? nil : "\(unit) is \(state)\(reason)".printable)
    }

    /// One attempt.
    private func complaint(about trial: Trial) throws(HostFault) -> Complaint? {
        switch trial.question {
        case .http(let target, let status):
            return Self.attempt { () throws(HostFault) in
                let answer = try Self.answer(of: target)
                guard let found = answer.status, found > 0 else { return "something that is no HTTP" }
                if let status, found != status { return "status \(found)" }
                if status == nil, !(200...299).contains(found) { return "status \(found)" }
                return Self.absence(of: trial.expected, in: answer.body)
            }
        case .tcp(let target):
            return Self.attempt { () throws(HostFault) in
                let connection = try Connection(
                    to: target.address, port: target.port, timeoutMilliseconds: Self.attemptMilliseconds)
                guard let expected = trial.expected else { return nil }
                var bytes: [UInt8] = []
                while bytes.count < 1 << 16, Self.absence(of: expected, in: bytes) != nil {
                    let more = try connection.receive(atMost: 4096)
                    if more.isEmpty { break }
                    bytes += more
                }
                return Self.absence(of: expected, in: bytes)
            }
        case .command(let run):
            do throws(HostFault) {
                let ended = try execute(run)
                if ended.wasInterrupted { throw HostFault("try", trial.subject, "the run was interrupted") }
                if ended.hasTimedOut { return "nothing within \(run.timeout.text)" }
                if ended.exitStatus != 0 {
                    let line = ended.output.textLines().last.map { ": \($0.prefix(200))" } ?? ""
                    return "status \(ended.exitStatus)\(line)".printable
                }
                return Self.absence(of: trial.expected, in: Array(ended.output.utf8))
            } catch {
                return Interrupts.signal == nil ? error.reason : nil
            }
        }
    }

    private static func attempt(_ ask: () throws(HostFault) -> Complaint?) -> Complaint? {
        do throws(HostFault) {
            return try ask()
        } catch {
            return error.reason
        }
    }

    private static func answer(of target: HTTPTarget) throws(HostFault) -> HTTPAnswer {
        let connection = try Connection(
            to: target.socket.address, port: target.socket.port, timeoutMilliseconds: attemptMilliseconds)
        let request = """
            GET \(target.path) HTTP/1.1\r
            Host: \(target.host)\r
            User-Agent: lodestar\r
            Accept: */*\r
            Connection: close\r
            \r

            """
        try connection.send(Array(request.utf8))
        var answer = HTTPAnswer()
        while true {
            let more = try connection.receive(atMost: 1 << 16)
            if more.isEmpty || answer.take(more) { return answer }
        }
    }

    private static func absence(of expected: String?, in bytes: [UInt8]) -> Complaint? {
        guard let expected, !expected.utf8.isEmpty else { return nil }
        let text = Array(expected.utf8)
        var position = 0
        while position + text.count <= bytes.count {
            if bytes[position] == text[0], bytes[position..<(position + text.count)].elementsEqual(text) { return nil }
            position += 1
        }
        let line = String(decoding: bytes.prefix(80), as: UTF8.self).textLines().first.map {
            ", which begins with \(Node.quoted(String($0)))"
        }
        return "an answer without \(Node.quoted(expected))" + (line ?? "")
    }
}
