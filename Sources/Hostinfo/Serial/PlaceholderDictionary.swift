public import Values

/// The texts and UUIDs that vendors leave where a serial should be: data with a version and a source for each entry.
public struct PlaceholderDictionary: Sendable {
    /// The version of the data, such as `1`; `1+site` where the site adds or allows something.
    public private(set) var version: String
    /// The source of each entry, by its squashed form.
    private var serials: [String: String]
    /// The verdict on each UUID, by its raw bytes.
    private var uuids: [[UInt8]: String]
    private var allowed: Set<String> = []

    /// The dictionary that the program carries.
    public static let standard = PlaceholderDictionary(
        serials: PackageResources.sn_placeholders_tsv, uuids: PackageResources.uuid_placeholders_tsv)

    init(serials: [UInt8], uuids: [UInt8]) {
        let serialTable = TabbedTable(serials), uuidTable = TabbedTable(uuids)
        version = serialTable.version
        self.serials = Dictionary(
            serialTable.rows.compactMap { $0.count == 3 ? ($0[1], $0[2]) : nil },
            uniquingKeysWith: { first, _ in first })
        self.uuids = [:]
        for row in uuidTable.rows where row.count == 2 {
            if let uuid = HardwareUUID(text: row[0], isSwapped: false) { self.uuids[uuid.raw] = row[1] }
        }
    }

    /// The dictionary with what a site adds and what it allows in spite of the rules.
    public func extended(adding added: [String], allowing allowed: [String]) -> PlaceholderDictionary {
        guard !added.isEmpty || !allowed.isEmpty else { return self }
        var dictionary = self
        dictionary.version += "+site"
        for text in added {
            dictionary.serials[SerialText.squashed(text)] = "the site"
            if let uuid = HardwareUUID(text: text, isSwapped: true) { dictionary.uuids[uuid.raw] = "the site" }
        }
        dictionary.allowed.formUnion(allowed.map(SerialText.squashed))
        return dictionary
    }

    /// Whether a squashed text is a known placeholder.
    public func contains(_ squashed: String) -> Bool { serials[squashed] != nil }

    /// Whether the site allows a squashed text.
    public func allows(_ squashed: String) -> Bool { allowed.contains(squashed) }

    /// Where an entry comes from.
    public func source(of squashed: String) -> String? { serials[squashed] }

    /// The rule that a UUID breaks, on its raw bytes; nil when it is valid.
    ///
    /// `00000000-0000-0000-0000-` and a MAC is valid: Supermicro gives such ones to each node.
    public func rule(brokenBy uuid: HardwareUUID) -> ValidityRule? {
        if allows(SerialText.squashed(uuid.text)) { return nil }
        // All 0xFF: not set; all zero: not present (SMBIOS 3.7 §7.2.1).
        if uuid.raw.allSatisfy({ $0 == 0xFF }) || uuid.raw.allSatisfy({ $0 == 0 }) { return .empty }
        if Set(uuid.raw).count == 1 { return .repeated }
        return uuids[uuid.raw] != nil || uuids[uuid.otherOrder] != nil ? .dictionary : nil
    }
}

/// A table of the data that the program carries: a line with its version, a heading, rows split by tabs.
struct TabbedTable {
    var version = "0"
    var rows: [[String]] = []

    init(_ bytes: [UInt8]) {
        var hasHeading = false
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix("# version ") {
                version = String(text.dropFirst("# version ".count))
            } else if hasHeading {
                rows.append(text.split(separator: "\t", omittingEmptySubsequences: false).map(String.init))
            } else {
                hasHeading = true
            }
        }
    }
}
