public import Model
import SystemCalls
import Values

extension GitSite {
    /// Opens a folder of a commit.
    public static func opened(_ source: CommitSource) throws(SourceFault) -> GitSite {
        guard let revision = GitRevision(source.revision) else {
            let found = source.revision.isEmpty ? "nothing" : "`\(source.revision)`"
            throw SourceFault(
                .usage, "expected a branch, a tag or a commit behind `#`, found \(found)",
                hint: "DIR#REF or DIR#REF:FOLDER, such as site#main or site#v1.2:hosts")
        }
        guard let folder = folder(source.folder ?? "") else {
            throw SourceFault(
                .usage, "expected a folder of the commit behind `:`, found `\(source.folder ?? "")`",
                hint: "its path from the top of the repository, without `..`")
        }
        guard LocalStatus(of: source.directory)?.kind == .directory else {
            throw SourceFault(
                .missing, "expected the directory of a git repository, found none at `\(source.directory)`")
        }
        let repository: GitRepository
        do throws(GitFault) {
            repository = try GitRepository(at: LocalFiles.absolute(source.directory))
        } catch {
            throw SourceFault(error, hint: error.kind == .missing ? hint(of: source) : nil)
        }
        let objects = repository.objects, head: GitHead
        do throws(GitFault) {
            head = try repository.head(revision, from: objects).head
        } catch {
            let hint = error.kind == .missing ? Spelling.hint(for: revision.base, among: repository.names) : nil
            throw SourceFault(error, hint: hint)
        }
        do throws(GitFault) {
            return try GitSite(head, folder: folder, from: objects)
        } catch {
            throw SourceFault(error)
        }
    }

    /// The parts of a path in a commit; nil for what is none.
    private static func folder(_ text: String) -> [String]? {
        let plain = text.hasSuffix("/") ? text.dropLast() : text[...]
        if plain.isEmpty { return text.isEmpty ? [] : nil }
        let parts = plain.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        return parts.allSatisfy { GitName.problem(of: Array($0.utf8)) == nil } ? parts : nil
    }

    /// Where the repository is that one of its folders was given for.
    private static func hint(of source: CommitSource) -> String? {
        var above = LocalFiles.absolute(source.directory), below: [Substring] = []
        while let slash = above.lastIndex(of: "/"), slash > above.startIndex {
            below.insert(above[above.index(after: slash)...], at: 0)
            above = String(above[..<slash])
            if LocalFiles.exists("\(above)/.git") {
                let inside = below + (source.folder.map { [$0[...]] } ?? [])
                let place = CommitSource(
                    directory: above, revision: source.revision, folder: inside.joined(separator: "/"))
                return "the repository is above it: \(place.text)"
            }
        }
        return nil
    }

    /// The files and folders that decide which commit is read; none where the commit is named by its digits.
    public static func deciders(of source: CommitSource) -> [String] {
        if GitID(source.revision) != nil { return [] }
        return (try? GitRepository.deciders(of: source.directory)) ?? []
    }
}

extension SourceFault {
    init(_ fault: GitFault, hint: String? = nil) {
        let kind: Kind =
            switch fault.kind {
            case .missing: .missing
            case .refused, .corrupt: .refused
            case .unreachable, .failed: .failed
            }
        self.init(kind, fault.reason, hint: hint)
    }
}
