import Expressions
public import Model

extension Site {
    /// The inputs of a compilation.
    func inputs(_ compilation: Compilation, context: String, host: HostIdentity) -> CatalogArchive.Inputs {
        CatalogArchive.Inputs(
            context: context, host: host, files: files.digests,
            listings: files.listings.mapValues { Self.digest(of: $0) },
            facts: compilation.reads.mapValues { $0?.json })
    }

    static func digest(of listing: [String]) -> Digest { Digest(of: listing.joined(separator: "\u{0}")) }
}

extension CatalogArchive.Inputs {
    /// Whether a site and a host are still as a compilation read them.
    public func hold(in reader: any SiteReader, for target: CompilationTarget, context: String) -> Bool {
        guard context == self.context, target.identity == host, let source = target.facts else { return false }
        for (path, digest) in files {
            if !Self.isStill(digest, path, in: reader) { return false }
        }
        for (folder, digest) in listings {
            guard let paths = try? reader.paths(below: folder), Site.digest(of: paths) == digest else { return false }
        }
        for (path, value) in facts where path.hasPrefix("facts.") {
            if Self.value(of: path, in: source) != value { return false }
        }
        return true
    }

    /// Whether a file has the digest that it had; nil: whether there is still none.
    private static func isStill(_ digest: Digest?, _ path: String, in reader: any SiteReader) -> Bool {
        do throws(HostFault) {
            let bytes = try Digest { (sink) throws(HostFault) in try reader.read(path, sink) }
            return bytes.marked(path, in: reader) == digest
        } catch {
            return digest == nil && error.kind == .missing
        }
    }

    /// A fact by its path as JSON; `*` is the list of names.
    private static func value(of path: String, in source: any FactSource) -> String? {
        var parts = path.split(separator: ".").dropFirst()
        guard let first = parts.popFirst() else { return nil }
        if first == "*" { return Datum.list(source.names.map { .string($0) }).json }
        var value = (try? source.fact(String(first))) ?? nil
        for part in parts {
            if part == "*", case .map(let members)? = value { return Datum.list(members.map { .string($0.key) }).json }
            value = value?[String(part)]
        }
        return value?.json
    }
}

extension Digest {
    /// The digest of a file's bytes, and of whether a file below `files/` may be executed.
    func marked(_ path: String, in reader: any SiteReader) -> Digest {
        path.hasPrefix("files/") && reader.isExecutable(path) ? Digest(of: bytes + [1]) : self
    }
}
