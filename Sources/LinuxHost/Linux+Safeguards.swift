import SystemFiles
import Model
import SystemCalls

/// Files that let nobody in where they are wrong: their programs are asked about the whole configuration, as it would be.
extension Linux {
    /// Where they are now; known until a step may have changed it.
    var guardedPlaces: GuardedPlaces {
        if let guarded { return guarded }
        let found = GuardedPlaces(reading: self)
        guarded = found
        return found
    }

    /// Whether a path leads to one of them.
    func isGuarded(_ path: AbsolutePath) throws(HostFault) -> Bool {
        try !guardedPlaces.safeguards(at: place(of: path)).isEmpty
    }

    /// - Parameter kind: what a step makes of the path.
    func check(_ path: AbsolutePath, _ kind: GuardedChange.Kind, isSecret: Bool = false) throws(HostFault) {
        let change = GuardedChange(at: try place(of: path), kind), places = guardedPlaces
        let safeguards = places.safeguards(at: change.place)
        if safeguards.isEmpty { return }
        if let fault = try places.fault(of: change, at: path, on: self) { throw fault }
        // A link is as good as the file that it leads to.
        if case .link = kind, places.file(at: change.place) != nil, try !change.leadsToFile(on: self) {
            throw HostFault("validate", path.text, "the link leads to no file")
        }
        for safeguard in Safeguard.allCases where safeguards.contains(safeguard) {
            if change.isRemoval, try safeguard.missingProgram(for: path, on: self) != nil { continue }
            try ask(safeguard, of: path, change, isSecret: isSecret)
        }
    }

    private func ask(
        _ safeguard: Safeguard, of path: AbsolutePath, _ change: GuardedChange, isSecret: Bool
    ) throws(HostFault) {
        let trial = try SafeguardTrial(safeguard, of: change, on: self)
        guard let command = safeguard.trialCommand else {
            if let problem = try trial.problemOfService() { throw HostFault("validate", path.text, problem) }
            return
        }
        var run = CommandRun(.arguments(command.split(separator: " ").map(String.init)), timeout: .seconds(60))
        run.input = Content(trial.text)
        let ended = try execute(run)
        if ended.exitStatus == 0, !ended.hasTimedOut { return }
        if ended.hasTimedOut { throw HostFault("validate", path.text, "`\(command)` took more than 60 s") }
        if safeguard.isBesidesThePoint(ended.output) { return }
        let line = ended.output.textLines().first ?? ""
        let said = isSecret ? "(its output is hidden)" : trial.explained(String(line.prefix(200)))
        throw HostFault("validate", path.text, "`\(command)` ended with status \(ended.exitStatus): \(said)")
    }
}
