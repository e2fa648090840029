import SystemFiles
import Model
import SystemCalls

/// Reading the lists of one source before it is in its place, so that one which cannot be read never is.
extension Apt {
    func read(_ trial: SourceTrial) throws(HostFault) {
        let folder = (trial.file.parent ?? .root).appending(Linux.temporaryName())
        let file = folder.appending("trial.sources"), key = folder.appending("trial.asc")
        let signature = trial.key == nil ? "" : "Signed-By: \(key)\n"
        // The account of apt's sandbox reads the key.
        let open = Attributes(mode: FileMode(Permissions(0o755))),
            readable = Attributes(mode: FileMode(Permissions(0o644)))
        var steps: [FileStep] = [
            .makeDirectory(DirectoryCreation(folder, attributes: open)),
            .write(
                FileWrite(
                    file, content: Content(trial.definition + signature), attributes: readable, replaced: .nothing)),
        ]
        if let content = trial.key {
            steps.append(.write(FileWrite(key, content: content, attributes: readable, replaced: .nothing)))
        }
        defer { _ = host.performFiles([.remove(Removal(folder, kind: .directory, isRecursive: true))]) }
        for result in host.performFiles(steps) { _ = try result.get() }
        // Whose signature does not count may have one that nobody can verify: that is a warning, and stays one.
        let isTrusted = SourceStanzas(parsing: Array(trial.definition.utf8)).sources.first?.isSet("trusted") == true
        let settings =
            [
                "Dir::Etc::sourcelist=\(file)", "Dir::Etc::sourceparts=-", "APT::Get::List-Cleanup=0",
            ] + (isTrusted ? [] : ["APT::Update::Error-Mode=any"])
        let words = ["apt-get", "-q", "update"] + settings.flatMap { ["-o", $0] }
        let ended = try runPackageManager(words, timeout: .seconds(900))
        host.forgetAll()
        let complaints = AptOutput.sourceComplaints(ended.output, isTrusted: isTrusted)
        if ended.exitStatus == 0, !ended.hasTimedOut, complaints.isEmpty { return }
        let said = complaints.isEmpty ? ended.complaint : complaints
        throw HostFault(
            "read the lists of", trial.file.name,
            said.replacing(file.text, with: trial.file.text).replacing(key.text, with: "the key"))
    }
}
