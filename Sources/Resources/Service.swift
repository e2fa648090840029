import SystemFiles
public import Model

/// A service of systemd.
public struct Service: Resource, Refreshable, Removable {
    public var name = ServiceName.none
    public var running: Bool?
    public var enabled: Bool?
    public var masked: Bool?
    public var refresh: Refresh?
    public var unit: Content?

    public init() {}

    public enum Refresh: String, FieldValue, CaseIterable {
        case restart, reload, none
    }

    public static let typeName = "service"
    public static let doc = """
        A service of systemd. Below another root (`--root`) it is enabled by its links, and whether it runs is left to \
        that system's boot.
        """
    public static let bearsData = true
    public static let fields: [Field<Service>] = [
        Field(
            "name", always: \.name, .key, doc: "The unit; `.service` may be left out.",
            examples: ["nginx", "getty@tty1"]),
        Field("running", \.running, doc: "Whether it runs now.", examples: ["true"]),
        Field(
            "enabled", \.enabled, doc: "Whether it starts at boot, by the links of `systemctl enable` in /etc.",
            examples: ["true"]),
        Field(
            "masked", \.masked, doc: "Whether an administrator's mask in /etc keeps it from starting.",
            examples: ["false"]),
        Field(
            "refresh", \.refresh, .parameter, doc: "What a notification does; restart by default.", examples: ["reload"]
        ),
        Field(
            "unit", \.unit, record: .wholeOrDigest,
            doc: "The content of a unit file of ours in /etc/systemd/system: 0644, or 0600 with a secret.",
            examples: ["\"[Service]\\nExecStart=/bin/sleep inf\\n\""]),
    ]
    public static let examples = [
        "lodestar-law: {unit: \"[Service]\\nExecStart=/bin/sleep inf\\n[Install]\\nWantedBy=multi-user.target\\n\", enabled: true}",
        "lodestar-mask: {masked: true}",
    ]

    var unitName: UnitName { name.unit }
    var declaredUnit: UnitFile? { unit.flatMap { $0.isWithheld ? nil : UnitFile(parsing: $0.bytes) } }
    var unitMode: FileMode { FileMode(Permissions(unit?.isSecret == true ? 0o600 : 0o644)) }
    var unitFile: AbsolutePath { UnitFolders.configuration.appending(unitName.text) }

    public var objects: [HostObject] { [.service(unitName.text)] + (unit == nil ? [] : [.path(unitFile)]) }
    public var needs: [Need] {
        let files = [unitName, unitName.template].compactMap { $0 }.flatMap { name in
            ["etc", "usr/local/lib", "usr/lib", "lib"].map {
                AbsolutePath.root.appending("\($0)/systemd/system/\(name)")
            }
        }
        return [Need(.package(unitName.prefix), "package")] + files.map { Need(.path($0), "unit file") }
            + files.compactMap { AbsolutePath("\($0).d") }.map { Need(.path($0), "drop-in", isForFiles: true) }
    }
    /// The unit files and links that the declaration speaks of.
    public func claims(on host: some HostReading) throws -> [AbsolutePath] {
        let tree = try UnitTree(on: host, unit: unitName, declared: declaredUnit, isUnmasked: masked == false)
        var links = enabled == false ? [] : try tree.disabling(unitName).all
        if enabled == true, let enabling = try? tree.enabling(unitName) { links += enabling.own }
        return declaredPaths + links + (masked == false ? [] : [unitFile])
    }
    public var problems: [Problem] {
        var problems: [Problem] = []
        if masked == true, enabled == true || running == true || unit != nil {
            problems.append(Problem(at: "masked", "a masked service cannot be enabled, running or have a unit"))
        }
        if running != nil, unitName.kind == .template {
            problems.append(
                Problem("running", "a template does not run; name an instance: \(unitName.prefix)@NAME"))
        }
        return problems
    }
}
