public import Model

/// A symbolic link.
public struct Link: Resource, Removable, Replacing {
    public var path = AbsolutePath.root
    public var target = ""
    public var replace: Bool?

    public init() {}

    public static let typeName = "link"
    public static let doc = "A symbolic link. Its target need not exist."
    public static let fields: [Field<Link>] = [
        Field("path", always: \.path, .key, doc: "Where the link is.", examples: ["/srv/current"]),
        Field(
            "target", always: \.target, isRequired: true,
            doc: "What it points to, absolute or relative to its directory.",
            examples: ["/srv/releases/42"]),
        Field(
            "replace", \.replace, .parameter,
            doc: "Takes the place of another kind of object, but never of a directory that is not empty.",
            examples: ["true"]),
    ]
    public static let examples = ["/srv/current: {target: releases/42}"]

    public var objects: [HostObject] { [.path(path)] }
    public var needs: [Need] {
        Need.parent(of: path) + (AbsolutePath(target).map { [Need(.path($0), "target")] } ?? [])
    }
    public var problems: [Problem] {
        if target.isEmpty { return [Problem("target", "expected a path, found nothing")] }
        return target.utf8.count > 4095 || target.unicodeScalars.contains("\n")
            ? [Problem("target", "expected one path of at most 4,095 bytes, found \(Node.quoted(target))")] : []
    }

    public func observe(on host: some HostReading) throws -> Link? {
        guard let status = try host.status(of: path) else { return nil }
        guard try status.isOurs(.link, at: path, replace: replace) else { return nil }
        var observed = Link()
        observed.path = path
        observed.target = try host.linkTarget(of: path)
        return observed
    }

    public func steps(from observed: Link?) throws(Refusal) -> [Step] {
        guard let observed else {
            return [.makeLink(LinkCreation(path, target: target, replaced: replace == true ? .anything : .nothing))]
        }
        return observed.target == target ? [] : [.makeLink(LinkCreation(path, target: target, replaced: .anything))]
    }

    public func removal(of observed: Link) throws(Refusal) -> [Step] { [.remove(Removal(path, kind: .link))] }
}
