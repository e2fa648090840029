public import Model

/// The time zone of the host: the link /etc/localtime, and /etc/timezone where that file is kept.
public struct Timezone: Resource, Removable {
    public var host = ThisHost.this
    public var zone = ""

    public init() {}

    public static let typeName = "timezone"
    public static let doc = """
        The time zone of the host: the link /etc/localtime (localtime(5)). A zone file that was copied there is replaced \
        by the link, and /etc/timezone follows where it is kept. Without the link the zone is UTC.
        """
    public static let bearsData = true
    public static let fields: [Field<Timezone>] = [
        Field("host", always: \.host, .key, doc: "Always `this`.", examples: ["this"]),
        Field(
            "zone", always: \.zone, isRequired: true, doc: "The zone's name below /usr/share/zoneinfo.",
            examples: ["Asia/Shanghai", "Etc/UTC"]),
    ]
    public static let examples = ["this: {zone: Asia/Shanghai}"]

    private static let link = AbsolutePath.root.appending("etc/localtime")
    private static let legacy = AbsolutePath.root.appending("etc/timezone")
    private static let folder = AbsolutePath.root.appending("usr/share/zoneinfo")
    private static let links = ["/usr/share/zoneinfo/", "../usr/share/zoneinfo/"]

    public var objects: [HostObject] { [.path(Self.link), .path(Self.legacy)] }
    public var needs: [Need] { [Need(.package("tzdata"), "zone files")] }
    public var problems: [Problem] {
        let parts = zone.split(separator: "/", omittingEmptySubsequences: false)
        let isName = parts.allSatisfy { !$0.isEmpty && $0.isASCIIWord(or: "_-+") } && zone.utf8.count <= 100
        return isName ? [] : [Problem("zone", "expected a name such as Asia/Shanghai, found \(Node.quoted(zone))")]
    }

    public struct Observed: Sendable {
        /// What is at /etc/localtime.
        var kind: FileStatus.Kind?
        /// The zone of the link, or where the link leads when that is no zone.
        var zone: String?
        var legacy: WordFile
        /// What keeps the declared zone from being used.
        var problem: Refusal?
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        var observed = Observed(
            kind: try host.status(of: Self.link)?.kind, legacy: try WordFile(Self.legacy, on: host),
            problem: try problem(on: host))
        switch observed.kind {
        case .link?:
            let target = try host.linkTarget(of: Self.link)
            let prefix = Self.links.first { target.hasPrefix($0) }
            observed.zone = prefix.map { String(target.dropFirst($0.count)) } ?? "a link to \(target)"
        case .file?: observed.zone = "a copy"
        case nil: break
        case .directory?, .device?, .fifo?, .socket?: throw Refusal("\(Self.link) is neither a link nor a file")
        }
        return observed
    }

    private func problem(on host: some HostReading) throws -> Refusal? {
        let path = Self.folder.appending(zone), known = try host.entries(of: Self.folder)
        guard let status = try host.status(of: path) else {
            guard known != nil else {
                return Refusal("\(Self.folder) does not exist", hint: "the package tzdata brings it", isMissing: true)
            }
            let names = try path.parent.flatMap { try host.entries(of: $0) } ?? known ?? []
            let near = Spelling.nearest(to: path.name, among: names)
            return Refusal(
                "there is no zone \(zone)", hint: near ?? "`timedatectl list-timezones` lists them", isMissing: true)
        }
        return status.kind == .directory ? Refusal("\(zone) is a folder of zones") : nil
    }

    public func isPresent(in observed: Observed) -> Bool { observed.kind != nil }

    /// A zone that is not there is a difference, whatever the link says.
    public func changes(from observed: Observed?) -> [Change] {
        let found = observed?.problem == nil ? observed?.zone : nil
        if found != zone { return [Change("zone", from: found.map { .text($0) }, to: .text(zone))] }
        guard let legacy = observed?.legacy, legacy.kind != nil, legacy.word != zone else { return [] }
        return [Change("zone", from: .text("\(legacy.word ?? "nothing") in \(Self.legacy)"), to: .text(zone))]
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        guard let observed else { return [] }
        if let problem = observed.problem { throw problem }
        let legacy = observed.legacy.kind == nil ? [] : try observed.legacy.steps(zone)
        if observed.zone == zone { return legacy }
        let target = Self.folder.appending(zone).text
        return [.makeLink(LinkCreation(Self.link, target: target, replaced: .file(nil)))] + legacy
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] {
        let legacy = observed.legacy.kind == nil ? [] : try observed.legacy.steps("Etc/UTC")
        return [.remove(Removal(Self.link, kind: observed.kind ?? .link))] + legacy
    }
}
