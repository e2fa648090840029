/// Where a site comes from, as an operator names it: on a command line, in the agent's settings, in a saved plan.
///
/// Another kind of source is a case here; `parsing` tells it from a directory, and `opened()` of OperatorFiles opens it.
public enum SiteSource: Sendable, Hashable {
    /// The path of a directory.
    case directory(String)
    /// A commit of a repository of the host. A directory that has the whole text as its name is meant before: only who
    /// opens the site can know.
    case commit(CommitSource)
    /// A commit of a repository somewhere else, whose address stands for the directory. Without a ref it is HEAD.
    case remote(CommitSource)
    /// A bundle: a file of the host, where a directory of that name is meant before, or one on the web.
    case bundle(BundleSource)

    public init(parsing text: String) {
        let source = CommitSource(parsing: text)
        if WebAddress.isMeant(by: text), let bundle = BundleSource(parsing: text) {
            self = .bundle(bundle)
        } else if CommitSource.isRemote(source?.directory ?? text) {
            self = .remote(source ?? CommitSource(directory: text, revision: "HEAD"))
        } else if let bundle = BundleSource(parsing: text) {
            self = .bundle(bundle)
        } else {
            self = source.map { .commit($0) } ?? .directory(text)
        }
    }

    /// The text for people, without a password.
    public var shown: String {
        switch self {
        case .directory, .commit: text
        case .bundle(let source) where !source.isOnWeb: text
        case .remote, .bundle: WebAddress.withoutPassword(text)
        }
    }

    /// The text that `init(parsing:)` reads.
    public var text: String {
        switch self {
        case .directory(let path): path
        case .commit(let source), .remote(let source): source.text
        case .bundle(let source): source.text
        }
    }

    /// Why nobody can follow it, with what is to be written instead; nil where it can be followed.
    public var problemToFollow: (reason: String, hint: String)? {
        switch self {
        case .remote(let source) where BundleSource.isName(source.directory): BundleSource.elsewhere
        case .bundle(let source) where source.addressProblem != nil:
            (source.addressProblem ?? "", BundleSource.elsewhere.hint)
        case .bundle(let source) where source.commit != nil:
            (
                "expected a bundle that is followed to each commit, found one of one commit, \(source.text)",
                "write \(source.path): which commits may come says the signers' list; `lodestar apply \(source.text)` takes this one once"
            )
        case .directory, .commit, .remote, .bundle: nil
        }
    }

    /// Whether somebody decides by a signature what it holds: one of another place, or a bundle.
    public var isFollowed: Bool {
        switch self {
        case .directory, .commit: false
        case .remote, .bundle: true
        }
    }
}

/// `DIR#REF` or `DIR#REF:FOLDER`: a folder of a commit of the repository in a directory.
public struct CommitSource: Sendable, Hashable {
    public var directory: String
    /// What git calls a revision: a branch, a tag, a commit.
    public var revision: String
    /// The folder of the commit in which the site is; nil for all of it.
    public var folder: String?

    public init(directory: String, revision: String, folder: String? = nil) {
        self.directory = directory
        self.revision = revision
        self.folder = folder
    }

    /// The last `#` is where the directory ends, and the first `:` behind it is where the folder begins.
    ///
    /// - Returns: nil for a text without `#`.
    init?(parsing text: String) {
        guard let mark = text.lastIndex(of: "#") else { return nil }
        directory = String(text[..<mark])
        let rest = text[text.index(after: mark)...]
        let parts = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        revision = String(parts[0])
        folder = parts.count == 2 ? String(parts[1]) : nil
    }

    public var text: String { "\(directory)#\(revision)" + (folder.map { ":\($0)" } ?? "") }

    /// Whether a text is the address of a repository somewhere else, whether or not it can be read: with a scheme, or `USER@HOST:PATH`.
    static func isRemote(_ text: String) -> Bool {
        let start = text.utf8.prefix { $0 != UInt8(ascii: "/") }
        guard let colon = start.firstIndex(of: UInt8(ascii: ":")) else { return false }
        if text[colon...].hasPrefix("://"), text[..<colon].isASCIIWord(or: "+-.") { return true }
        return start[..<colon].contains(UInt8(ascii: "@"))
    }
}
