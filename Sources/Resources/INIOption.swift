import SystemFiles
public import Model

/// One option in an INI file that others own.
public struct INIOption: Resource, Removable {
    public var name = ""
    public var path = AbsolutePath.root
    public var section: String?
    public var option = ""
    public var value: Content?
    public var separator: String?

    public init() {}

    /// What the file says of the option.
    public struct Observed: Sendable {
        /// nil where it stands alone.
        var value: Content?
        var isPresent = false
        var fileExists: Bool
    }

    public static let typeName = "ini"
    public static let doc = """
        One option in an INI file that others own, read as Python's configparser does. The last one of its name in its \
        section counts; a missing section goes to the end. Comments, order, blanks and line ends are kept as they are.
        """
    public static let fields: [Field<INIOption>] = [
        Field("name", always: \.name, .key, doc: "A name for the declaration.", examples: ["journal size"]),
        Field(
            "path", always: \.path, .parameter, isRequired: true, doc: "The file, which must exist.",
            examples: ["/etc/systemd/journald.conf"]),
        Field(
            "section", \.section, .parameter,
            doc: "The section, as it stands between the brackets; left out: before the first section.",
            examples: ["Journal"]),
        Field(
            "option", always: \.option, .parameter, isRequired: true, doc: "The option's name; case is a difference.",
            examples: ["SystemMaxUse"]),
        Field(
            "value", \.value, record: .digest,
            doc: "Its value; further lines continue it. Left out: the option is there, whatever its value.",
            examples: ["1G", "\"a\\nb\""]),
        Field(
            "separator", \.separator, .parameter,
            doc: "What stands between a new option and its value, ` = ` by default; one that is there stays.",
            examples: ["\"=\"", "\": \""]),
    ]
    public static let examples = [
        "journal size: {path: /etc/systemd/journald.conf, section: Journal, option: SystemMaxUse, value: 1G, separator: \"=\"}",
        "greeting: {path: /etc/systemd/journald.conf, section: Law, option: hello, value: \"one\\ntwo\"}",
    ]

    private var edit: OptionEdit {
        OptionEdit(section: section, option: option, value: value, separator: separator ?? " = ")
    }

    public var objects: [HostObject] {
        [.part("option", of: path, section.map { "[\($0)] \(option)" } ?? option)]
    }
    public var needs: [Need] { [Need(.path(path), "file")] + Need.parent(of: path) }

    public var problems: [Problem] {
        var problems: [Problem] = []
        if option.isEmpty || option != option.trimmed || option.hasControl || option.has("=") || option.has(":") {
            problems.append(Problem("option", "expected a name without `=`, `:` and blanks at its ends"))
        } else if let first = option.first, "#;[".contains(first) {
            problems.append(Problem("option", "expected a name that does not begin with `\(first)`"))
        }
        if let section, section.isEmpty || section.hasControl {
            problems.append(Problem("section", "expected the name between the brackets; without one, leave it out"))
        }
        if let separator, !["=", ":"].contains(separator.trimmed) || separator.hasControl {
            problems.append(Problem("separator", "expected `=` or `:`, with blanks around it"))
        }
        return problems + (value.flatMap { Self.problem(of: $0.bytes) }.map { [$0] } ?? [])
    }

    /// What a value would lose when it is read again.
    private static func problem(of value: [UInt8]) -> Problem? {
        if value.contains(where: { $0 == 0 || $0 == 0x0D }) {
            return Problem("value", "expected lines that end with newlines alone: the file's own line ends are kept")
        }
        let lines = value.split(separator: 0x0A, omittingEmptySubsequences: false)
        if lines.count > 1, lines.last?.isEmpty == true { return Problem("value", "expected no newline at its end") }
        let isBlank = { (byte: UInt8?) in byte == 0x20 || byte.map { (0x09...0x0C).contains($0) } == true }
        if lines.contains(where: { isBlank($0.first) || isBlank($0.last) }) {
            return Problem("value", "expected no blanks at the ends of its lines: who reads the file takes them away")
        }
        let isComment = lines.dropFirst().contains { $0.first == UInt8(ascii: "#") || $0.first == UInt8(ascii: ";") }
        return isComment
            ? Problem("value", "expected no further line that begins with `#` or `;`: it would be a comment") : nil
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        guard let status = try host.status(of: path) else { return Observed(fileExists: false) }
        try status.mustBe(.file, at: path)
        guard let found = try host.document(TextLines.self, at: path)?.value(of: edit) else {
            return Observed(fileExists: true)
        }
        let isSecret = value?.isSecret == true
        return Observed(value: found.map { Content($0, isSecret: isSecret) }, isPresent: true, fileExists: true)
    }

    public func isPresent(in observed: Observed) -> Bool { observed.isPresent }

    public func changes(from observed: Observed?) -> [Change] {
        guard let value, observed?.value != value else { return [] }
        if value.isSecret { return [Change("value", from: observed?.value, to: value)] }
        return [Change("value", from: observed?.value?.shownLine, to: value.shownLine)]
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        guard let observed, observed.fileExists else { throw Refusal("\(path) does not exist", isMissing: true) }
        return observed.isPresent && changes(from: observed).isEmpty ? [] : [.editFile(FileEdit(path, edit))]
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] {
        var edit = edit
        edit.isPresent = false
        return [.editFile(FileEdit(path, edit))]
    }
}

extension String {
    /// Whether a control character other than a tab is in it.
    var hasControl: Bool { unicodeScalars.contains { $0.value < 0x20 && $0 != "\t" || $0.value == 0x7F } }
}
