public import Model

/// A script as it was last applied, from the ledger: what runs it needs no site.
public struct RecordedScript: Sendable {
    public var script: Script
    private var file: File
    private var content: Node.Content?

    /// - Parameters:
    ///   - composite: what the ledger says of the script.
    ///   - fields: what it says of the script's file.
    /// - Returns: nil for a part of anything else.
    public init?(_ composite: Composite, part: Address, fields: RecordedFields) {
        guard composite.address.type == Script.typeName, part.type == File.typeName else { return nil }
        var faults = Diagnostics()
        script = Script.decoded(
            key: Node(.string(composite.address.key), at: .nowhere),
            fields: composite.fields.entries.filter { !$0.value.isWithheld }, into: &faults)
        file = File.decoded(
            key: Node(.string(part.key), at: .nowhere), fields: fields.entries.filter { !$0.value.isWithheld },
            into: &faults)
        content = fields.entries.first { $0.key == "content" }?.value.content
        if faults.hasErrors { return nil }
    }

    public var path: AbsolutePath { file.path }

    /// How the file is to what was declared.
    public enum State: String, Sendable, CaseIterable {
        case inPlace = "in_place"
        case missing, differs
        /// Something that is no regular file.
        case other
    }

    /// Only the bytes are compared: they are what runs.
    public func state(on host: some HostReading) throws -> State {
        guard let status = try host.status(of: path) else { return .missing }
        guard status.kind == .file else { return .other }
        guard status.byteCount <= Script.greatestByteCount + 512 else { return .differs }
        return isDeclared(try host.contents(of: path, limit: Script.greatestByteCount + 512)) ? .inPlace : .differs
    }

    /// Whether these are the bytes that were declared.
    private func isDeclared(_ bytes: [UInt8]) -> Bool {
        guard case .bytes(let digest)? = content else { return false }
        let found = FileContent.whole(Content(bytes)).recorded
        return file.withheldDigest(of: Node(found, at: .nowhere), in: "content") == digest
    }
}
