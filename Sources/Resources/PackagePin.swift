import SystemFiles
public import Model

/// Which versions of packages apt prefers.
public struct PackagePin: Resource, Removable {
    public var name = PlainName.none
    public var packages: BlankWords?
    public var version: String?
    public var release: String?
    public var origin: String?
    public var priority: Int?

    public init() {}

    public static let typeName = "package_pin"
    public static let doc = """
        Which versions of packages apt prefers: a record of apt_preferences(5) in a file of its own. It comes before the \
        packages of the site. Exactly one of `version`, `release` and `origin` says which versions it is about. Where \
        another file says the same, none is written.
        """
    public static let fields: [Field<PackagePin>] = [
        Field(
            "name", always: \.name, .key, doc: "The name of its file: `00-lodestar-NAME.pref`.",
            examples: ["backports"]),
        Field(
            "packages", \.packages, isRequired: true,
            doc: "Names, patterns such as `linux-*`, `/REGEX/`, or `src:` and the name of a source.",
            examples: ["[nginx, nginx-common]", "\"*\""]),
        Field("version", \.version, doc: "A version, which may end with `*`.", examples: ["\"1.22.*\""]),
        Field(
            "release", \.release,
            doc:
                "A release in apt's words: `n=` and a codename, `a=` and a suite, `o=`, `l=`, `c=`, `v=`, with commas between.",
            examples: ["n=bookworm-backports", "\"o=Debian,n=bookworm\""]),
        Field(
            "origin", \.origin, doc: "The host of the archive; an empty text is the host itself.",
            examples: ["download.docker.com"]),
        Field(
            "priority", \.priority, isRequired: true,
            doc: """
                Below 0 never, from 100 where nothing else is installed or wanted, 500 as any, 990 before others, from 1000 \
                even back to an older version.
                """, examples: ["990", "-1"]),
    ]
    public static let examples = [
        "backports: {packages: [hostname, \"linux-*\"], release: n=bookworm-backports, priority: 990}",
        "never: {packages: \"*\", origin: packages.example.com, priority: -1}",
    ]

    var file: AbsolutePath { PackagePinRecord.folder.appending("00-lodestar-\(name.text).pref") }

    /// The declaration as apt has it.
    var record: PackagePinRecord {
        let pin =
            version.map { "version \($0)" } ?? release.map { "release \($0)" }
            ?? origin.map { $0.isEmpty ? "origin \"\"" : "origin \($0)" }
        return PackagePinRecord(packages: packages?.words ?? [], pin: pin ?? "", priority: priority ?? 0)
    }

    public var objects: [HostObject] { [.path(file)] }
    public var needs: [Need] { Need.parent(of: file) }

    public var problems: [Problem] {
        var problems: [Problem] = []
        let given = [("version", version), ("release", release), ("origin", origin)].filter { $0.1 != nil }
        if given.count != 1, packages != nil {
            problems.append(
                "expected exactly one of version, release and origin, found \(given.isEmpty ? "none" : "several")")
        }
        for (field, text) in given {
            let isWord = text?.isASCIIWord(or: "-_.+~:*=,/") == true
            if !isWord || (text?.isEmpty == true && field != "origin") {
                problems.append(Problem(field, "expected one word of apt_preferences(5)"))
            }
        }
        if let priority, priority == 0 || !(-32768...32767).contains(priority) {
            problems.append(Problem("priority", "expected a number from -32768 to 32767 but 0, found \(priority)"))
        }
        return problems
    }

    public struct Observed: Sendable {
        /// What its own file says; nil where there is none.
        var own: PackagePins?
        /// The file of others that says the same.
        var giver: AbsolutePath?
        var hasFolder: Bool

        /// The record of a file that has only one.
        var record: PackagePinRecord? { own?.isPlain == true && own?.records.count == 1 ? own?.records.first : nil }
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        try host.status(of: file)?.mustBe(.file, at: file)
        return Observed(
            own: try host.document(PackagePins.self, at: file),
            giver: try PackagePinRecord.all(on: host).first { $0.file != file && $0.record == record }?.file,
            hasFolder: try host.status(of: PackagePinRecord.folder) != nil)
    }

    public func isPresent(in observed: Observed) -> Bool { observed.own != nil }

    public func changes(from observed: Observed?) -> [Change] {
        guard packages != nil, let observed else { return [] }
        if observed.own == nil, observed.giver != nil { return [] }
        var found = PackagePin()
        if let record = observed.record { found.read(record) }
        return Self.propertyChanges(from: found, to: self)
    }

    /// Takes over what a record says.
    mutating func read(_ record: PackagePinRecord) {
        packages = BlankWords(record.packages)
        priority = record.priority
        let words = record.pin.split(separator: " ", maxSplits: 1).map(String.init)
        let text = words.count == 2 ? words[1] : ""
        switch words.first?.lowercased() ?? "" {
        case "version": version = text
        case "release": release = text
        case "origin": origin = text == "\"\"" ? "" : text
        default: break
        }
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        if changes(from: observed).isEmpty { return [] }
        let folder = DirectoryCreation(PackagePinRecord.folder, attributes: Attributes())
        let attributes = Attributes(owner: .name(.root), group: .name(.root), mode: FileMode(Permissions(0o644)))
        return (observed?.hasFolder == true ? [] : [.makeDirectory(folder)]) + [
            .writeFile(
                FileWrite(
                    file, content: Content(record.text), attributes: attributes,
                    replaced: observed?.own.map { .file(Digest(of: $0.bytes)) } ?? .nothing))
        ]
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] { [.remove(Removal(file, kind: .file))] }

    /// Remarks on another file that comes first for one of the packages.
    public func remarks(on observed: Observed?, of host: some HostReading, before changes: [Change]) throws -> [String]
    {
        let names = Set(packages?.words ?? [])
        let earlier = try PackagePinRecord.all(on: host).prefix { $0.file != file && $0.record != record }
        return earlier.filter { !names.isDisjoint(with: $0.record.packages) }.prefix(1).map { found in
            "\(found.file) comes first: \(found.record.packages.joined(separator: " ")) by \(found.record.pin)"
        }
    }
}
