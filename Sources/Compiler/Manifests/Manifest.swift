import Model

/// One manifest, parsed once for all hosts.
struct Manifest {
    let file: SourceFile
    /// Which hosts it is for; nil: every host.
    var hosts: SiteExpression?
    var vars: [VarSource] = []
    /// The declared items, in the order of the file.
    var items: [Item] = []

    enum Item {
        case resource(ResourceSource)
        indirect case role(RoleUse)
        case addition(ResourceSource)
    }
}

/// One of a manifest's own values.
struct VarSource {
    var name: String
    var place: Place
    var pattern: Pattern
}

/// A resource as it stands in a manifest, before a host is known. All that hosts make of it refers to it; once parsed, nothing
/// changes it.
final class ResourceSource {
    /// A property or parameter with its value.
    struct FieldSource {
        var name: String
        var place: Place
        var pattern: Pattern
    }

    /// `require`, `before`, `notify` or `subscribe`.
    struct Relation {
        var kind: RelationKind
        var pattern: Pattern
    }

    let type: ResourceType
    let label: Pattern
    let place: Place
    var key: Pattern?
    var loop: Pattern?
    var when: SiteExpression?
    var fields: [FieldSource] = []
    var relations: [Relation] = []
    var state: Pattern?
    var onUndeclared: Pattern?
    var tags: Pattern?
    var note: Pattern?

    init(type: ResourceType, label: Pattern, place: Place) {
        self.type = type
        self.label = label
        self.place = place
    }
}

extension ResourceSource {
    /// The text of the expressions or the payload that a field's value came from; nil for a constant.
    func expression(of entry: Node.Entry) -> String? {
        guard let field = fields.first(where: { $0.place == entry.keyPlace }) else { return nil }
        let payload = field.name == entry.key ? nil : "\(field.name) \(field.pattern.constant?.text ?? "")"
        switch field.pattern {
        case .constant, .list, .map: return payload
        case .expression(let expression, _): return "${{\(expression.text)}}"
        case .text(let pieces, _):
            return pieces.map { piece in
                switch piece {
                case .text(let text): text
                case .expression(let expression): "${{\(expression.text)}}"
                }
            }.joined()
        }
    }
}

enum RelationKind: String, CaseIterable {
    case require, before, notify, subscribe
}

/// A use of a role.
struct RoleUse {
    var name: String
    var place: Place
    var parameters: [ResourceSource.FieldSource] = []
    var loop: Pattern?
    var when: SiteExpression?
}

/// `roles/NAME.yaml`: a manifest with typed parameters.
struct Role {
    struct Parameter {
        var name: String
        var place: Place
        var type: ParameterType
        var isMandatory: Bool
        var defaultValue: Node?
        /// A value for the reference page.
        var example: Node?
        var doc: String?
        var allowed: [Datum]
    }

    var name: String
    var doc: String?
    var parameters: [Parameter]
    var manifest: Manifest
}

enum ParameterType: String, FieldValue, CaseIterable {
    case int, string, bool, list, map
}
