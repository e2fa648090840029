public import Model
public import Signatures
import SystemCalls
import Values

/// A commit that was found, with the folder of it that is meant. Nothing of its tree is read before somebody asks for the site.
public struct GitCandidate {
    let head: GitHead
    /// The full name of the ref by which it was found.
    private let ref: String?
    let folder: [String]
    let objects: GitObjects

    /// The commit, by its 40 digits.
    public var commit: String { "\(head.id)" }
    /// Whether something was read of its repository that is not what its name says, or is not there.
    public var isDamaged: Bool { objects.isDamaged }
    /// The first line of its message, for people.
    public var subject: String { head.subject }

    /// The committer's date, in seconds since 1970; nil for a commit that is not as git writes it.
    public var time: Int64? { try? SignedObject(commit: head.bytes).maker.time }

    init(_ head: GitHead, ref: String?, folder: [String], from objects: GitObjects) {
        (self.head, self.ref, self.folder, self.objects) = (head, ref, folder, objects)
    }

    /// Finds the commit of a source in a repository of the host.
    public init(_ source: CommitSource) throws(SourceFault) {
        let (revision, folder) = try Self.parts(of: source)
        guard LocalStatus(of: source.directory)?.kind == .directory else {
            throw SourceFault(
                .missing, "expected the directory of a git repository, found none at `\(source.directory)`")
        }
        self.folder = folder
        let repository: GitRepository
        do throws(GitFault) {
            repository = try GitRepository(at: LocalFiles.absolute(source.directory))
        } catch {
            throw SourceFault(error, hint: error.kind == .missing ? Self.hint(of: source) : nil)
        }
        objects = repository.objects
        do throws(GitFault) {
            (head, ref) = try repository.head(revision, from: objects)
        } catch {
            let hint = error.kind == .missing ? Spelling.hint(for: revision.base, among: repository.names) : nil
            throw SourceFault(error, hint: hint)
        }
    }

    /// What is behind the `#`, as far as it can be read without the repository.
    static func parts(of source: CommitSource) throws(SourceFault) -> (GitRevision, folder: [String]) {
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
        return (revision, folder)
    }

    /// What is to be said of the commit, and before it of the annotated tag by which it was found.
    ///
    /// - Parameter now: seconds since 1970.
    public func verdicts(by policy: TrustPolicy, now: Int64) -> [Verdict] {
        var verdicts: [Verdict] = []
        if let tag = head.tags.first {
            // Who names a tag by the digits of its object means the one that it is.
            let name = ref.map { $0.hasPrefix("refs/tags/") ? String($0.dropFirst("refs/tags/".count)) : $0 }
            verdicts.append(policy.verdict(onTag: tag.bytes, named: name, of: commit, now: now))
        }
        return verdicts + [policy.verdict(onCommit: head.bytes, now: now)]
    }

    /// The site in the folder.
    ///
    /// - Parameter signer: who has signed the commit, for people.
    public func site(signedBy signer: String? = nil) throws(SourceFault) -> GitSite {
        do throws(GitFault) {
            return try GitSite(head, folder: folder, signer: signer, from: objects)
        } catch {
            throw SourceFault(error)
        }
    }

    /// The parts of a path in a commit; nil for what is none.
    private static func folder(_ text: String) -> [String]? {
        let plain = text.hasSuffix("/") ? text.dropLast() : text[...]
        if plain.isEmpty { return text.isEmpty ? [] : nil }
        let parts = plain.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        return parts.allSatisfy { SiteName.problem(of: Array($0.utf8)) == nil } ? parts : nil
    }

    /// Where the repository is that one of its folders was given for.
    private static func hint(of source: CommitSource) -> String? {
        let given = LocalFiles.absolute(source.directory)
        guard var place = CommitSource(checkedOutAt: given), place.directory != given else { return nil }
        place.revision = source.revision
        place.folder = [place.folder, source.folder].compactMap { $0 }.joined(separator: "/")
        return "the repository is above it: \(place.text)"
    }
}

extension CommitSource {
    /// The commit that is checked out in a directory, which may be a folder of the repository; nil where there is no repository.
    public init?(checkedOutAt path: String) {
        var place = LocalFiles.absolute(path), below: [Substring] = []
        while !LocalFiles.exists("\(place)/.git") {
            guard let slash = place.lastIndex(of: "/"), slash > place.startIndex else { return nil }
            below.insert(place[place.index(after: slash)...], at: 0)
            place = String(place[..<slash])
        }
        self.init(
            directory: place, revision: "HEAD", folder: below.isEmpty ? nil : below.joined(separator: "/"))
    }

    /// The files and folders that decide which commit is read; none where the commit is named by its digits.
    public var deciders: [String] {
        if GitID(revision) != nil { return [] }
        return (try? GitRepository.deciders(of: directory)) ?? []
    }
}

extension SourceFault {
    init(_ fault: GitFault, hint: String? = nil) {
        let kind: Kind =
            switch fault.kind {
            case .missing: .missing
            case .refused, .corrupt: .refused
            case .unreachable: .unreachable
            case .failed: .failed
            }
        self.init(kind, fault.reason, hint: hint)
    }
}
