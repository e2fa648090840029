import Agent
import Model
import OperatorFiles
import SystemCalls

/// A site of the host that goes first, once, while the source does not answer.
struct Seed {
    /// A directory, a commit or a bundle.
    let source: SiteSource
    /// What the host is to follow; a bundle counts by the same keys.
    let converge: AgentSettings.Converge

    init(_ path: String, before converge: AgentSettings.Converge) {
        (source, self.converge) = (SiteSource(parsing: path).resolved, converge)
    }

    /// Applies it, or only reports, as the source will.
    ///
    /// - Returns: whether that is done; also where it can never be.
    func apply(below root: String) throws -> Bool {
        if let objection = source.objection() ?? (source.isFollowed ? missingTrust : nil) {
            Terminal.report("warning: the seed \(source.text) is not used: \(objection)")
            return true
        }
        Terminal.print("the source does not answer: \(source.text) goes first")
        var first = AgentSettings.Converge()
        (first.source, first.mode) = (source, converge.mode)
        if source.isFollowed {
            var trust = converge.trust ?? SourceTrustSettings()
            trust.authority = nil
            first.trust = trust
        }
        return try BootstrapConverge(first, root: root).run() == 0
    }

    private var missingTrust: String? {
        converge.trust == nil ? "expected whose bundles count, found nobody, since the source is of this host" : nil
    }
}
