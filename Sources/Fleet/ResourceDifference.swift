import Compiler
import Engine
public import Model

/// What becomes of one resource of a host when a site changes.
public struct ResourceDifference: Sendable, Hashable {
    public enum Kind: String, Sendable {
        case add, change, remove
        /// `when` switches it off: the object stays as it is.
        case leave
    }

    public var address: Address
    public var kind: Kind
    public var fields: [FieldDifference]
    /// The composite that it is a part of.
    public var composite: Address?
    /// Where it is declared, in the new site where it is there.
    public var place: String
    /// Whether the object carries data.
    public var bearsData: Bool
    /// Whether it bears on who can log in or become root.
    public var bearsOnAccess: Bool

    /// nil where neither side has it.
    init?(_ pair: ResourcePair) {
        guard let declaration = (pair.new ?? pair.old)?.declaration else { return nil }
        address = declaration.address
        composite = declaration.partOf?.address
        place = "\(declaration.place)"
        bearsData = type(of: declaration.resource).bearsData
        bearsOnAccess = [pair.old, pair.new].contains { $0?.declaration.bearsOnAccess == true }
        switch (pair.old, pair.new) {
        case (_?, nil):
            kind = pair.isDormant ? .leave : .remove
            fields = []
        case (let old?, let new?):
            kind = .change
            fields = FieldDifference.all(from: old, to: new)
        case (nil, let new?):
            kind = .add
            fields = FieldDifference.all(of: new)
        case (nil, nil): return nil
        }
    }
}

/// What becomes of one property.
public struct FieldDifference: Sendable, Hashable {
    public enum Value: Sendable, Hashable {
        /// nil: the property is not managed.
        case texts(old: String?, new: String?)
        /// A text by its lines, as diff -u prints it.
        case lines([String])
        /// Another secret, which is not shown.
        case secret
    }

    public var name: String
    public var value: Value

    static func all(of new: DeclaredState) -> [FieldDifference] {
        let declaration = new.declaration
        var fields = declaration.resource.shownFields.map { FieldDifference(name: $0.name, value: added($0.value)) }
        if declaration.state == .absent { fields.insert(text("state", nil, "absent"), at: 0) }
        return fields + new.relations.map { text(String($0.prefix { $0 != " " }), nil, target(of: $0)) }
    }

    static func all(from old: DeclaredState, to new: DeclaredState) -> [FieldDifference] {
        let before = old.declaration, after = new.declaration
        var fields: [FieldDifference] = []
        if before.state != after.state { fields.append(text("state", before.state.rawValue, after.state.rawValue)) }
        let values = [before, after].map { declaration in
            Dictionary(
                declaration.resource.shownFields.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        }
        let secrets = Set(
            RecordedFields(of: after.resource).names(differingFrom: RecordedFields(of: before.resource)))
        let own = after.resource.shownFields.map(\.name)
        for name in own + before.resource.shownFields.map(\.name).filter({ !own.contains($0) }) {
            let pair = (values[0][name], values[1][name])
            if pair.0 == .secret, pair.1 == .secret {
                if secrets.contains(name) { fields.append(FieldDifference(name: name, value: .secret)) }
            } else if pair.0 != pair.1 {
                fields.append(FieldDifference(name: name, value: changed(pair.0, pair.1)))
            }
        }
        if before.onUndeclared != after.onUndeclared {
            fields.append(text("on_undeclare", before.onUndeclared?.rawValue, after.onUndeclared?.rawValue))
        }
        for gone in old.relations where !new.relations.contains(gone) {
            fields.append(text(String(gone.prefix { $0 != " " }), target(of: gone), nil))
        }
        for added in new.relations where !old.relations.contains(added) {
            fields.append(text(String(added.prefix { $0 != " " }), nil, target(of: added)))
        }
        return fields
    }

    private static func text(_ name: String, _ old: String?, _ new: String?) -> FieldDifference {
        FieldDifference(name: name, value: .texts(old: old, new: new))
    }

    private static func target(of relation: String) -> String { String(relation.drop { $0 != " " }.dropFirst()) }

    private static func added(_ value: ShownText) -> Value {
        if case .content(let content) = value, let lines = UnifiedDiff.lines(from: Content([]), to: content) {
            return .lines(Array(lines.dropFirst()))
        }
        return .texts(old: nil, new: value.line)
    }

    private static func changed(_ old: ShownText?, _ new: ShownText?) -> Value {
        if case .content(let before)? = old, case .content(let after)? = new,
            let lines = UnifiedDiff.lines(from: before, to: after)
        {
            return .lines(lines)
        }
        return .texts(old: old?.line, new: new?.line)
    }
}

extension Declaration {
    /// Whether it may decide who can log in or become root.
    fileprivate var bearsOnAccess: Bool {
        resource.objects.contains { object in
            switch object {
            case .user, .group, .authorizedKey, .authorizedKeys, .keyGroup, .members, .groups, .membership: true
            case .path(let path), .content(let path), .part(_, let path, _): path.bearsOnAccess
            case .accountNumber, .groupNumber, .knownHost, .keyPair, .package, .service, .command, .mount, .swap,
                .installed:
                false
            }
        }
    }
}

extension AbsolutePath {
    private static let deciders = [
        "etc/sudoers", "etc/sudoers.d", "etc/ssh/sshd_config", "etc/ssh/sshd_config.d", "etc/pam.d", "etc/security",
        "etc/passwd", "etc/shadow", "etc/group", "etc/gshadow", "etc/hosts.allow", "etc/hosts.deny",
    ].map { AbsolutePath.root.appending($0) }

    fileprivate var bearsOnAccess: Bool {
        name == "authorized_keys" || Self.deciders.contains { isBelowOrEqual(to: $0) }
    }
}
