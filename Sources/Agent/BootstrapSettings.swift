public import Model
import YAML

/// What a host is to become at its first boot: whom it follows, and by which keys.
public struct BootstrapSettings: Sendable {
    /// The source, the trust and the mode of the agent to be.
    public var converge = AgentSettings.Converge()
    /// A site of the host, such as a bundle, that is applied while the source does not answer; nil for none.
    public var seed: AbsolutePath?

    public static let path = "/\(OwnPaths.settings)/bootstrap.yaml"

    public init() { converge.mode = .apply }

    /// Reads `bootstrap.yaml`: `source` as agent.yaml has it, `mode` (apply by default) and `seed`.
    ///
    /// - Parameter path: what the places name.
    public static func read(_ bytes: [UInt8], path: String, into diagnostics: inout Diagnostics) -> BootstrapSettings {
        var settings = BootstrapSettings()
        guard let root = YAMLReader.read(SourceText(bytes, path: path), into: &diagnostics) else { return settings }
        let reader = NodeReader(root, allowed: ["source", "mode", "seed"], what: "bootstrap.yaml", into: &diagnostics)
        settings.converge.readSource(reader, into: &diagnostics)
        reader.read("mode", &settings.converge.mode, into: &diagnostics)
        settings.seed = reader.decoded("seed", into: &diagnostics)
        if settings.converge.source == nil, !diagnostics.hasErrors {
            diagnostics.add(Diagnostic("expected `source`, found none", at: root.place))
        }
        return settings
    }

    /// Reads `lodestar.source=`, `lodestar.key=`, `lodestar.mode=` and `lodestar.seed=` of a kernel's command line.
    ///
    /// - Returns: nil where it names no source.
    public static func read(kernel words: [String], into diagnostics: inout Diagnostics) -> BootstrapSettings? {
        func values(_ name: String) -> [String] {
            words.compactMap { $0.hasPrefix("lodestar.\(name)=") ? String($0.dropFirst(name.utf8.count + 10)) : nil }
        }
        guard let text = values("source").last else { return nil }
        var settings = BootstrapSettings(), trust = SourceTrustSettings()
        let source = SiteSource(parsing: text)
        if let problem = source.problemToFollow {
            diagnostics.add(Diagnostic("lodestar.source: \(problem.reason)", at: nil, hint: problem.hint))
        }
        settings.converge.source = source
        trust.keys = values("key")
        for key in trust.keys where !SourceTrustSettings.isFingerprint(key) {
            diagnostics.add(
                Diagnostic("lodestar.key: expected a fingerprint such as SHA256:..., found `\(key)`", at: nil))
        }
        if source.isFollowed {
            settings.converge.trust = trust
            if trust.keys.isEmpty {
                diagnostics.add(
                    Diagnostic("expected lodestar.key=SHA256:... beside lodestar.source, found none", at: nil))
            }
        }
        if let seed = values("seed").last {
            settings.seed = AbsolutePath(seed)
            if settings.seed == nil {
                diagnostics.add(Diagnostic("lodestar.seed: expected an absolute path, found `\(seed)`", at: nil))
            }
        }
        if let mode = values("mode").last {
            guard let known = AgentSettings.Mode(rawValue: mode) else {
                diagnostics.add(Diagnostic("lodestar.mode: expected report or apply, found `\(mode)`", at: nil))
                return settings
            }
            settings.converge.mode = known
        }
        return settings
    }
}
