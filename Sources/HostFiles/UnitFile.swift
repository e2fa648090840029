public import Model

/// A unit file of systemd (systemd.unit(5)), as far as enabling it needs: its [Install] section.
public struct UnitFile: HostDocument {
    public let bytes: [UInt8]
    public private(set) var wantedBy: [String] = []
    public private(set) var requiredBy: [String] = []
    public private(set) var aliases: [String] = []
    public private(set) var also: [String] = []
    public private(set) var defaultInstance: String?

    public init(parsing bytes: [UInt8]) {
        self.bytes = bytes
        var section: Substring = ""
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let body = line.drop { $0 == " " || $0 == "\t" }
            if body.first == "[" { section = body }
            guard section.hasPrefix("[Install]"), let equals = body.firstIndex(of: "=") else { continue }
            let values = body[body.index(after: equals)...].split(whereSeparator: \.isWhitespace).map(String.init)
            switch body[..<equals].filter({ !$0.isWhitespace }) {
            case "WantedBy": wantedBy += values
            case "RequiredBy": requiredBy += values
            case "Alias": aliases += values
            case "Also": also += values
            case "DefaultInstance": defaultInstance = values.first
            default: break
            }
        }
    }

    /// Whether there is anything to enable.
    public var isInstallable: Bool { !(wantedBy.isEmpty && requiredBy.isEmpty && aliases.isEmpty) }
}

/// What the folders of systemd say about one unit, found without systemd running.
public struct UnitState: Sendable {
    /// Where links and an administrator's units are.
    public static let configuration = AbsolutePath.root.appending("etc/systemd/system")
    /// Where unit files are looked for, the first wins (systemd.unit(5)).
    static let folders = [
        "etc/systemd/system", "run/systemd/system", "usr/local/lib/systemd/system", "usr/lib/systemd/system",
        "lib/systemd/system",
    ].map { AbsolutePath.root.appending($0) }

    public var unit: String
    /// The unit file, of the template for an instance; nil when there is none.
    public var path: AbsolutePath?
    public var isMasked: Bool
    /// The links that enabling makes: where they are and what they point to.
    public var links: [LinkCreation]
    /// Which of the links are there already.
    public var presentLinks: [LinkCreation]
    /// The folders below /etc/systemd/system that the links need and that are missing.
    public var missingFolders: [AbsolutePath]

    public var isInstallable: Bool { !links.isEmpty }
    public var isEnabled: Bool { !links.isEmpty && presentLinks.count == links.count }

    /// - Parameter declared: a unit file of ours that will be in /etc/systemd/system.
    public init(of unit: String, declared: UnitFile? = nil, on host: some HostReading) throws(HostFault) {
        self.unit = unit
        let own = Self.configuration.appending(unit)
        isMasked = try Self.target(of: own, on: host) == "/dev/null"
        links = []
        presentLinks = []
        missingFolders = []
        path = declared == nil ? try Self.find(unit, on: host) : own
        guard let path else { return }
        let installed = declared == nil ? try host.document(UnitFile.self, at: path) : declared
        guard let file = installed else { return }
        let folders = file.wantedBy.map { $0 + ".wants" } + file.requiredBy.map { $0 + ".requires" }
        for folder in folders where try host.status(of: Self.configuration.appending(folder)) == nil {
            missingFolders.append(Self.configuration.appending(folder))
        }
        links = Self.links(of: unit, file, at: path)
        for link in links where try Self.target(of: link.path, on: host) != nil { presentLinks.append(link) }
    }

    private static func links(of unit: String, _ file: UnitFile, at path: AbsolutePath) -> [LinkCreation] {
        let folders = file.wantedBy.map { $0 + ".wants/" } + file.requiredBy.map { $0 + ".requires/" }
        return (folders.map { $0 + unit } + file.aliases).map {
            LinkCreation(configuration.appending($0), target: path.text, replaced: .anything)
        }
    }

    /// The unit's file, else its template's.
    private static func find(_ unit: String, on host: some HostReading) throws(HostFault) -> AbsolutePath? {
        for name in [unit, template(of: unit)].compactMap({ $0 }) {
            for folder in folders {
                let path = folder.appending(name)
                guard let status = try host.status(of: path) else { continue }
                if status.kind == .file { return path }
                if status.kind == .link, let target = AbsolutePath(try host.linkTarget(of: path)),
                    target.text != "/dev/null",
                    try host.status(of: target)?.kind == .file
                {
                    return target
                }
            }
        }
        return nil
    }

    /// `getty@.service` for `getty@tty1.service`; nil where there is no instance.
    static func template(of unit: String) -> String? {
        guard let at = unit.firstIndex(of: "@"), let dot = unit.lastIndex(of: "."), at < dot else { return nil }
        return String(unit[...at]) + String(unit[dot...])
    }

    private static func target(of path: AbsolutePath, on host: some HostReading) throws(HostFault) -> String? {
        guard let status = try host.status(of: path), status.kind == .link else { return nil }
        return try host.linkTarget(of: path)
    }
}
