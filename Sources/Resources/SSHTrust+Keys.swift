import Model

extension SSHTrust {
    /// The keys that may log in here; nil where there are none.
    var keyGroup: KeyGroup? {
        guard let fleet else { return nil }
        var group = KeyGroup()
        group.name = name
        group.user = to.user
        group.keys = NamedKeys(
            fleet.from.compactMap { member in
                guard var key = member.userKey else { return nil }
                let source = addresses ? member.address.map { ["from=\"\($0.text)\""] } : []
                guard let source else { return nil }
                key.options = (source + [options.text]).filter { !$0.isEmpty }.joined(separator: ",")
                return .init(name: member.id, key: key)
            })
        let known = Set(group.keys.list.map(\.name))
        group.keep = (fleet.from.map(\.id) + fleet.unknownFrom).filter { !known.contains($0) }.sorted()
        return known.isEmpty && group.keep == [] ? nil : group
    }

    /// The keys of hosts that have no certificate yet, as far as they are there: a trust that was one by keys goes on.
    var keptKeys: KeyGroup? {
        guard let fleet else { return nil }
        let waiting = fleet.from.filter { !$0.isCertified(by: authority?.key) }.map(\.id) + fleet.unknownFrom
        if waiting.isEmpty { return nil }
        var group = KeyGroup()
        group.name = name
        group.user = to.user
        group.keep = waiting.sorted()
        return group
    }

    /// The key of this host's account, whom it knows, and when ssh offers the key.
    var clientParts: [any Resource] {
        let hosts = (fleet?.to ?? []).filter(\.isReachable)
        let certified = authority.map { authority in hosts.filter { $0.isCertifiedHost(by: authority.key) } } ?? []
        var (others, more) = authority.map { clientParts($0, certified) } ?? ([], [])
        others += hosts.filter { !certified.contains($0) }.map(Self.known)
        var configuration = File()
        configuration.path = AbsolutePath.root.appending(TrustIdentity.folder)
            .appending(TrustIdentity.fileName(of: name.text))
        guard fleet != nil else { return [configuration] }
        var key = SSHKey()
        key.name = name
        key.user = from.user
        key.file = identity
        // Without a host none is meant: nothing matches a list that only excludes.
        let names = hosts.flatMap(\.names).map(\.text)
        let criteria = "user \(to.user) host \(names.isEmpty ? "!*" : names.joined(separator: ","))"
        let lines =
            ["# \(address), by Lodestar"]
            + TrustIdentity(user: from.user.text, file: ".ssh/\(key.fileName)").lines(when: criteria)
            + (["IdentitiesOnly yes"] + more).map { "    \($0)" }
        configuration.content = .whole(Content(lines.map { "\($0)\n" }.joined()))
        (configuration.owner, configuration.group) = (.name(.root), .name(.root))
        configuration.mode = FileMode(Permissions(0o644))
        return [key] + others + [configuration]
    }

    private static func known(_ host: TrustMember) -> KnownHost {
        var entry = KnownHost()
        entry.host = host.names[0]
        entry.aliases = Array(host.names.dropFirst())
        entry.keys = .exactly(host.hostKeys.map(\.key))
        return entry
    }
}
