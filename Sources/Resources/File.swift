import SystemFiles
public import Model

/// A regular file: its content, owner, group and mode.
public struct File: Resource, Removable, Replacing {
    public var path = AbsolutePath.root
    public var content: FileContent?
    public var initial: String?
    public var source: String?
    public var template: String?
    public var owner: Owner?
    public var group: Owner?
    public var mode: FileMode?
    public var validate: String?
    public var interpreter: Interpreter?
    public var replace: Bool?
    public var inPlace: Bool?
    public var renewed: Bool?

    public init() {}

    public static let typeName = "file"
    public static let doc = "A regular file. Without content only its owner, group and mode are managed."
    public static let fields: [Field<File>] = [
        Field("path", always: \.path, .key, doc: "Where the file is.", examples: ["/etc/motd"]),
        Field(
            "content", \.content, record: .digest, doc: "The whole content.", examples: ["\"Managed by Lodestar.\\n\""]),
        Field(
            "initial", \.initial, .parameter,
            doc: "What a new file begins with; what is in a file that is there is left alone.",
            examples: ["\"# Local rules.\\n\""]),
        Field(
            "source", \.source, .parameter, payload: .file(of: "content"),
            doc: "A file below `files/` whose bytes are the content.",
            examples: ["nginx.conf"]),
        Field(
            "template", \.template, .parameter, payload: .template(of: "content"),
            doc: "A file below `files/` whose text, with its expressions evaluated, is the content.",
            examples: ["nginx.conf"]),
        Field(
            "renewed", \.renewed, .parameter,
            doc: """
                Whether a program of the host writes it anew all the time: `undo` takes what is in it for nobody's edit.
                """, examples: ["true"]),
        Field("owner", \.owner, doc: "The owner; root at creation.", examples: ["root"]),
        Field("group", \.group, doc: "The group; root at creation.", examples: ["adm"]),
        Field(
            "mode", \.mode,
            doc: "The mode; 0644 at creation. A secret content without one is 0600, and never readable by others.",
            examples: ["\"0640\"", "u=rw,go=r"],
            satisfies: { $0.isSatisfied(by: $1.applied(to: Permissions(0), isDirectory: false), isDirectory: false) }),
        Field(
            "validate", \.validate, .parameter,
            doc: "A command that must accept the new file before it takes its place; `%` is its path.",
            examples: ["visudo -cf %"]),
        Field(
            "interpreter", \.interpreter, .parameter,
            doc: """
                Of a script: its interpreter must accept the new file (`sh -n`, `perl -c`; python compiles it in memory) \
                before it takes its place. Where the interpreter is not on the host, a note says so.
                """, examples: ["/bin/bash"]),
        Field(
            "replace", \.replace, .parameter,
            doc: "Takes the place of another kind of object, but never of a directory that is not empty.",
            examples: ["true"]),
        Field(
            "in_place", \.inPlace, .parameter,
            doc: "Writes into the existing file where it cannot be renamed over, such as a bind mount.",
            examples: ["true"]),
    ]
    public static let examples = [
        "/etc/motd: {content: \"hello\\n\", owner: root, group: root, mode: \"0644\"}",
        "/etc/empty: {content: \"\"}", "/etc/local.conf: {initial: \"# Local rules.\\n\", mode: \"0640\"}",
    ]

    /// The mode that must be there: a secret is closed to others, unless the declaration opens it.
    private var wantedMode: FileMode? { mode ?? (content?.isSecret == true ? .closedToOthers : nil) }

    public var undeclared: File {
        var file = self
        file.content = nil
        return file
    }

    public var objects: [HostObject] { [.path(path)] + (content == nil ? [] : [.content(path)]) }

    public var needs: [Need] { Need.parent(of: path) + Need.owners(owner, group) }

    public var problems: [Problem] {
        let given = [
            ("content", content != nil), ("source", source != nil), ("template", template != nil),
            ("initial", initial != nil),
        ].filter(\.1)
        let rivals = given.dropFirst().map {
            Problem(
                at: $0.0,
                "expected one of content, source, template and initial, found `\($0.0)` beside `\(given[0].0)`"
            )
        }
        let isBlind = Safeguard(of: path) == .pam && !given.isEmpty && validate == nil
        let blind = Problem(
            at: "path",
            "expected `validate` for a file of PAM: a wrong one lets nobody in, and no program checks it by default")
        guard validate != nil, interpreter != nil else { return rivals + (isBlind ? [blind] : []) }
        return rivals + [Problem(at: "interpreter", "expected one of validate and interpreter, found both")]
    }

    public func observe(on host: some HostReading) throws -> File? {
        let found = try initial == nil ? host.status(of: path) : host.presentStatus(of: path)
        guard let status = found else { return nil }
        guard try status.isOurs(.file, at: path, replace: replace) else { return nil }
        var observed = File()
        observed.path = path
        if let content { observed.content = try status.content(at: path, like: content, on: host) }
        observed.mode = FileMode(status.permissions)
        try status.readOwners(owner, group, into: &observed.owner, &observed.group, on: host)
        return observed
    }

    public func changes(from observed: File?) -> [Change] {
        var desired = self
        if observed != nil { desired.mode = wantedMode }
        return Self.propertyChanges(from: observed, to: desired)
    }

    public func steps(from observed: File?) throws(Refusal) -> [Step] {
        let attributes = Attributes(owner: owner, group: group, mode: wantedMode)
        guard let observed else {
            guard let content = content ?? initial.map({ .whole(Content($0)) }) else {
                throw Refusal("there is no file and none of content, source, template, initial is declared")
            }
            var created = attributes
            created.mode = mode ?? FileMode(Permissions(content.isSecret ? 0o600 : 0o644))
            return [.writeFile(write(content, created, replacing: replace == true ? .anything : .nothing))]
        }
        let differences = differences(from: observed)
        if let content, differences.contains(\.content) {
            return [.writeFile(write(content, attributes, replacing: .file(observed.content?.digest)))]
        }
        return differences.isEmpty ? [] : [.setAttributes(AttributeChange(path, kind: .file, attributes: attributes))]
    }

    public func remarks(on observed: Observed?, of host: some HostReading, before changes: [Change]) throws -> [String]
    {
        guard observed != nil || interpreter != nil, Differences<File>(changes).contains(\.content) else { return [] }
        return try unchecked(on: host) + otherNames(on: host)
    }

    private func unchecked(on host: some HostReading) throws -> [String] {
        guard let interpreter, interpreter.hasCheck, try interpreter.place(on: host) == nil else { return [] }
        return ["\(interpreter.program) is not there: nobody checks the syntax of the new content"]
    }

    /// Other names of a file that is about to be replaced keep the old content.
    private func otherNames(on host: some HostReading) throws -> [String] {
        guard inPlace != true, let status = try host.status(of: path), status.kind == .file, status.linkCount > 1
        else { return [] }
        return ["it has \(status.linkCount) hard links; the other names keep the old content"]
    }

    private func write(_ content: FileContent, _ attributes: Attributes, replacing: Replaced) -> FileWrite {
        var write = FileWrite(
            path, content: content, attributes: attributes, replaced: replacing,
            validator: validate.map { .command($0) } ?? interpreter.map { .interpreter($0) },
            isInPlace: inPlace == true)
        write.isRenewed = renewed == true
        return write
    }

    public func removal(of observed: File) throws(Refusal) -> [Step] { [.remove(Removal(path, kind: .file))] }
}
