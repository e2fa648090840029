import SystemFiles
public import Model
public import Scheduling

/// A job that the agent runs: one definition file below /etc/lodestar/schedules.d.
public struct Schedule: Resource, Removable {
    public var definition = ScheduleDefinition()

    public init() {}

    public static let typeName = "schedule"
    public static let fields = ScheduleDefinition.fields.map { $0.lifted(to: \Schedule.definition) }
    public static let doc = """
        A job that the agent runs, with seconds and with a stable offset for each host. It is a whole record in \
        `/etc/lodestar/schedules.d/NAME.json`: an omitted property has its default, and a removed one is reset. Exactly \
        one of `cron`, `every` and `after` says when, exactly one of `run` and `argv` says what.
        """
    public static let examples = [
        "lodestar-law: {cron: \"30 2 * * mon-fri\", timezone: UTC, run: /bin/true, user: root, timeout: 1h}",
        """
        heartbeat: {every: 30s, argv: [/bin/echo, alive], overlap: {allow: 2}, catch_up: {all: 3}, env: {LANG: C.UTF-8}, \
        limits: {nofile: 1024, core: unlimited}, memory: 64M, cpu: 50%, retry: {max: 2, backoff: 5s}}
        """,
    ]

    var path: AbsolutePath { Self.folder.appending("\(definition.name).json") }
    private static let folder = AbsolutePath.root.appending(OwnPaths.schedules)
    private var mode: FileMode { FileMode(Permissions(definition.hasSecrets ? 0o600 : 0o644)) }

    public var objects: [HostObject] { [.path(path)] }
    public var problems: [Problem] { definition.problems }

    public var needs: [Need] {
        var needs = Need.ancestors(of: path) + Need.owners(definition.user, nil).map { Need($0.object, "user") }
        needs += (definition.groups ?? []).map { Need(.group($0), "group") }
        needs += programs.map { Need(.path($0), "script") }
        if definition.cwd != .root { needs.append(Need(.path(definition.cwd), "working directory")) }
        if !["UTC", "local"].contains(definition.timezone) { needs.append(Need(.package("tzdata"), "package tzdata")) }
        return needs
    }

    /// A remark on a job that goes on for somebody who left.
    public func remarks(on observed: Observed?, of host: some HostReading, before changes: [Change]) throws -> [String]
    {
        guard case .name(let name) = definition.user, name != .root,
            try AccountDatabase(reading: host).user(name)?.isLocked == true
        else { return [] }
        return ["it runs as \(name), whose account is locked"]
    }

    /// The paths among the words of the command: a script is often the argument of its interpreter.
    private var programs: [AbsolutePath] {
        let words = definition.argv ?? definition.run?.split { " ;|&<>()\t\n".contains($0) }.map(String.init) ?? []
        return words.prefix(100).compactMap { AbsolutePath($0) }
    }

    /// The object at the definition's place.
    public struct Observed: Sendable {
        /// nil where the file is no definition of this name.
        var definition: ScheduleDefinition?
        /// Why the file is no definition.
        var problem: String?
        var digest: Digest?
        /// Whether owner, group and mode are as they must be.
        var mode: FileMode
        var hasOwner: Bool
        /// Directories above it that are missing, the outermost first.
        var missing: [AbsolutePath] = []
        var isPresent = true
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        guard let status = try host.status(of: path) else {
            let above = [Self.folder.parent, Self.folder].compactMap { $0 }
            let missing = try above.filter { try host.status(of: $0) == nil }
            return Observed(mode: mode, hasOwner: true, missing: missing, isPresent: false)
        }
        try status.mustBe(.file, at: path)
        let bytes = try host.contents(of: path, limit: 256 << 20)
        var observed = Observed(
            digest: Digest(of: bytes), mode: FileMode(status.permissions),
            hasOwner: status.owner == 0 && status.group == 0)
        do throws(DefinitionFault) {
            let found = try ScheduleDefinition(file: bytes)
            if found.name == definition.name {
                observed.definition = found
            } else {
                observed.problem = "of another name"
            }
        } catch {
            observed.problem = error.message
        }
        return observed
    }

    public func isPresent(in observed: Observed) -> Bool { observed.isPresent }

    public func changes(from observed: Observed?) -> [Change] {
        guard let observed, observed.isPresent else { return ownChanges }
        var changes: [Change] = []
        if let found = observed.definition {
            var other = Schedule()
            other.definition = found
            changes = Self.propertyChanges(from: other, to: self)
            changes += Self.resets(from: found, to: definition)
            if changes.isEmpty, observed.digest != Digest(of: definition.fileText) {
                changes.append(Change("file", from: .text("not in its canonical form"), to: .text("canonical")))
            }
        } else {
            changes = [Change("file", from: .text("no definition: \(observed.problem ?? "")"), to: .text("this one"))]
            changes += ownChanges
        }
        if observed.mode != mode { changes.append(Change("mode", from: observed.mode.shown, to: mode.shown)) }
        if !observed.hasOwner { changes.append(Change("owner", from: .text("another"), to: .text("root"))) }
        return changes
    }

    /// The properties that are not their defaults.
    private var ownChanges: [Change] {
        Self.propertyChanges(from: Schedule(), to: self).map { Change($0.property, from: nil, to: $0.new) }
    }

    /// The optional properties that the file has and the declaration no longer.
    private static func resets(from found: ScheduleDefinition, to wanted: ScheduleDefinition) -> [Change] {
        var had = Schedule(), has = Schedule()
        (had.definition, has.definition) = (found, wanted)
        let kept = Set(has.shownFields.map(\.name))
        return had.shownFields.filter { !kept.contains($0.name) }.map { Change($0.name, from: $0.value, to: nil) }
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        if let observed, observed.isPresent, changes(from: observed).isEmpty { return [] }
        let folders = (observed?.missing ?? []).map { folder in
            Step.makeDirectory(
                DirectoryCreation(
                    folder,
                    attributes: Attributes(
                        owner: .name(.root), group: .name(.root), mode: FileMode(Permissions(0o755)))))
        }
        let content = Content(definition.fileText, isSecret: definition.hasSecrets)
        let attributes = Attributes(owner: .name(.root), group: .name(.root), mode: mode)
        return folders + [
            .writeFile(
                FileWrite(
                    path, content: content, attributes: attributes,
                    replaced: observed?.isPresent == true ? .file(observed?.digest) : .nothing))
        ]
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] { [.remove(Removal(path, kind: .file))] }
}
