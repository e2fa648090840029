import Model

/// Why a definition's file is refused.
public struct DefinitionFault: Error, Sendable, Hashable {
    /// What was expected and what was found: lower case, no full stop.
    public var message: String

    public init(_ message: String) {
        self.message = message
    }
}

extension ScheduleDefinition {
    private static let defaults = fields.map { $0.render(ScheduleDefinition()) }
    private static let rows = Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0) })

    /// The version of the file's format.
    private static let format: Int64 = 1
    /// The largest file that is read, in bytes.
    public static let fileLimit = 1 << 20

    /// The canonical file: JSON, the properties that are not their defaults in the order of the table, a newline.
    /// `secrets` names the variables of `env` that came through `secret()`.
    public var fileText: String {
        var members: [Datum.Member] = [.init("format", .int(Self.format))]
        members += fileProperties.map { .init($0.name, $0.value.datum) }
        let secrets = env.entries.filter(\.value.isSecret).map { Datum.string($0.name) }
        if !secrets.isEmpty { members.append(.init("secrets", .list(secrets))) }
        return Datum.map(members).json + "\n"
    }

    /// The properties that are not their defaults, in the order of the table.
    var fileProperties: [(name: String, value: Node.Content)] {
        zip(Self.fields, Self.defaults).compactMap { field, standard in
            guard let value = field.render(self), value != standard else { return nil }
            return (field.name, value)
        }
    }

    /// Whether the file holds secrets and must be closed to others.
    public var hasSecrets: Bool { env.entries.contains { $0.value.isSecret } }

    /// Reads a definition's file. Unknown properties, wrong values and a record that cannot be are refused.
    public init(file bytes: [UInt8]) throws(DefinitionFault) {
        self.init()
        let datum: Datum
        do throws(JSONFault) {
            datum = try Datum(json: bytes)
        } catch {
            throw DefinitionFault("\(error.message) at byte \(error.offset)")
        }
        guard case .map(let members) = datum else { throw DefinitionFault("expected an object, found something else") }
        guard datum["format"] == .int(Self.format) else {
            throw DefinitionFault("expected `format` \(Self.format), found another")
        }
        var secrets: Set<String> = []
        for member in members where member.key != "format" {
            if member.key == "secrets", case .list(let names) = member.value {
                secrets = Set(names.compactMap { if case .string(let text) = $0 { text } else { nil } })
                continue
            }
            guard let field = Self.rows[member.key] else {
                let hint = Spelling.hint(for: member.key, among: Array(Self.rows.keys)).map { "; \($0)" } ?? ""
                throw DefinitionFault("expected a property of a schedule, found `\(member.key)`\(hint)")
            }
            do throws(DecodingFault) {
                try field.decode(Node(Node.Content(member.value), at: .nowhere), &self)
            } catch {
                throw DefinitionFault("`\(member.key)`: expected \(error.expected), found \(error.found)")
            }
        }
        env.entries = env.entries.map { entry in
            EnvironmentEntry(entry.name, Content(entry.value.bytes, isSecret: secrets.contains(entry.name)))
        }
        if let problem = problems.first { throw DefinitionFault(problem.text) }
    }
}
