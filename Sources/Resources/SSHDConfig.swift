import SystemFiles
public import Model

/// Settings of sshd in a file of their own.
public struct SSHDConfig: Resource, Removable, Refreshable {
    public var name = PlainName.none
    public var settings = DropInSettings()
    public var exclusive = false

    public init() {}

    public static let typeName = "sshd_config"
    public static let doc = """
        Settings of sshd in `/etc/ssh/sshd_config.d/NAME.conf`. sshd accepts the whole configuration with them before the file \
        takes its place (`sshd -t`), and a running one reads it. Where another file has the last word on a setting, which is \
        the first one that sshd reads, it is refused.
        """
    public static let fields: [Field<SSHDConfig>] = [
        Field(
            "name", always: \.name, .key,
            doc: "The file's name without `.conf`; files are read in the order of their names.",
            examples: ["10-hardening"]),
        Field(
            "settings", always: \.settings, isRequired: true,
            doc:
                "Keywords of sshd_config(5) with their values; a list is a line for each. No `Match` and no `Include`.",
            examples: ["{PasswordAuthentication: \"no\", AllowGroups: ops admin}"]),
        Field(
            "exclusive", always: \.exclusive, .parameter,
            doc: "Whether it is refused where another file, or a `Match` block, sets one of the settings too.",
            examples: ["true"]),
    ]
    public static let examples = ["10-law: {settings: {X11Forwarding: \"no\", AcceptEnv: [LANG, \"LC_*\"]}}"]

    static let folder = AbsolutePath.root.appending("etc/ssh/sshd_config.d")
    static let program = AbsolutePath.root.appending("usr/sbin/sshd")
    static let main = AbsolutePath.root.appending("etc/ssh/sshd_config")
    private static let units = ["ssh.service", "sshd.service"]

    var file: AbsolutePath { Self.folder.appending("\(name.text).conf") }
    private var content: Content { Content(settings.lines.map { "\($0)\n" }.joined()) }

    public var objects: [HostObject] { [.path(file)] }
    public var probes: [Probe] { Self.units.map { .serviceIsRunning($0) } }
    /// An unreadable file that a setting names may lock everybody out: those that are declared come first.
    public var needs: [Need] {
        Need.parent(of: file) + [Need(.package("openssh-server"), "package openssh-server")]
            + settings.paths.map { Need(.path($0), "a setting names it") }
    }
    public struct Observed: Sendable {
        var content: Content?
        var mode: Permissions?
        var isRoots = true
        var hasFolder = true
        var hasProgram = true
        /// What keeps the settings from counting.
        var objections: [String] = []
        var remarks: [String] = []
        /// The service that is to read them; nil where none runs.
        var unit: String?
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        var observed = Observed()
        observed.hasProgram = try host.status(of: Self.program) != nil
        observed.hasFolder = try host.status(of: Self.folder)?.kind == .directory
        if let status = try host.status(of: file) {
            try status.mustBe(.file, at: file)
            observed.content = Content(try host.contents(of: file, limit: 1 << 20))
            (observed.mode, observed.isRoots) = (status.permissions, status.owner == 0 && status.group == 0)
        }
        let ours = SshdFile(parsing: content.bytes)
        let directives = try SshdDirectives(reading: host, with: ours, at: file).all
        let own = directives.filter { $0.path == file }
        if own.isEmpty, observed.hasProgram {
            observed.objections.append(
                "sshd does not read \(file): \(Self.main) has no `Include \(Self.folder)/*.conf`")
        } else if own.contains(where: \.isInMatch) {
            observed.objections.append("sshd reads \(file) in a Match block, for some connections only")
        }
        var judged: Set<String> = []
        for setting in own where judged.insert(setting.words[0]).inserted { judge(setting, directives, &observed) }
        guard host.isRunning else { return observed }
        let folders = ["etc/systemd/system", "usr/lib/systemd/system", "lib/systemd/system"].map {
            AbsolutePath.root.appending($0)
        }
        for unit in Self.units where observed.unit == nil {
            let isThere = try folders.contains { try host.status(of: $0.appending(unit)) != nil }
            if isThere, case .isRunning(true) = try host.answer(to: .serviceIsRunning(unit)) { observed.unit = unit }
        }
        return observed
    }

    /// Whether a setting counts: of most keywords the first value, of some all of them.
    private func judge(
        _ setting: SshdDirectives.Directive, _ directives: [SshdDirectives.Directive], _ observed: inout Observed
    ) {
        let keyword = setting.words[0], others = directives.filter { $0.words[0] == keyword && $0.path != file }
        if let match = others.first(where: \.isInMatch) {
            let text = "\(match.path) has another \(keyword) for some connections"
            if exclusive { observed.objections.append(text) } else { observed.remarks.append(text) }
        }
        let all = directives.filter { $0.words[0] == keyword && !$0.isInMatch }
        let rivals: [SshdDirectives.Directive] =
            switch DropInSettings.reading(of: keyword) {
            case _ where exclusive, .widening: all
            case .all: []
            case .first: Array(all.prefix(1))
            }
        let rival = rivals.first { $0.path != file && (exclusive || $0.value != setting.value) }
        if let rival { observed.objections.append("\(rival.path) sets \(keyword) to `\(rival.value)`") }
    }

    public func isPresent(in observed: Observed) -> Bool { observed.content != nil }

    public func changes(from observed: Observed?) -> [Change] {
        guard let observed, let found = observed.content else { return [Change("settings", from: nil, to: content)] }
        var changes: [Change] = []
        if found != content { changes.append(Change("settings", from: found, to: content)) }
        if observed.mode != Self.read {
            changes.append(
                Change("mode", from: observed.mode.map { FileMode($0).shown }, to: FileMode(Self.read).shown))
        }
        if !observed.isRoots { changes.append(Change("owner", from: .text("another"), to: .text("root"))) }
        if let objection = observed.objections.first {
            changes.append(Change("effect", from: .text(objection), to: .text("these settings")))
        }
        return changes
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        guard let observed, !changes(from: observed).isEmpty else { return [] }
        if !observed.hasProgram {
            throw Refusal("there is no \(Self.program)", hint: "the package openssh-server brings it", isMissing: true)
        }
        if !observed.hasFolder { throw Refusal("the directory \(Self.folder) does not exist", isMissing: true) }
        if let objection = observed.objections.first {
            throw Refusal(
                objection, hint: "sshd takes the first value: a name that comes earlier, or that file without it")
        }
        // As a whole, with the new file before the others; sshd wants a folder that its service makes when it starts.
        let test = """
            { [ -d /run/sshd ] || mkdir -m 755 /run/sshd; } && all=$(mktemp) && cat % \(Self.main) > $all \\
            && \(Self.program) -t -f $all; status=$?; rm -f $all; exit $status
            """
        var steps: [Step] = []
        if observed.content != content {
            steps.append(
                .writeFile(
                    FileWrite(
                        file, content: .whole(content), attributes: Self.attributes(Self.unread),
                        replaced: observed.content.map { .file($0.digest) } ?? .nothing, validator: .command(test),
                        isAlone: true)))
        }
        return steps + reload(observed)
            + [.setAttributes(AttributeChange(file, kind: .file, attributes: Self.attributes(Self.read)))]
    }

    /// A file that a running sshd has not read yet is closed to others: where that fails, the next run tries again.
    private static let unread = Permissions(0o600), read = Permissions(0o644)

    private static func attributes(_ permissions: Permissions) -> Attributes {
        Attributes(owner: .name(.root), group: .name(.root), mode: FileMode(permissions))
    }

    private func reload(_ observed: Observed) -> [Step] {
        observed.unit.map { [.service(ServiceOperation(.reload, $0))] } ?? []
    }

    public func remarks(on observed: Observed?, of host: some HostReading, before changes: [Change]) throws -> [String]
    {
        observed?.remarks ?? []
    }

    /// What a setting names has changed: sshd reads some of that only with its configuration.
    public func refresh(on host: some HostReading, after changes: [Change]) throws -> [Step] {
        guard changes.isEmpty, let observed = try observe(on: host) else { return [] }
        return reload(observed)
    }

    /// A running sshd reads an empty file before the file goes, so that what fails is tried again.
    public func removal(of observed: Observed) throws(Refusal) -> [Step] {
        let removal = Step.remove(Removal(file, kind: .file, isAlone: true)), reload = reload(observed)
        if reload.isEmpty { return [removal] }
        let empty = FileWrite(
            file, content: .whole(Content("")), attributes: Self.attributes(Self.unread), replaced: .file(nil),
            isAlone: true)
        return [.writeFile(empty)] + reload + [removal]
    }
}
