import SystemFiles
public import Model

/// A limit of what the processes of a session may use.
public struct Limit: Resource, Removable {
    public var name = ""
    public var domain = LimitDomain.all
    public var type = LimitType.both
    public var item = LimitItem.nofile
    public var value: LimitValue?

    public init() {}

    public static let typeName = "limit"
    public static let doc = """
        A limit of what the sessions of an account or a group may use, as pam_limits sets it at the next login: a line in \
        /etc/security/limits.d/lodestar.conf. Where another file says the same, none is written. Services of systemd have \
        limits of their own.
        """
    public static let fields: [Field<Limit>] = [
        Field("name", always: \.name, .key, doc: "A name for the declaration.", examples: ["files of web"]),
        Field(
            "domain", always: \.domain, .parameter, isRequired: true,
            doc: "An account, `@` and a group, `*` for everybody but root, or a range of numbers.",
            examples: ["www-data", "\"@ops\"", "\"*\"", "\"1000:1999\""]),
        Field(
            "type", always: \.type, .parameter, doc: "Which of the two limits it is, `both` by default.",
            examples: ["soft"]),
        Field(
            "item", always: \.item, .parameter, isRequired: true,
            doc: "What is limited, in the words of limits.conf(5).",
            examples: ["nofile"]),
        Field(
            "value", \.value, isRequired: true, doc: "The limit, in the item's unit, or `unlimited`.",
            examples: ["65536", "unlimited"]),
    ]
    public static let examples = [
        "files of root: {domain: root, item: nofile, value: 65536}",
        "no core files: {domain: \"*\", type: hard, item: core, value: 0}",
    ]

    private static let folder = AbsolutePath.root.appending("etc/security/limits.d")
    static let file = folder.appending("lodestar.conf")

    private var line: LimitLine {
        LimitLine(domain: domain.text, type: type.word, item: item.rawValue, value: value?.text ?? "")
    }

    /// Besides the line what it sets, so that no two declarations set the same.
    public var objects: [HostObject] {
        let types: [LimitType] = type == .both ? [.soft, .hard] : [type]
        return [.part("limit", of: Self.file, "\(domain.text) \(type.word) \(item.rawValue)")]
            + types.map { .part("limit", of: Self.file, "\($0) \(item.rawValue) of \(domain.text)") }
    }
    public var needs: [Need] {
        [Need(.package("libpam-modules"), "package libpam-modules")] + Need.parent(of: Self.file)
    }

    public var problems: [Problem] {
        var problems: [Problem] = []
        if domain.isForLogins, item != .maxlogins, item != .maxsyslogins {
            problems.append(Problem("domain", "expected `%` only with maxlogins and maxsyslogins"))
        }
        if let text = value.flatMap({ item.problem(of: $0) }) { problems.append(Problem("value", text)) }
        return problems
    }

    public struct Observed: Sendable {
        /// The value in Lodestar's file.
        var own: String?
        /// The values that other files give, soft before hard.
        var values: [String?]
        var hasFolder: Bool
        /// The kernel's own limit; nil where it sets none, or where the host does not run.
        var ceiling: Int?
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        if let status = try host.status(of: Self.file) { try status.mustBe(.file, at: Self.file) }
        var observed = Observed(
            own: try host.document(TextLines.self, at: Self.file)?.value(of: line),
            values: try Limits(reading: host, without: Self.file).values(of: line).map { $0?.value },
            hasFolder: try host.status(of: Self.folder) != nil)
        let ceiling = AbsolutePath.root.appending("proc/sys/fs/nr_open")
        if host.isRunning, item == .nofile, try host.status(of: ceiling) != nil {
            observed.ceiling = Int(String(decoding: try host.contents(of: ceiling, limit: 4096), as: UTF8.self).trimmed)
        }
        return observed
    }

    public func isPresent(in observed: Observed) -> Bool { observed.own != nil }

    public func changes(from observed: Observed?) -> [Change] {
        guard let value else { return [] }
        let found = observed.map { $0.own.map { [$0] } ?? $0.values } ?? [nil]
        if found.allSatisfy({ $0 == value.text }) { return [] }
        let other = found.lazy.compactMap(\.self).first { $0 != value.text }
        return [Change("value", from: other.map { .text($0) }, to: value.shown)]
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        guard let observed, !changes(from: observed).isEmpty else { return [] }
        if case .number(let number)? = value, let ceiling = observed.ceiling, number > ceiling {
            throw Refusal(
                "the kernel allows at most \(ceiling) (fs.nr_open): it would not hold, and logins may fail",
                hint: "a sysctl can raise it", isMissing: true)
        }
        let creation = DirectoryCreation(Self.folder, attributes: Attributes())
        return (observed.hasFolder ? [] : [.makeDirectory(creation)])
            + [.editFile(FileEdit(Self.file, LimitEdit(line), creation: Attributes()))]
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] {
        [.editFile(FileEdit(Self.file, LimitEdit(line, isPresent: false), removesEmpty: true))]
    }

    /// Remarks on files that have the last word.
    public func remarks(on observed: Observed?, of host: some HostReading, before changes: [Change]) throws -> [String]
    {
        guard let value else { return [] }
        let winners = try Limits(reading: host, without: Self.file).values(of: line).compactMap(\.self).filter {
            found in
            found.value != value.text && found.path.parent == Self.folder
                && Self.file.name.utf8.lexicographicallyPrecedes(found.path.name.utf8)
        }
        return winners.prefix(1).map { "\($0.path) makes it \($0.value) all the same" }
    }
}
