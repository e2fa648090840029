import Git
import SystemFiles
import Model
import SystemCalls

/// What repositories of git say, asked once in a run: what was planned is what is applied.
extension Linux {
    func commit(of name: GitRefName, at address: GitAddress) throws(HostFault) -> ProbeAnswer {
        try answer(.gitRef(name, of: address), "`\(name.text)` of \(address.text)", address) {
            (source) throws(GitFault) in .texts(["\(try source.id(of: name))"])
        }
    }

    func entries(of commit: GitCommitName, at address: GitAddress) throws(HostFault) -> ProbeAnswer {
        try answer(.gitTree(commit, of: address), "\(commit.text) of \(address.text)", address) {
            (source) throws(GitFault) in
            guard let id = GitID(commit.text) else { throw GitFault(.refused, "it is no commit") }
            let entries = try source.files(of: id).entries.map { path, body in
                let place = AbsolutePath.root.appending(path)
                return switch body {
                case .link(let target): TreeEntry(place, .link(target), Permissions(0o777))
                case .file(let content, let isExecutable):
                    TreeEntry(place, .file(content), Permissions(isExecutable ? 0o755 : 0o644))
                }
            }
            do throws(TreeLayout.Fault) {
                return .entries(try TreeLayout(entries).entries)
            } catch {
                throw GitFault(
                    .refused, "`\(error.path.text.dropFirst().printableLine(columns: 80))` in it \(error.reason)")
            }
        }
    }

    /// - Returns: unknown where another time, or a host that something else was done to, may give an answer.
    private func answer(
        _ probe: Probe, _ what: String, _ address: GitAddress,
        _ ask: (GitSource) throws(GitFault) -> ProbeAnswer
    ) throws(HostFault) -> ProbeAnswer {
        if let known = gitAnswers[probe] { return known }
        // A plan makes no folder of the state; without one, nothing is kept.
        let folder = StateFolder.path(below: rootPath), state = LocalFiles.exists(folder) ? folder : nil
        do throws(GitFault) {
            let answer = try ask(GitSource(address, below: rootPath, state: state))
            gitAnswers[probe] = answer
            return answer
        } catch {
            switch error.kind {
            case .unreachable, .failed: return .unknown("\(what) cannot be read: \(error.reason)")
            case .missing where address.directory != nil: return .unknown("\(what) cannot be read: \(error.reason)")
            case .refused, .corrupt, .missing: throw HostFault("take", what, error.reason)
            }
        }
    }
}
