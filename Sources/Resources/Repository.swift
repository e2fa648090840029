import SystemFiles
public import Model

/// A source of packages of apt, with the key that signs it.
public struct Repository: Resource, Removable {
    public var name = ""
    public var types = BlankWords(["deb"])
    public var uris: BlankWords?
    public var suites: BlankWords?
    public var components: BlankWords?
    public var architectures: BlankWords?
    public var key: Content?
    public var keySource: String?
    public var signedBy: AbsolutePath?
    public var trusted: Bool?
    public var checkValidUntil: Bool?
    public var enabled = true

    public init() {}

    public static let typeName = "repository"
    public static let doc = """
        A source of packages of apt: /etc/apt/sources.list.d/NAME.sources, and its key in /etc/apt/keyrings. It takes its \
        place only when apt could read its lists. It is a whole record: an omitted field has its default. Where another \
        file gives the same source, it is in place.
        """
    public static let fields: [Field<Repository>] = [
        Field("name", always: \.name, .key, doc: "The name of its files.", examples: ["docker"]),
        Field("types", always: \.types, doc: "What it is read for: `deb`, `deb-src`.", examples: ["[deb, deb-src]"]),
        Field(
            "uris", \.uris, isRequired: true, doc: "Where the archive is, or its mirrors.",
            examples: ["https://download.docker.com/linux/debian"]),
        Field(
            "suites", \.suites, isRequired: true,
            doc: "The suites, or one exact path with a slash at its end, which has no components.",
            examples: ["bookworm", "[bookworm, bookworm-updates]"]),
        Field("components", \.components, doc: "The parts of the suites.", examples: ["main contrib"]),
        Field(
            "architectures", \.architectures, doc: "The architectures, those of the host by default.",
            examples: ["amd64"]),
        Field(
            "key", \.key, record: .digest,
            doc: "The public key. One of `key`, `key_source`, `signed_by` and `trusted` is mandatory.",
            examples: ["\"{{ file('docker.asc') }}\""]),
        Field(
            "key_source", \.keySource, .parameter, payload: .file(of: "key"),
            doc: "A file below `files/` that is the key, in ASCII armor or without.", examples: ["docker.asc"]),
        Field(
            "signed_by", \.signedBy, doc: "A keyring that something else puts on the host.",
            examples: ["/usr/share/keyrings/debian-archive-keyring.gpg"]),
        Field("trusted", \.trusted, doc: "Takes packages without any signature.", examples: ["true"]),
        Field(
            "check_valid_until", \.checkValidUntil, doc: "`false` takes lists that are out of date, as of a snapshot.",
            examples: ["false"]),
        Field("enabled", always: \.enabled, doc: "Whether apt reads it, true by default.", examples: ["false"]),
    ]
    public static let examples = [
        "tools: {uris: \"file:/srv/packages\", suites: ./, trusted: true}",
        """
        debian: {uris: \"https://deb.debian.org/debian\", suites: [bookworm, bookworm-updates], components: main, \
        signed_by: /usr/share/keyrings/debian-archive-keyring.gpg, enabled: false}
        """,
    ]

    var file: AbsolutePath { PackageSource.folder.appending("\(name).sources") }
    var keyFile: AbsolutePath { Self.keyFolder.appending("\(name).asc") }
    private static let keyFolder = AbsolutePath.root.appending("etc/apt/keyrings")

    /// The declaration as apt has it.
    var source: PackageSource {
        var source = PackageSource()
        (source.types, source.uris, source.suites) = (types.words, uris?.words ?? [], suites?.words ?? [])
        (source.components, source.isEnabled) = (components?.words ?? [], enabled)
        source.signedBy = key == nil ? signedBy?.text : keyFile.text
        if let architectures { source.options["architectures"] = architectures.words }
        if trusted == true { source.options["trusted"] = ["yes"] }
        if checkValidUntil == false { source.options["check-valid-until"] = ["no"] }
        return source
    }

    public var objects: [HostObject] { [.path(file)] + (key == nil ? [] : [.path(keyFile)]) }
    public var needs: [Need] {
        let isEncrypted = uris?.words.contains { $0.hasPrefix("https:") } == true
        return Need.parent(of: file) + Need.parent(of: keyFile) + (signedBy.map { [Need(.path($0), "keyring")] } ?? [])
            + (isEncrypted ? [Need(.package("ca-certificates"), "package ca-certificates")] : [])
    }
    public var problems: [Problem] { RepositorySyntax.problems(of: self) }

    public struct Observed: Sendable {
        /// What its own file has; nil where there is none.
        var own: [PackageSource]?
        var ownDigest: Digest?
        var key: Content?
        var hasFolder: Bool
        var hasKeyFolder: Bool
        var hasKeyring = true
        /// The file of others that gives all of it.
        var giver: AbsolutePath?
        /// The file of others that gives a part of it, or in another way: apt then reads neither, or warns each time.
        var rival: AbsolutePath?
        /// Whether its own file says it as declared.
        var isOwn = false
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        guard try host.packageManager?.name == PackageManager.apt.name else {
            throw Refusal("there is no apt", hint: "only hosts with dpkg are managed so far")
        }
        for path in [file, keyFile] { try host.status(of: path)?.mustBe(.file, at: path) }
        let own = try host.document(SourceStanzas.self, at: file)
        var observed = Observed(
            own: own?.sources, ownDigest: own.map { Digest(of: $0.bytes) },
            hasFolder: try host.status(of: PackageSource.folder) != nil,
            hasKeyFolder: try host.status(of: Self.keyFolder) != nil)
        if let signedBy { observed.hasKeyring = try host.status(of: signedBy) != nil }
        if try host.status(of: keyFile) != nil {
            observed.key = Content(try host.contents(of: keyFile, limit: 1 << 20))
        }
        observed.isOwn = own?.sources.count == 1 && changes(from: observed).isEmpty
        let others = try PackageSource.all(on: host).filter { $0.file != file || own?.sources.count ?? 0 > 1 }
        (observed.giver, observed.rival) = try rivals(among: others, on: host)
        return observed
    }

    public func isPresent(in observed: Observed) -> Bool { observed.own != nil }

    public func changes(from observed: Observed?) -> [Change] {
        guard let observed else { return [] }
        if observed.giver != nil, observed.own == nil || observed.own?.count ?? 0 > 1 { return [] }
        let old = observed.own?.first.map(RepositorySyntax.rows), new = RepositorySyntax.rows(of: source)
        var changes = new.indices.compactMap { index -> Change? in
            let (name, text) = new[index], present = old?[index].text ?? ""
            func shown(_ text: String) -> ShownText? { text.isEmpty ? nil : .text(text) }
            return text == present ? nil : Change(name, from: shown(present), to: shown(text))
        }
        if let key, observed.key.map({ OpenPGPKey($0.bytes) == OpenPGPKey(key.bytes) }) != true {
            func shown(_ key: Content) -> ShownText { .digest(byteCount: key.bytes.count, key.digest) }
            changes.append(Change("key", from: observed.key.map(shown), to: shown(key)))
        }
        return changes
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        let changes = changes(from: observed)
        guard let observed, !changes.isEmpty else { return [] }
        if let count = observed.own?.count, count > 1 {
            throw Refusal("\(file) has \(count) sources, and none is as declared", hint: "choose another name")
        }
        if enabled, let rival = observed.rival {
            throw Refusal(
                "\(rival) gives the same archive in another way, and apt takes one of them only",
                hint: "take it away there, such as by `file: {\(rival): {state: absent}}`, or declare it as it is there"
            )
        }
        if enabled, !observed.hasKeyring, let signedBy { throw Refusal("there is no \(signedBy)", isMissing: true) }
        var steps: [Step] = []
        if !observed.hasFolder { steps.append(Self.making(PackageSource.folder)) }
        if key != nil, !observed.hasKeyFolder { steps.append(Self.making(Self.keyFolder)) }
        let trial = SourceTrial(
            file, definition: RepositorySyntax.text(of: source, isSigned: key == nil), key: armoredKey)
        let validator: Validator? = enabled ? .source(trial) : nil
        let isKeyOnly = changes.allSatisfy { $0.property == "key" }
        if !isKeyOnly {
            steps.append(
                .writeFile(
                    FileWrite(
                        file, content: Content(RepositorySyntax.text(of: source, isSigned: true)),
                        attributes: Self.attributes, replaced: observed.ownDigest.map { .file($0) } ?? .nothing,
                        validator: validator)))
        }
        if let key = armoredKey, changes.contains(where: { $0.property == "key" }) {
            steps.append(
                .writeFile(
                    FileWrite(
                        keyFile, content: key, attributes: Self.attributes,
                        replaced: observed.key.map { .file($0.digest) } ?? .nothing,
                        validator: isKeyOnly ? validator : nil)))
        }
        return steps + (key == nil ? keyRemoval(observed) : [])
    }

    /// The key as it is written: apt tells the two forms apart by the name of the file.
    private var armoredKey: Content? {
        key.map { key in
            OpenPGPKey.isBinary(key.bytes) ? OpenPGPKey(key.bytes).map { Content($0.armored) } ?? key : key
        }
    }

    /// Everybody may read them: apt's own account does.
    private static let attributes = Attributes(
        owner: .name(.root), group: .name(.root), mode: FileMode(Permissions(0o644)))

    private static func making(_ folder: AbsolutePath) -> Step {
        .makeDirectory(DirectoryCreation(folder, attributes: Attributes()))
    }

    /// The key goes with the source that named it.
    private func keyRemoval(_ observed: Observed) -> [Step] {
        guard observed.key != nil, observed.own?.first?.signedBy == keyFile.text else { return [] }
        return [.remove(Removal(keyFile, kind: .file))]
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] {
        if let count = observed.own?.count, count > 1 {
            throw Refusal("\(file) has \(count) sources", hint: "declare a `file` absent that may go whole")
        }
        return [.remove(Removal(file, kind: .file))] + keyRemoval(observed)
    }

    /// Remarks on other files that say the same archive in another way.
    public func remarks(on observed: Observed?, of host: some HostReading, before changes: [Change]) throws -> [String]
    {
        guard let observed, observed.isOwn else { return [] }
        if let rival = observed.rival {
            return [
                enabled
                    ? "\(rival) gives the same archive in another way: apt may read neither"
                    : "\(rival) has apt read the archive all the same"
            ]
        }
        return observed.giver.map { ["\($0) gives it too"] } ?? []
    }
}
