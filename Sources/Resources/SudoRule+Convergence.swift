import SystemFiles
public import Model

extension SudoRule {
    public func observe(on host: some HostReading) throws -> Observed? {
        var observed = Observed()
        if try host.status(of: Self.visudo) == nil {
            observed.missing = Refusal(
                "there is no \(Self.visudo)", hint: "the package sudo brings it", isMissing: true)
        }
        for account in accounts where try host.account(.name(account.name)) == nil {
            observed.missing = Refusal("the account \(account.name) does not exist", isMissing: true)
        }
        for group in allGroups where try host.gid(of: group) == nil {
            observed.missing = Refusal("the group \(group) does not exist", isMissing: true)
        }
        guard let status = try host.status(of: file) else {
            observed.other = try Sudoers(reading: host).file(with: line)
            return observed
        }
        try status.mustBe(.file, at: file)
        observed.content = Content(try host.contents(of: file, limit: 1 << 20))
        observed.mode = FileMode(status.permissions)
        observed.isRoots = status.owner == 0 && status.group == 0
        return observed
    }

    public func isPresent(in observed: Observed) -> Bool { observed.content != nil }

    public func changes(from observed: Observed?) -> [Change] {
        guard let found = observed?.content else {
            return observed?.other == nil ? [Change("rule", from: nil, to: .text(line))] : []
        }
        var changes: [Change] = []
        if found != content { changes.append(Change("rule", from: found, to: content)) }
        if observed?.mode != Self.mode {
            changes.append(Change("mode", from: observed?.mode?.shown, to: Self.mode.shown))
        }
        if observed?.isRoots == false { changes.append(Change("owner", from: .text("another"), to: .text("root"))) }
        return changes
    }

    private static let mode = FileMode(Permissions(0o440))

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        if changes(from: observed).isEmpty { return [] }
        if let missing = observed?.missing { throw missing }
        let attributes = Attributes(owner: .name(.root), group: .name(.root), mode: Self.mode)
        if observed?.content == content {
            return [.setAttributes(AttributeChange(file, kind: .file, attributes: attributes))]
        }
        return [
            .writeFile(
                FileWrite(
                    file, content: .whole(content), attributes: attributes,
                    replaced: observed?.content.map { .file($0.digest) } ?? .nothing,
                    validator: .command("\(Self.visudo) -cf % && cat \(Sudoers.main) % | \(Self.visudo) -cf -")))
        ]
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] { [.remove(Removal(file, kind: .file))] }

    public func remarks(on observed: Observed?, of host: some HostReading, before changes: [Change]) throws -> [String]
    {
        let sudoers = try Sudoers(reading: host)
        return sudoers.files.isEmpty || sudoers.folders.contains(Self.folder)
            ? [] : ["sudo does not read it: \(Sudoers.main) has no `@includedir \(Self.folder)`"]
    }
}
