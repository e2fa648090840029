import SystemFiles
import Model
import SystemCalls

/// Names that the files lack, asked of the host's own C library by getent(1): a child with a time limit, once for each name.
extension Linux {
    private static let nameTimeout = Duration.seconds(10)

    func named(_ database: NameDatabase, _ key: String) throws(HostFault) -> ProbeAnswer {
        guard isRunning else { return .line(nil) }
        let file = try document(NameServiceSwitch.self, at: AbsolutePath.root.appending("etc/nsswitch.conf"))
        guard let file, file.hasOthers(database), !key.isEmpty, !key.hasPrefix("-") else { return .line(nil) }
        if let known = names.answers[database]?[key] { return known }
        // A source that hangs is not asked again.
        if let problem = names.problem { return .unknown(problem) }
        let answer = try ask(database, key)
        if case .unknown(let reason) = answer { names.problem = reason }
        names.answers[database, default: [:]][key] = answer
        return answer
    }

    private func ask(_ database: NameDatabase, _ key: String) throws(HostFault) -> ProbeAnswer {
        let words = ["getent", database.rawValue, key]
        let ended: ChildResult
        do throws(HostFault) {
            ended = try execute(CommandRun(.arguments(words), timeout: Self.nameTimeout))
        } catch {
            // A host without getent has no sources that it could load.
            return .line(nil)
        }
        if ended.hasTimedOut { return .unknown("getent took more than \(Self.nameTimeout)") }
        let line = ended.output.textLines().first.map(String.init)
        switch ended.exitStatus {
        case 0: return .line(line)
        case 2: return .line(nil)
        default: return .unknown("getent ended with status \(ended.exitStatus)")
        }
    }
}

/// The answers of the name service in this run.
struct NameAnswers {
    var answers: [NameDatabase: [String: ProbeAnswer]] = [:]
    /// Why it is not asked any more.
    var problem: String?

    /// Forgets what was not found: a command may have brought it.
    mutating func forgetMissing() {
        answers = answers.mapValues { $0.filter { $0.value != .line(nil) } }
    }
}
