import HostFiles
public import Model

/// A service of systemd.
public struct Service: Resource, Refreshable, Removable {
    public var name = UnitName.none
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
        Field("enabled", \.enabled, doc: "Whether it starts at boot.", examples: ["true"]),
        Field("masked", \.masked, doc: "Whether nothing can start it.", examples: ["false"]),
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

    var unitFile: AbsolutePath { UnitState.configuration.appending(name.unit) }

    public var objects: [HostObject] { [.service(name.unit)] + (unit == nil ? [] : [.path(unitFile)]) }
    public var needs: [Need] {
        let stem = String(name.unit.prefix { $0 != "@" && $0 != "." })
        return [Need(.package(stem), "package"), Need(.path(unitFile), "unit file")]
    }
    /// The unit files and links that the declaration speaks of.
    public func claims(on host: some HostReading) throws -> [AbsolutePath] {
        let state = try UnitState(of: name.unit, declared: declaredUnit, on: host)
        let links = enabled == true ? state.links.map(\.path) : enabled == nil ? state.presentLinks.map(\.path) : []
        return declaredPaths + links + (masked == false ? [] : [unitFile])
    }

    public var problems: [String] {
        masked == true && (enabled == true || running == true || unit != nil)
            ? ["a masked service cannot be enabled, running or have a unit"] : []
    }

    /// The unit's state, with what its links need.
    public struct Observed: Sendable {
        var state: UnitState
        var isRunning: Bool?
        var unit: Content?
        /// Whether others may read a unit that holds a secret.
        var isOpen = false
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        var observed = Observed(
            state: try UnitState(of: name.unit, declared: declaredUnit, on: host))
        if let unit, let status = try host.status(of: unitFile), status.kind == .file {
            observed.unit = Content(try host.contents(of: unitFile, limit: 1 << 20))
            observed.isOpen = unit.isSecret && status.permissions.bits & 0o077 != 0
        }
        if running != nil, host.isRunning {
            switch try host.answer(to: .serviceIsRunning(name.unit)) {
            case .isRunning(let value): observed.isRunning = value
            case .unknown(let reason): throw Refusal(reason)
            case .candidate, .exitStatus, .count, .paths: break
            }
        }
        return observed
    }

    private var declaredUnit: UnitFile? {
        unit.flatMap { $0.isWithheld ? nil : UnitFile(parsing: $0.bytes) }
    }

    private var unitMode: FileMode { FileMode(Permissions(unit?.isSecret == true ? 0o600 : 0o644)) }

    public func isPresent(in observed: Observed) -> Bool {
        unit != nil ? observed.unit != nil : observed.state.path != nil
    }

    public func changes(from observed: Observed?) -> [Change] {
        guard let observed else { return [] }
        var changes: [Change] = []
        if let unit, observed.unit != unit {
            changes.append(Change("unit", from: observed.unit, to: unit))
        } else if observed.isOpen {
            changes.append(Change("mode", from: .text("readable by others"), to: unitMode.shown))
        }
        if let masked, observed.state.isMasked != masked {
            changes.append(Change("masked", from: observed.state.isMasked.shown, to: masked.shown))
        }
        if let enabled, isEnabled(observed) != enabled {
            changes.append(Change("enabled", from: isEnabled(observed).shown, to: enabled.shown))
        }
        if let running, let present = observed.isRunning, present != running {
            changes.append(Change("running", from: present.shown, to: running.shown))
        }
        return changes
    }

    /// The links as they will be once a unit of ours is written.
    private func isEnabled(_ observed: Observed) -> Bool {
        enabled == false ? !observed.state.presentLinks.isEmpty : observed.state.isEnabled
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        guard let observed else { return [] }
        let differing = Set(changes(from: observed).map(\.property))
        var steps: [Step] = []
        if let unit, differing.contains("unit") {
            let replaced: Replaced =
                observed.unit.map { .file($0.digest) } ?? (observed.state.isMasked ? .anything : .nothing)
            steps.append(
                .writeFile(
                    FileWrite(
                        unitFile, content: unit, attributes: Attributes(mode: unitMode),
                        replaced: replaced)))
        } else if observed.state.path == nil, !observed.state.isMasked, masked != true,
            running == true || enabled == true
        {
            throw Refusal("there is no unit \(name.unit)")
        }
        if differing.contains("mode") {
            let attributes = Attributes(mode: unitMode)
            steps.append(.setAttributes(AttributeChange(unitFile, kind: .file, attributes: attributes)))
        }
        if differing.contains("masked") { steps.append(contentsOf: maskSteps(observed)) }
        if differing.contains("enabled") { steps.append(contentsOf: try enablingSteps(observed)) }
        if differing.contains("running") {
            steps.append(.operateService(ServiceOperation(running == true ? .start : .stop, name.unit)))
        } else if observed.unit != nil, differing.contains("unit"), observed.isRunning == true, refresh != Refresh.none
        {
            // A changed unit takes effect only in a new process.
            steps.append(.operateService(ServiceOperation(.restart, name.unit)))
        }
        return steps
    }

    private func maskSteps(_ observed: Observed) -> [Step] {
        masked == true
            ? [.makeLink(LinkCreation(unitFile, target: "/dev/null", replaced: .anything))]
            : [.remove(Removal(unitFile, kind: .link))]
    }

    private func enablingSteps(_ observed: Observed) throws(Refusal) -> [Step] {
        if enabled == false { return observed.state.presentLinks.map { .remove(Removal($0.path, kind: .link)) } }
        let state = observed.state
        guard state.isInstallable else {
            throw Refusal(
                "\(name.unit) cannot be enabled: its unit has no [Install] section",
                hint: "it is static: something else starts it")
        }
        let present = Set(state.presentLinks.map(\.path))
        return state.missingFolders.map { .makeDirectory(DirectoryCreation($0, attributes: Attributes())) }
            + state.links.filter { !present.contains($0.path) }.map { .makeLink($0) }
    }

    public func refresh(on host: some HostReading, after changes: [Change]) throws -> [Step] {
        guard host.isRunning, refresh != Refresh.none, running != false, masked != true else { return [] }
        // What was just started, or restarted for its own new unit, is not restarted again.
        let isFresh = changes.contains {
            $0.property == "running" || ($0.property == "unit" && $0.old != nil && running == true)
        }
        if isFresh { return [] }
        return [.operateService(ServiceOperation(refresh == .reload ? .reload : .restart, name.unit))]
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] {
        var steps: [Step] = observed.isRunning == true ? [.operateService(ServiceOperation(.stop, name.unit))] : []
        steps += observed.state.presentLinks.map { .remove(Removal($0.path, kind: .link)) }
        if observed.unit != nil { steps.append(.remove(Removal(unitFile, kind: .file))) }
        if observed.state.isMasked { steps.append(.remove(Removal(unitFile, kind: .link))) }
        return steps
    }
}

/// The name of a unit of systemd, `.service` unless it says otherwise.
public struct UnitName: Sendable, Hashable, FieldValue {
    /// As declared.
    public let text: String
    static let none = UnitName(text: "none")

    private init(text: String) {
        self.text = text
    }

    /// With its suffix.
    public var unit: String {
        let suffixes = [".service", ".socket", ".timer", ".path", ".target", ".mount"]
        return suffixes.contains { text.hasSuffix($0) } ? text : text + ".service"
    }

    public static var shape: Shape { .text(pattern: "^[A-Za-z0-9:_.@\\\\][A-Za-z0-9:_.@\\\\-]*$") }

    public init(decoding node: Node) throws(DecodingFault) {
        let isName = { (text: String) in
            !text.isEmpty && text.utf8.count <= 200 && text.first != "-" && text.first != "."
                && text.unicodeScalars.allSatisfy {
                    $0.isASCII
                        && ($0.properties.isAlphabetic || ("0"..."9").contains($0)
                            || ":_.@\\-".unicodeScalars.contains($0))
                }
        }
        guard let text = node.text, isName(text) else {
            throw DecodingFault(
                node, expected: "the name of a unit", hint: "letters, digits, `:`, `_`, `.`, `@` and `-`")
        }
        self.text = text
    }

    public var rendered: Node.Content { .string(text) }
    public var shown: ShownText { .text(text) }
}
