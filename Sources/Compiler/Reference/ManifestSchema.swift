public import Model

/// The JSON Schema of manifests, made from the tables of the resource types. It accepts `${{ }}` anywhere.
public struct ManifestSchema {
    let types: [ResourceType]

    public init(_ types: [ResourceType]) {
        self.types = types
    }

    public var datum: Datum {
        let reserved: [Datum.Member] = [
            .init(
                "hosts",
                ["description": "A condition in CEL: which hosts the manifest is for.", "type": ["string", "boolean"]]),
            .init("vars", ["description": "Values of this manifest; they may use each other.", "type": "object"]),
            .init("role", ["description": "The roles to use.", "type": "object"]),
            .init("extend", ["description": "Additions to resources declared elsewhere.", "type": "object"]),
        ]
        return [
            "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Lodestar manifest", "type": "object",
            "properties": .map(reserved + types.map { .init($0.name, collection(of: $0)) }),
            "additionalProperties": false, "$defs": ["expression": Self.expression, "addresses": Self.addresses],
        ]
    }

    private static let expression: Datum = [
        "type": "string", "pattern": "\\$\\{\\{", "description": "An expression in CEL.",
    ]

    private static let addresses: Datum = [
        "anyOf": [
            ["type": "array", "items": ["type": "string"]], ["$ref": "#/$defs/expression"],
        ]
    ]

    private func collection(of type: ResourceType) -> Datum {
        [
            "description": .string(type.doc), "type": ["object", "null"],
            "additionalProperties": [
                "type": ["object", "null"],
                "properties": .map(type.fields.dropFirst().map { .init($0.name, property($0)) } + common(type)),
                "additionalProperties": false,
            ],
        ]
    }

    private func property(_ field: FieldDescription) -> Datum {
        [
            "description": .string(field.doc),
            "anyOf": [Self.schema(of: field.shape), ["$ref": "#/$defs/expression"]],
        ]
    }

    private func common(_ type: ResourceType) -> [Datum.Member] {
        let addresses: Datum = ["$ref": "#/$defs/addresses"], text: Datum = ["type": "string"]
        var members: [Datum.Member] = [
            .init("when", ["type": ["string", "boolean"], "description": "A condition in CEL."]),
            .init(
                "for_each", ["type": ["string", "array", "object"], "description": "One resource for each element."]),
            .init(
                "key",
                ["type": ["string", "number"], "description": "The resource's key, where the label is another."]),
            .init("require", addresses), .init("before", addresses), .init("notify", addresses),
            .init("subscribe", addresses), .init("tags", ["type": "array", "items": text]), .init("note", text),
            .init("on_undeclare", ["enum": ["remove", "release"]]),
        ]
        if type.isRemovable, !type.fields.contains(where: { $0.name == "state" }) {
            members.append(.init("state", ["enum": ["present", "absent"]]))
        }
        return members
    }

    /// A shape as JSON Schema sees it: a text may be written as a number or a Boolean, since decoding knows it is one.
    static func schema(of shape: Shape) -> Datum {
        switch shape {
        case .text(let pattern?): ["type": ["string", "number"], "pattern": .string(pattern)]
        case .text(nil): ["type": ["string", "number", "boolean"]]
        case .number: ["type": "integer"]
        case .boolean: ["type": "boolean"]
        case .oneOf(let values): ["enum": .list(values.map { .string($0) })]
        case .list(let element):
            ["type": "array", "items": ["anyOf": [schema(of: element), ["$ref": "#/$defs/expression"]]]]
        case .mapping(let value):
            ["type": "object", "additionalProperties": ["anyOf": [schema(of: value), ["$ref": "#/$defs/expression"]]]]
        case .members(let members):
            [
                "type": "object", "properties": .map(members.map { .init($0.name, schema(of: $0.shape)) }),
                "additionalProperties": false, "required": .list(members.map { .string($0.name) }),
            ]
        case .either(let shapes): ["anyOf": .list(shapes.map { schema(of: $0) })]
        }
    }
}
