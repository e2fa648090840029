import Expressions
public import Model
import YAML

/// A mapping of facts or labels that notes each member that is read.
final class RecordedMap: LazyMap {
    /// The kind of the members, as a reader calls them.
    enum Subject {
        case facts, labels
        /// Labels where those of the groups are not known yet.
        case ownLabels
    }

    private let path: String
    private let subject: Subject
    private let members: [Datum.Member]
    /// Members that could not be read, each with the reason that reading it throws.
    private let faults: [FactFault]
    private let record: ReadRecord

    init(
        _ subject: Subject, at path: String, _ members: [Datum.Member], faults: [FactFault] = [],
        _ record: ReadRecord
    ) {
        self.path = path
        self.subject = subject
        self.members = members
        self.faults = faults
        self.record = record
    }

    func member(_ key: String) throws -> Value? {
        if let fault = faults.first(where: { $0.member == key })?.fault {
            throw Diagnostic("`\(path).\(key)`: \(fault.text)", at: nil)
        }
        let value = members.first { $0.key == key }?.value
        if case .map(let inner)? = value { return .lazy(RecordedMap(subject, at: "\(path).\(key)", inner, record)) }
        record.note("\(path).\(key)", value)
        return value.map { Value($0) }
    }

    func absence(of key: String) -> Absence? {
        let name = path == Self.labels ? key : "\(path).\(key)"
        return switch subject {
        case .facts: Self.absentFact(key, of: path)
        case .labels:
            Absence(
                "the label `\(name)` is not set on this host", hint: "\(Self.question(path, key)) asks whether it is")
        case .ownLabels:
            Absence(
                "the label `\(name)` is not one of the host's own, which are all that the condition of a group sees",
                hint: "\(Self.question(path, key)) asks whether it is")
        }
    }

    static func absentFact(_ key: String, of path: String) -> Absence {
        Absence(
            "there is no fact `\(path).\(key)` on this host", hint: "\(question(path, key)) asks whether there is")
    }

    /// How an expression asks whether a member is there.
    private static func question(_ path: String, _ key: String) -> String {
        key.isVariableName ? "`has(\(path).\(key))`" : "`\"\(key)\" in \(path)`"
    }

    /// The path of the labels' mapping.
    static let labels = "labels"

    func keys() -> [String] {
        let names = (members.map(\.key) + faults.map(\.member)).sorted()
        record.note("\(path).*", .list(names.map { .string($0) }))
        return names
    }
}

/// The facts of a host, each read when it is asked for.
final class FactsMap: LazyMap {
    private let source: any FactSource
    private let record: ReadRecord

    init(_ source: any FactSource, _ record: ReadRecord) {
        self.source = source
        self.record = record
    }

    func member(_ key: String) throws -> Value? {
        let value: Datum?
        do throws(HostFault) {
            value = try source.fact(key)
        } catch {
            throw Diagnostic("the fact `\(key)`: \(error.text)", at: nil)
        }
        if case .map(let inner)? = value {
            return .lazy(RecordedMap(.facts, at: "facts.\(key)", inner, faults: source.faults(of: key), record))
        }
        record.note("facts.\(key)", value)
        return value.map { Value($0) }
    }

    func absence(of key: String) -> Absence? {
        RecordedMap.absentFact(key, of: "facts")
    }

    func keys() -> [String] {
        record.note("facts.*", .list(source.names.map { .string($0) }))
        return source.names
    }
}

/// Facts that someone keeps in a file.
public final class FactsSnapshot: FactSource {
    private let facts: [Datum.Member]

    /// - Parameter facts: a mapping; anything else counts as empty.
    public init(_ facts: Datum) {
        if case .map(let members) = facts { self.facts = members } else { self.facts = [] }
    }

    /// Reads JSON or YAML; places in diagnostics are those of the file.
    public init(reading bytes: [UInt8], from path: String) throws(Diagnostics) {
        if case .map(let members)? = try? Datum(json: bytes) {
            facts = members
            return
        }
        var diagnostics = Diagnostics()
        let source = SourceText(bytes, path: path)
        let value = YAMLReader.read(source, into: &diagnostics).map { CoreSchema.value(of: $0, into: &diagnostics) }
        if diagnostics.hasErrors { throw diagnostics }
        guard let value, case .map(let members)? = try? value.datum() else {
            throw Diagnostics([Diagnostic("expected a mapping of facts", at: source.place(line: 1, column: 1))])
        }
        facts = members
    }

    public var names: [String] { facts.map(\.key) }
    public func fact(_ name: String) -> Datum? { facts.first { $0.key == name }?.value }
}
