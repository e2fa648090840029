import SystemFiles
public import Model

/// Some lines in a file that others own, between two lines that mark them.
public struct Block: Resource, Removable {
    public var name = ""
    public var path = AbsolutePath.root
    public var text = Content("")
    public var marker: String?
    public var was: String?
    public var insertAfter: String?
    public var insertBefore: String?

    public init() {}

    /// What stands between the markers in the file.
    public struct Observed: Sendable {
        /// Each line with a newline; nil where there is no block.
        var text: Content?
        /// Whether the markers are those that the block had before.
        var isFormer = false
        var fileExists: Bool
    }

    public static let typeName = "block"
    public static let doc = """
        Some lines in a text file that others own, between a line with BEGIN and one with END that mark them. A block that is \
        there stays where it is, a new one goes to the end. Line ends and a missing final newline are kept as they are.
        """
    public static let fields: [Field<Block>] = [
        Field(
            "name", always: \.name, .key, doc: "A name for the declaration, which stands in the markers.",
            examples: ["build hosts"]),
        Field(
            "path", always: \.path, .parameter, isRequired: true, doc: "The file, which must exist.",
            examples: ["/etc/hosts"]),
        Field(
            "text", always: \.text, isRequired: true, record: .digest,
            doc: "The lines between the markers; none where it is empty.",
            examples: ["\"192.0.2.7 build1\\n192.0.2.8 build2\\n\""]),
        Field(
            "marker", \.marker, .parameter,
            doc: """
                The line that encloses the block, with BEGIN and END for `{mark}`: `# {mark} NAME (Lodestar)` by default. It must \
                be a comment in the file's language, and is the block's identity there.
                """,
            examples: ["'; {mark} limits'", "'<!-- {mark} proxy -->'"]),
        Field(
            "was", \.was, .parameter, doc: "The `marker` that the block had before; it is replaced where it stands.",
            examples: ["'# {mark} ANSIBLE MANAGED BLOCK'"]),
        Field(
            "insert_after", \.insertAfter, .parameter,
            doc: "A new block goes after the last line that matches this: RE2 syntax, searched, not anchored.",
            examples: ["'^\\[net\\]'"]),
        Field(
            "insert_before", \.insertBefore, .parameter,
            doc: "A new block goes before the last line that matches this.", examples: ["'^exit 0'"]),
    ]
    public static let examples = [
        "build hosts: {path: /etc/hosts, text: \"192.0.2.7 build1\\n192.0.2.8 build2\\n\"}",
        "gate: {path: /etc/hosts, text: 192.0.2.9 gate, marker: '# {mark} gate', insert_before: localhost}",
    ]

    private var markerPattern: String { marker ?? "# {mark} \(name) (Lodestar)" }

    private var edit: BlockEdit {
        BlockEdit(
            text: text, marker: BlockMarker(markerPattern), former: was.map { BlockMarker($0) },
            place: InsertionPlace(after: insertAfter, before: insertBefore))
    }

    public var objects: [HostObject] { [.part("block", of: path, markerPattern)] }
    public var needs: [Need] { [Need(.path(path), "file")] + Need.parent(of: path) }

    public var problems: [Problem] {
        var problems = edit.place.problems
        let patterns = [marker == nil ? "name" : "marker": markerPattern, "was": was]
        for (field, pattern) in patterns.sorted(by: { $0.key < $1.key }) {
            guard let pattern else { continue }
            if pattern.hasControl {
                problems.append(Problem(field, "expected one line without control characters"))
            } else if pattern.ranges(of: "{mark}").count != 1 {
                problems.append(
                    Problem(
                        field, field == "name" ? "expected no `{mark}` in it" : "expected one line with one `{mark}`"))
            } else if edit.lines.contains(where: { BlockMarker(pattern).isFound(in: $0) }) {
                problems.append(Problem("text", "expected other lines than those of `\(pattern)`"))
            }
        }
        if let was, was == markerPattern {
            problems.append(Problem("was", "expected another marker than the block has"))
        }
        if text.bytes.contains(where: { $0 == 0x0D || $0 == 0 }) {
            problems.append(
                Problem("text", "expected lines that end with newlines alone: the file's own line ends are kept"))
        }
        return problems
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        guard let status = try host.status(of: path) else { return Observed(fileExists: false) }
        try status.mustBe(.file, at: path)
        guard let block = try host.document(TextLines.self, at: path)?.block(of: edit) else {
            return Observed(fileExists: true)
        }
        return Observed(
            text: Content(block.bytes, isSecret: text.isSecret), isFormer: block.isFormer, fileExists: true)
    }

    public func isPresent(in observed: Observed) -> Bool { observed.text != nil }

    public func changes(from observed: Observed?) -> [Change] {
        let wanted = Content(edit.lines.flatMap { $0 + [UInt8(ascii: "\n")] }, isSecret: text.isSecret)
        var changes: [Change] = []
        if observed?.text != wanted { changes.append(Change("text", from: observed?.text, to: wanted)) }
        if observed?.isFormer == true {
            changes.append(Change("marker", from: was.map { .text($0) }, to: .text(markerPattern)))
        }
        return changes
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        guard observed?.fileExists == true else { throw Refusal("\(path) does not exist", isMissing: true) }
        return changes(from: observed).isEmpty ? [] : [.editFile(FileEdit(path, edit))]
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] {
        var edit = edit
        edit.isPresent = false
        return [.editFile(FileEdit(path, edit))]
    }
}
