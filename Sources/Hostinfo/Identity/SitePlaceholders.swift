public import Values
import YAML

/// What a site adds to the dictionary of placeholders, and what it allows: `/etc/hostinfo/placeholders.yaml`.
public struct SitePlaceholders: Sendable, Hashable {
    public static let path = "etc/hostinfo/placeholders.yaml"

    public var added: [String] = []
    public var allowed: [String] = []

    /// Reads `add` and `allow`, two lists of texts; a file with a mistake has no effect.
    public init?(reading bytes: [UInt8], from path: String, into diagnostics: inout Diagnostics) {
        var found = Diagnostics()
        defer { diagnostics.add(contentsOf: found) }
        guard let root = YAMLReader.read(SourceText(bytes, path: path), into: &found) else { return nil }
        let reader = NodeReader(root, allowed: ["add", "allow"], what: "placeholders.yaml", into: &found)
        added = reader.values("add", "a text", into: &found) { $0 } ?? []
        allowed = reader.values("allow", "a text", into: &found) { $0 } ?? []
        if found.hasErrors { return nil }
    }
}
