public import Model
import SystemCalls
import Values

/// What a remote repository says, kept in a repository of ours: one branch or tag at a time, with its history.
public struct GitMirror {
    private let address: GitAddress
    /// nil: in a folder that goes again.
    private let path: String?
    /// A file of certificates to believe instead of the system's.
    private let authority: String?

    private static let fetched = "refs/lodestar/site"
    /// With more packs they are made one.
    private static let greatestPackCount = 50

    /// - Parameter state: the folder of the state; nil where nothing may be kept.
    public init(_ address: GitAddress, state: String?, authority: String? = nil) {
        self.address = address
        path = state.map { GitSource.mirror(of: address, in: $0, for: "site-") }
        self.authority = authority
    }

    /// Asks the remote side where a commit is, and brings what is not here yet.
    ///
    /// - Throws: `.unreachable` where it does not answer.
    public func candidate(_ source: CommitSource) throws(SourceFault) -> GitCandidate {
        try found(source) { (revision) throws(GitFault) in
            let ours = try opened(at: path)
            defer { ours.unlock() }
            if let id = GitID(revision.base), let head = try? ours.objects.head(id) { return (head, nil, ours) }
            let ref = try told(revision)
            do throws(GitFault) {
                return try brought(ref, revision, ours)
            } catch {
                // The remote side has answered: what is here may be damaged.
                if error.kind == .refused { throw error }
                guard let found = try renewed(ref, revision, ours) else { throw error }
                return found
            }
        }
    }

    /// The same with a mirror that is made anew, since something in this one is not what its name says.
    public func renewedCandidate(_ source: CommitSource) throws(SourceFault) -> GitCandidate {
        try found(source) { (revision) throws(GitFault) in
            let ours = try GitFolder(at: path, called: address.text, authority: authority)
            defer { ours.unlock() }
            guard let found = try renewed(try told(revision), revision, ours) else {
                throw GitFault(.corrupt, "what was brought has other bytes than its names say")
            }
            return found
        }
    }

    /// A commit that was brought before; the remote side is not asked.
    public func keptCandidate(_ commit: String, of source: CommitSource) throws(SourceFault) -> GitCandidate {
        var source = source
        source.revision = commit
        return try found(source) { (revision) throws(GitFault) in
            guard let id = GitID(revision.base) else { throw GitFault(.missing, "`\(commit)` is no commit") }
            let ours = try opened(at: path)
            defer { ours.unlock() }
            return (try ours.objects.head(id), nil, ours)
        }
    }

    /// Keeps a commit that was trusted, whatever the remote side has afterwards: without it a mirror forgets what no branch
    /// leads to any more.
    public func pin(_ commit: String, of source: CommitSource) throws(SourceFault) {
        guard let path, let id = GitID(commit) else { return }
        do throws(GitFault) {
            let ours = try GitFolder(at: path, called: address.text, authority: authority)
            defer { ours.unlock() }
            try ours.pin(id, as: String(Digest(of: source.text).hexadecimal.prefix(16)))
        } catch {
            throw SourceFault(error)
        }
    }

    private typealias Found = (head: GitHead, ref: String?, ours: GitFolder)

    private func found(
        _ source: CommitSource, _ find: (GitRevision) throws(GitFault) -> Found
    ) throws(SourceFault) -> GitCandidate {
        let (revision, folder) = try GitCandidate.parts(of: source)
        do throws(GitFault) {
            let found = try find(revision), objects = found.ours.objects
            let head = try revision.ancestor(of: found.head, from: objects)
            let ref = revision.parents.isEmpty ? found.ref : nil
            return GitCandidate(head, ref: ref, folder: folder, from: objects)
        } catch {
            throw SourceFault(error)
        }
    }

    private func opened(at path: String?) throws(GitFault) -> GitFolder {
        let ours = try GitFolder(at: path, called: address.text, authority: authority)
        try ours.prepare()
        return ours
    }

    /// Brings all into a new mirror, and puts that in the place of the old one only when it is whole.
    ///
    /// - Parameter ours: the old one; it is locked until the new one stands in its place.
    /// - Returns: nil where nothing is kept, so that nothing can be renewed.
    private func renewed(_ ref: Ref?, _ revision: GitRevision, _ ours: GitFolder) throws(GitFault) -> Found? {
        guard let path else { return nil }
        do throws(HostFault) { try LocalFiles.removeTree("\(path).new") } catch { throw GitFault(error) }
        let other = try opened(at: "\(path).new")
        _ = try brought(ref, revision, other)
        other.unlock()
        do throws(HostFault) {
            try LocalFiles.removeTree("\(path).aside")
            try LocalFiles.move(path, to: "\(path).aside")
            try LocalFiles.move("\(path).new", to: path)
            LocalFiles.remove("\(path).new.lock")
        } catch {
            throw GitFault(error)
        }
        try ours.prepare()
        return try brought(ref, revision, ours)
    }

    private typealias Ref = (name: String, id: GitID)

    /// What the remote side has under a name; nil for a commit by its digits.
    private func told(_ revision: GitRevision) throws(GitFault) -> Ref? {
        if GitID(revision.base) != nil { return nil }
        guard let name = GitRefName(revision.base) else { throw GitFault(.missing, "`\(revision.base)` is no name") }
        let asking = GitProgram(folder: "/dev/null", authority: authority)
        return try GitRefs(listed: try asking.output(["ls-remote", "--", address.text] + name.candidates)).ref(of: name)
    }

    private func brought(_ ref: Ref?, _ revision: GitRevision, _ ours: GitFolder) throws(GitFault) -> Found {
        let objects = ours.objects
        if let ref {
            let known = ours.id(of: Self.fetched)
            if known != ref.id || (try? objects.head(ref.id)) == nil {
                try ours.fetch(["+\(ref.name):\(Self.fetched)"], from: address)
                if path != nil { ours.packTogether(above: Self.greatestPackCount) }
            }
            // What was told may have moved on before it was brought.
            guard let id = ours.id(of: Self.fetched) else {
                throw GitFault(.missing, "the remote side has not brought `\(ref.name)`")
            }
            return (try objects.head(id), ref.name, ours)
        }
        guard let id = GitID(revision.base) else { throw GitFault(.missing, "`\(revision.base)` is no commit") }
        if let head = try? objects.head(id) { return (head, nil, ours) }
        do throws(GitFault) {
            try ours.fetch(["+\(id):\(Self.fetched)"], from: address)
        } catch {
            // Not every server gives a commit by its name.
            if error.kind != .unreachable { throw error }
            try ours.fetch(["+refs/heads/*:refs/remote/heads/*", "+refs/tags/*:refs/remote/tags/*"], from: address)
        }
        return (try objects.head(id), nil, ours)
    }
}
