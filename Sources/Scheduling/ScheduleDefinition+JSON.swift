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
    /// One property of the file: how it is read, and written where it is not the default.
    private struct Property: Sendable {
        var name: String
        var read: @Sendable (Node, inout ScheduleDefinition) throws(DecodingFault) -> Void
        var write: @Sendable (ScheduleDefinition) -> Node.Content?

        init<Value: FieldValue>(_ name: String, _ path: any WritableKeyPath<ScheduleDefinition, Value> & Sendable) {
            self.name = name
            let standard = ScheduleDefinition()[keyPath: path]
            read = { (node, definition) throws(DecodingFault) in
                definition[keyPath: path] = try Value(decoding: node)
            }
            write = { $0[keyPath: path] == standard ? nil : $0[keyPath: path].rendered }
        }

        init<Value: FieldValue>(
            optional name: String, _ path: any WritableKeyPath<ScheduleDefinition, Value?> & Sendable
        ) {
            self.name = name
            read = { (node, definition) throws(DecodingFault) in
                definition[keyPath: path] = try Value(decoding: node)
            }
            write = { $0[keyPath: path]?.rendered }
        }
    }

    private static let properties: [Property] = [
        Property("name", \.name), Property(optional: "cron", \.cron), Property(optional: "every", \.every),
        Property(optional: "after", \.after), Property("timezone", \.timezone), Property("dst", \.dst),
        Property("spread", \.spread), Property(optional: "spread_key", \.spreadKey), Property(optional: "run", \.run),
        Property(optional: "argv", \.argv), Property("user", \.user), Property(optional: "groups", \.groups),
        Property("cwd", \.cwd), Property("umask", \.umask), Property("env", \.env), Property("limits", \.limits),
        Property("nice", \.nice), Property("io_class", \.ioClass), Property(optional: "cpu", \.cpu),
        Property(optional: "memory", \.memory), Property(optional: "timeout", \.timeout),
        Property("kill_after", \.killAfter), Property("overlap", \.overlap), Property(optional: "group", \.group),
        Property("catch_up", \.catchUp), Property("retry", \.retry), Property("on_ambiguity", \.onAmbiguity),
        Property(optional: "keep_output", \.keepOutput), Property("enabled", \.enabled),
    ]
    private static let positions = Dictionary(
        uniqueKeysWithValues: properties.enumerated().map { ($0.element.name, $0.offset) })

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
        Self.properties.compactMap { property in property.write(self).map { (property.name, $0) } }
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
            guard let position = Self.positions[member.key] else {
                let hint = Spelling.hint(for: member.key, among: Array(Self.positions.keys)).map { "; \($0)" } ?? ""
                throw DefinitionFault("expected a property of a schedule, found `\(member.key)`\(hint)")
            }
            do throws(DecodingFault) {
                try Self.properties[position].read(Node(Node.Content(member.value), at: .nowhere), &self)
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
