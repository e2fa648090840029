import HostFiles
import Model
import SystemCalls

/// Files that let nobody in where they are wrong: their programs are asked about the whole configuration, as it would be.
extension Linux {
    /// - Parameter bytes: what the file will be; nil where it goes.
    func check(_ safeguard: Safeguard, of path: AbsolutePath, _ bytes: [UInt8]?, isSecret: Bool) throws(HostFault) {
        try safeguard.check(path, isRemoval: bytes == nil, on: self)
        guard let command = safeguard.trialCommand else {
            if let problem = try bytes.flatMap({ (bytes) throws(HostFault) in
                try PamService(parsing: bytes).problem(on: self)
            }) {
                throw HostFault("validate", path.text, problem)
            }
            return
        }
        let trial = try SafeguardTrial(safeguard, of: path, bytes, on: self)
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

    /// A link is as good as the file that it leads to.
    func checkSafeguard(of creation: LinkCreation) throws(HostFault) {
        guard let safeguard = Safeguard(of: creation.path) else { return }
        guard let target = creation.path.parent?.target(ofLink: creation.target), try status(of: target)?.kind == .file
        else {
            throw HostFault("validate", creation.path.text, "the link leads to no file")
        }
        try check(safeguard, of: creation.path, try contents(of: target, limit: 1 << 20), isSecret: false)
    }
}
