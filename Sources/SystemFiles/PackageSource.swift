public import Model

/// A source of packages of apt, as sources.list(5) has it: a line of a `.list` file or a stanza of a `.sources` file.
public struct PackageSource: Sendable, Hashable {
    public var types: [String] = []
    public var uris: [String] = []
    public var suites: [String] = []
    public var components: [String] = []
    public var isEnabled = true
    /// The path of a keyring, fingerprints, or a whole key.
    public var signedBy: String?
    /// The other fields, by the names of deb822 in lower case, with their words.
    public var options: [String: [String]] = [:]

    public init() {}

    /// One thing that a source gives: lists of one type from one part of an archive.
    public struct Part: Sendable, Hashable {
        public var type: String
        public var archive: Archive
        public var component: String
    }

    /// What has a Release file of its own. All sources of one archive must agree on whose signature counts.
    public struct Archive: Sendable, Hashable {
        public var uri: String
        public var suite: String
    }

    public var archives: Set<Archive> {
        Set(uris.flatMap { uri in suites.map { Archive(uri: Self.plain(uri), suite: $0) } })
    }

    public var parts: Set<Part> {
        let components = components.isEmpty ? [""] : components
        return Set(
            archives.flatMap { archive in
                types.flatMap { type in components.map { Part(type: type, archive: archive, component: $0) } }
            })
    }

    /// A URI as apt compares it: with or without a slash at the end is the same.
    static func plain(_ uri: String) -> String { uri.last == "/" ? uri : uri + "/" }

    /// Whether one of the options is set to yes (apt.conf(5)).
    public func isSet(_ option: String) -> Bool? { options[option].flatMap { Self.truth($0.joined(separator: " ")) } }

    fileprivate static func truth(_ text: String) -> Bool? {
        let word = text.lowercased()
        if ["yes", "true", "with", "on", "enable", "1"].contains(word) { return true }
        return ["no", "false", "without", "off", "disable", "0"].contains(word) ? false : nil
    }

    /// Sets a field by its name in lower case.
    fileprivate mutating func set(_ name: String, _ text: String, _ words: [String]) {
        switch name {
        case "types": types = words
        case "uris": uris = words
        case "suites": suites = words
        case "components": components = words
        case "enabled": isEnabled = Self.truth(text) ?? true
        case "signed-by": signedBy = text
        default: options[name] = words
        }
    }

    /// All sources that apt reads on a host, by their files.
    public static func all(on host: some HostReading) throws(HostFault) -> [(file: AbsolutePath, source: PackageSource)]
    {
        let main = AbsolutePath.root.appending("etc/apt/sources.list")
        var files: [AbsolutePath] = try host.status(of: main) == nil ? [] : [main]
        for name in try host.entries(of: folder) ?? [] where name.isASCIIWord(or: "-_.") && name.first != "." {
            if name.hasSuffix(".list") || name.hasSuffix(".sources") { files.append(folder.appending(name)) }
        }
        var found: [(file: AbsolutePath, source: PackageSource)] = []
        for file in files {
            let sources =
                file.name.hasSuffix(".sources")
                ? try host.document(SourceStanzas.self, at: file)?.sources
                : try host.document(SourceLines.self, at: file)?.sources
            found += (sources ?? []).map { (file, $0) }
        }
        return found
    }

    /// The folder of the files of sources.
    public static let folder = AbsolutePath.root.appending("etc/apt/sources.list.d")
}

/// A `.sources` file: stanzas in the form of deb822(5).
public struct SourceStanzas: HostDocument {
    public let bytes: [UInt8]
    public let sources: [PackageSource]

    public init(parsing bytes: [UInt8]) {
        self.bytes = bytes
        var sources: [PackageSource] = []
        for fields in Stanzas.fields(of: bytes) {
            var source = PackageSource()
            for field in fields {
                source.set(field.name, field.text, field.text.split(whereSeparator: \.isWhitespace).map(String.init))
            }
            sources.append(source)
        }
        self.sources = sources
    }
}

/// A file of sources with one line each.
public struct SourceLines: HostDocument {
    public let bytes: [UInt8]
    public let sources: [PackageSource]

    public init(parsing bytes: [UInt8]) {
        self.bytes = bytes
        sources = FileLine.lines(of: bytes).lines.compactMap { Self.source($0.bodyText) }
    }

    /// The options whose names differ between the two forms.
    private static let names = ["arch": "architectures", "lang": "languages", "target": "targets"]

    private static func source(_ line: String) -> PackageSource? {
        var rest = line.prefix { $0 != "#" }.trimmed[...]
        guard let type = rest.split(whereSeparator: \.isWhitespace).first, type == "deb" || type == "deb-src" else {
            return nil
        }
        var source = PackageSource()
        rest = rest.dropFirst(type.count).trimmed[...]
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            for option in rest[rest.index(after: rest.startIndex)..<end].split(whereSeparator: \.isWhitespace) {
                let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
                guard parts.count == 2 else { return nil }
                let name = parts[0].lowercased()
                source.set(names[name] ?? name, parts[1], parts[1].split(separator: ",").map(String.init))
            }
            rest = rest[rest.index(after: end)...]
        }
        let words = rest.split(whereSeparator: \.isWhitespace).map(String.init)
        guard words.count > 1 else { return nil }
        (source.types, source.uris, source.suites) = ([String(type)], [words[0]], [words[1]])
        source.components = Array(words.dropFirst(2))
        return source
    }
}
