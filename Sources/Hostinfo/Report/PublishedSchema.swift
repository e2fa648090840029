import Values

/// The JSON Schemas of what hostinfo and facts print (draft 2020-12).
public enum PublishedSchema: String, Sendable, CaseIterable {
    case hostinfo, facts

    /// The text of the schema.
    public var text: String {
        let bytes =
            switch self {
            case .hostinfo: PackageResources.hostinfo_schema_json
            case .facts: PackageResources.facts_schema_json
            }
        return String(decoding: bytes, as: UTF8.self).trimmed
    }
}
