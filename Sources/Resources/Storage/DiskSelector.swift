public import Model

/// Which disk is meant. Exactly one must fit: never the first, never the smallest.
public struct DiskSelector: Sendable, Hashable, FieldValue {
    public var serial: String?
    public var wwn: String?
    public var path: AbsolutePath?
    public var model: String?
    public var minSize: StorageSize?
    public var maxSize: StorageSize?
    public var rotational: Bool?
    public var transport: String?

    public init() {}

    /// Whether a disk is named, and not only described: two disks are never both the named one.
    public var namesOne: Bool { serial != nil || wwn != nil }

    private static let names = [
        "serial", "wwn", "path", "model", "min_size", "max_size", "rotational", "transport",
    ]

    public static var shape: Shape {
        .members([
            .init("serial", .text(pattern: nil)), .init("wwn", .text(pattern: nil)),
            .init("path", AbsolutePath.shape), .init("model", .text(pattern: nil)),
            .init("min_size", StorageSize.shape), .init("max_size", StorageSize.shape), .init("rotational", .boolean),
            .init("transport", .text(pattern: nil)),
        ])
    }

    public init(decoding node: Node) throws(DecodingFault) {
        let expected = "a mapping that says which disk, such as {serial: WD-123}"
        guard case .map(let entries) = node.content, !entries.isEmpty else {
            throw DecodingFault(node, expected: expected)
        }
        for entry in entries {
            switch entry.key {
            case "serial": serial = try Self.word(entry.value)
            case "wwn": wwn = try Self.word(entry.value)
            case "path": path = try AbsolutePath(decoding: entry.value)
            case "model": model = try Self.word(entry.value)
            case "min_size": minSize = try StorageSize(decoding: entry.value)
            case "max_size": maxSize = try StorageSize(decoding: entry.value)
            case "rotational": rotational = try Bool(decoding: entry.value)
            case "transport": transport = try Self.word(entry.value)
            default:
                throw DecodingFault(
                    at: entry.keyPlace, expected: expected, found: "`\(entry.key)`",
                    hint: Spelling.hint(for: entry.key, among: Self.names))
            }
        }
    }

    private static func word(_ node: Node) throws(DecodingFault) -> String {
        let text = try String(decoding: node)
        if text.trimmed.isEmpty || text != text.printable { throw DecodingFault(node, expected: "one line of text") }
        return text
    }

    private var members: [(String, Node.Content)] {
        let texts: [(String, Node.Content?)] = [
            ("serial", serial?.rendered), ("wwn", wwn?.rendered), ("path", path?.rendered), ("model", model?.rendered),
            ("min_size", minSize?.rendered), ("max_size", maxSize?.rendered), ("rotational", rotational?.rendered),
            ("transport", transport?.rendered),
        ]
        return texts.compactMap { name, content in content.map { (name, $0) } }
    }

    public var rendered: Node.Content {
        .map(members.map { .init(key: $0.0, keyPlace: .nowhere, value: Node($0.1, at: .nowhere)) })
    }

    public var text: String {
        members.map { name, content in
            switch content {
            case .string(let text): "\(name) \(text)"
            case .bool(let claim): "\(name) \(claim)"
            default: name
            }
        }.joined(separator: ", ")
    }

    public var shown: ShownText { .text(text) }

    /// Whether a disk fits. Serials are compared exactly: `WD-1` is not `WD-12`.
    public func fits(_ disk: DiskIdentity) -> Bool {
        if let serial, disk.serial?.trimmed != serial.trimmed { return false }
        if let wwn, disk.wwn.map({ DiskIdentity.plain(wwn: $0) }) != DiskIdentity.plain(wwn: wwn) { return false }
        if let path, disk.path != path { return false }
        if let model, disk.model?.trimmed.lowercased() != model.trimmed.lowercased() { return false }
        if let minSize, disk.byteCount < minSize.byteCount { return false }
        if let maxSize, disk.byteCount > maxSize.byteCount { return false }
        if let rotational, disk.isRotational != rotational { return false }
        if let transport, disk.transport != transport.lowercased() { return false }
        return true
    }

    /// The one disk that fits.
    public func chosen(among disks: [DiskIdentity]) throws(Refusal) -> DiskIdentity {
        let fitting = disks.filter(fits)
        if fitting.count == 1 { return fitting[0] }
        let table = (fitting.isEmpty ? disks : fitting).map(\.text).joined(separator: "; ")
        throw Refusal(
            "expected one disk with \(text), found \(fitting.isEmpty ? "none" : String(fitting.count))",
            hint: disks.isEmpty ? "this machine has no disk" : "there are \(table)")
    }
}
