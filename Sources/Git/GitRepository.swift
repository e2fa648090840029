import Model
import SystemCalls

/// A repository of the host, read in place through an empty one of ours, for the program that runs now.
struct GitRepository {
    private let layout: GitLayout
    private let ours: GitFolder

    init(at directory: String) throws(GitFault) {
        layout = try GitLayout(following: directory)
        ours = try GitFolder(at: nil, called: directory)
        try ours.prepare(alternates: LocalFiles.absolute(layout.objects))
    }

    var objects: GitObjects { ours.objects }

    /// A commit by what it is called, with the full name of the ref where it is called by one.
    func head(_ revision: GitRevision, from objects: GitObjects) throws(GitFault) -> (head: GitHead, ref: String?) {
        let (id, ref) = try id(of: revision)
        let head = try revision.ancestor(of: try objects.head(id), from: objects)
        return (head, revision.parents.isEmpty ? ref : nil)
    }

    private func id(of revision: GitRevision) throws(GitFault) -> (GitID, ref: String?) {
        if let id = GitID(revision.base) { return (id, nil) }
        guard let name = GitRefName(revision.base) else { throw GitFault(.missing, "`\(revision.base)` is no name") }
        let candidates = name.candidates + (name.candidates.count > 1 ? ["refs/remotes/\(name.text)"] : [])
        do throws(GitFault) {
            let (full, id) = try GitRefs(of: candidates, in: layout).ref(of: name, among: candidates)
            return (id, full)
        } catch {
            guard error.kind == .missing, revision.isAbbreviation,
                let id = try ours.commit(beginningWith: revision.base)
            else { throw error }
            return (id, nil)
        }
    }

    /// The names that one may have meant.
    var names: [String] { GitRefs.names(in: layout) }

    /// The places that decide which commit a ref stands for.
    static func deciders(of directory: String) throws(GitFault) -> [String] {
        let layout = try GitLayout(following: directory)
        return ["\(layout.common)/refs", "\(layout.common)/packed-refs", "\(layout.folder)/HEAD"]
    }
}
