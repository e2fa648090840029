public import Model
import SystemCalls
import Values

/// A repository, somewhere else or on the host, read through one of ours.
///
/// A remote one is mirrored in `source/NAME.git` in the folder of the state, commit by commit and without history. One of the
/// host is read in place: ours has its objects as alternates, so that its own settings are never read.
public struct GitSource {
    private let address: GitAddress
    /// Where it is, where it is one of the host.
    private let directory: String?
    /// nil: in a folder that goes again.
    private let mirror: String?

    /// How many commits a mirror keeps before it is made anew.
    private static let greatestCount = 20

    /// - Parameters:
    ///   - root: the managed root, which the paths of the host are below.
    ///   - state: the folder of the state; nil where nothing may be kept.
    public init(_ address: GitAddress, below root: String, state: String?) {
        self.address = address
        // The program runs in another directory than this one.
        directory = address.directory.map { LocalFiles.place($0.text, below: LocalFiles.absolute(root)) }
        mirror = directory == nil ? state.map { Self.mirror(of: address, in: $0) } : nil
    }

    /// Where what is read of a repository is kept, in a folder of the state.
    ///
    /// - Parameter use: other uses have other places.
    static func mirror(of address: GitAddress, in state: String, for use: String = "") -> String {
        "\(LocalFiles.absolute(state))/source/\(use)\(name(of: address)).git"
    }

    /// The last word of the address and a digest of all of it.
    private static func name(of address: GitAddress) -> String {
        let last = address.text.split(whereSeparator: { $0 == "/" || $0 == ":" }).last ?? ""
        return KeptName.text(last.hasSuffix(".git") ? last.dropLast(4) : last, of: address.text)
    }

    /// What a branch or a tag stands for now. Nothing is written.
    public func id(of ref: GitRefName) throws(GitFault) -> GitID {
        if let directory {
            return try GitRefs(of: ref.candidates, in: try GitLayout(at: directory)).id(of: ref)
        }
        // No repository of ours has to be there for this.
        let asking = GitProgram(folder: "/dev/null")
        let names = ref.candidates.flatMap { [$0, "\($0)^{}"] }
        return try GitRefs(listed: try asking.output(["ls-remote", "--", address.text] + names)).id(of: ref)
    }

    /// The files of a commit, each read and hashed; fetched where ours has them not.
    public func files(of id: GitID) throws(GitFault) -> GitFiles {
        let ours = try GitFolder(at: mirror, called: address.text)
        defer { ours.unlock() }
        if let directory {
            try ours.prepare(alternates: try GitLayout(at: directory).objects)
            return try ours.files(of: id)
        }
        try ours.prepare(keepingAtMost: Self.greatestCount)
        do throws(GitFault) {
            return try ours.files(of: id)
        } catch {
            switch error.kind {
            case .refused, .unreachable, .failed: throw error
            case .corrupt: try ours.putAside()
            // Git asks for nothing that a ref of ours already stands for.
            case .missing: if ours.hasRef(to: id) { try ours.putAside() }
            }
        }
        try ours.fetch(id, from: address)
        return try ours.files(of: id)
    }
}
