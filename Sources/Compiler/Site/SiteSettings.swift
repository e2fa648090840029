import Model
import YAML

/// The settings of `site.yaml`.
struct SiteSettings {
    /// How the values of several layers for one key become one.
    enum Merge: String, FieldValue, CaseIterable {
        /// The most specific layer's value.
        case first
        /// The lists one after the other, the most specific first.
        case append
        /// The mappings merged at every depth, the most specific winning.
        case deep
    }

    var name = ""
    var layers: [Pattern] = []
    var merge: [String: Merge] = [:]
    var safety = Safety()
    var stages = Stages()

    static let file = "site.yaml"
    private static let keys = ["site", "engine", "layers", "merge", "safety", "stages"]

    /// The names that a layer's path may use.
    static let layerNames: Set<String> = ["facts", "labels", "host"]

    static func read(_ files: SiteFiles, engine: EngineVersion, into diagnostics: inout Diagnostics) -> SiteSettings {
        var settings = SiteSettings()
        guard let (root, source) = files.yaml(file, into: &diagnostics) else {
            if !diagnostics.hasErrors {
                diagnostics.add(
                    Diagnostic(
                        "expected a file `site.yaml` in \(files.reader.revision), found none", at: nil,
                        hint: "`lodestar init DIR` makes a small site to start from"))
            }
            return settings
        }
        let keyed = NodeReader(root, allowed: keys, what: "site.yaml", into: &diagnostics)
        if let name = keyed["site"] {
            settings.name = name.decoded(String.self, as: "site", into: &diagnostics) ?? ""
        } else {
            diagnostics.add(Diagnostic("expected `site: NAME`, found none", at: root.place))
        }
        if let node = keyed["engine"] { engine.check(node, into: &diagnostics) }
        if let node = keyed["layers"] { settings.readLayers(node, source, into: &diagnostics) }
        for entry in keyed["merge"].map({ NodeReader.entries(of: $0, what: "merge", into: &diagnostics) }) ?? [] {
            settings.merge[entry.key] = entry.value.decoded(Merge.self, as: entry.key, into: &diagnostics)
        }
        if let node = keyed["stages"] { settings.stages = .read(node, source, into: &diagnostics) }
        if let node = keyed["safety"] {
            let safety = NodeReader(node, allowed: ["max_removals", "confirm"], what: "safety", into: &diagnostics)
            settings.safety.maximumRemovals =
                safety["max_removals"]?.decoded(
                    RemovalLimit.self, as: "max_removals", into: &diagnostics)?.count
            settings.safety.confirmationTime =
                safety["confirm"]?.decoded(
                    ConfirmationTime.self, as: "confirm", into: &diagnostics)?.duration
        }
        return settings
    }

    private mutating func readLayers(_ node: Node, _ source: SourceText, into diagnostics: inout Diagnostics) {
        guard case .list(let items) = node.content else {
            diagnostics.add(Diagnostic("`layers`: expected a list of paths, found \(node.found)", at: node.place))
            return
        }
        var parser = PatternParser(source: source, names: Self.layerNames)
        for item in items {
            if item.text == nil {
                diagnostics.add(Diagnostic("`layers`: expected a path, found \(item.found)", at: item.place))
            } else {
                layers.append(parser.pattern(of: item))
            }
        }
        diagnostics.add(contentsOf: parser.diagnostics)
    }
}

/// How long a change of access waits to be confirmed.
struct ConfirmationTime: FieldValue {
    var duration: Duration

    static var shape: Shape { Duration.shape }

    init(decoding node: Node) throws(DecodingFault) {
        duration = try Duration(decoding: node)
        guard duration.isConfirmationTime else {
            throw DecodingFault(
                node, expected: "a duration from 1s to 1d", hint: "it is the time for `lodestar confirm`, such as 10m")
        }
    }

    var rendered: Node.Content { duration.rendered }
    var shown: ShownText { duration.shown }
}

/// How many objects a run may remove.
struct RemovalLimit: FieldValue {
    var count: Int

    static var shape: Shape { .number }

    init(decoding node: Node) throws(DecodingFault) {
        count = try Int(decoding: node)
        if count < 0 { throw DecodingFault(node, expected: "a number of at least 0") }
    }

    var rendered: Node.Content { .int(Int64(count)) }
    var shown: ShownText { .text(String(count)) }
}
