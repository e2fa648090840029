public import Model

/// The result of compiling a site for one host.
public struct Compilation {
    /// nil where there are errors.
    public var catalog: Catalog?
    public var diagnostics: Diagnostics
    /// The labels of the host, by the inventory.
    public var labels: [Datum.Member]
    /// The facts and labels that were read, by path such as `facts.os.id`; nil for those that the host lacks.
    public var reads: [String: Datum?]
    /// The composites that the catalog has the parts of, as they were declared.
    public var composites: [Declaration]
    let pieces: [Piece]
    let data: DataLayers
}

extension Site {
    /// Compiles the site for one host. All diagnostics are collected, the site's own among them.
    ///
    /// - Parameter hasDigest: whether the catalog has a digest, for which all that was read of the site is hashed; where
    ///   many hosts are compiled one after the other, that is most of the work, and none of them needs it.
    public func compilation(for target: CompilationTarget, hasDigest: Bool = true) -> Compilation {
        let scope = HostScope(target, files: files, secrets: secrets)
        return HostCompilation(self, scope, areFactsKnown: target.facts != nil).compilation(hasDigest: hasDigest)
    }
}
