import Git
public import Model
import SystemCalls

extension SiteSource {
    /// The commit that a directory has checked out, where the directory has its files and no others; the source itself where it is no
    /// directory.
    ///
    /// - Parameter output: a file that is about to be written, which may be in the directory.
    /// - Throws: for a directory with edits that nobody has committed, with the path of one of them.
    public func committed(besides output: String? = nil) throws(SourceFault) -> SiteSource {
        guard case .directory(let path) = settled else { return self }
        let missing = SourceFault(.missing, "expected the directory of a site, found none")
        guard LocalStatus(of: path)?.kind == .directory else { throw missing }
        guard let commit = CommitSource(checkedOutAt: path) else {
            throw SourceFault(
                .refused, "expected a directory of a git repository, found one of none",
                hint: "a bundle is of a commit: `git init`, `git add -A` and `git commit` make one")
        }
        let source = SiteSource.commit(commit), site = try source.opened().reader
        try SourceFault.catching {
            guard let directory = try DirectorySite(path) else { throw missing }
            let output = output.map { SiteSource.bundle(BundleSource(path: $0)).resolved.text }
            let top = LocalFiles.absolute(path)
            guard let path = try Self.difference(of: directory, from: site, besides: { "\(top)/\($0)" == output })
            else { return }
            throw SourceFault(
                .refused, "expected the files of the commit, found others: \(path.printableLine(columns: 80))",
                hint: "commit them, or take the commit as it is: \(commit.text)")
        }
        return source
    }

    /// The first path at which two sites differ; nil where they do not.
    private static func difference(
        of one: any SiteReader, from other: any SiteReader, besides isLeftOut: (String) -> Bool
    ) throws -> String? {
        let paths = Set(try one.paths(below: "")).union(try other.paths(below: "")).sorted()
        return try paths.first { path in
            if try other.byteCount(of: path) == nil, isLeftOut(path) { return false }
            guard let count = try one.byteCount(of: path), count == (try other.byteCount(of: path)),
                one.isExecutable(path) == other.isExecutable(path)
            else { return true }
            return try digest(of: path, in: one) != digest(of: path, in: other)
        }
    }

    private static func digest(of path: String, in site: any SiteReader) throws(HostFault) -> Digest {
        try Digest { (sink) throws(HostFault) in try site.read(path, sink) }
    }
}
