import Expressions
import Model

/// A mapping of facts or labels that notes each member that is read.
final class RecordedMap: LazyMap {
    /// The kind of the members, as a reader calls them.
    enum Subject: Hashable {
        case facts, labels
        /// Labels where those of the groups are not known yet.
        case ownLabels
    }

    private let names: [String]
    private let subject: Subject
    private let members: [Datum.Member]
    /// Members that could not be read, each with the reason that reading it throws.
    private let faults: [FactFault]
    private let record: ReadRecord

    /// - Parameter names: where the mapping stands among the facts or labels, from the outermost.
    init(
        _ subject: Subject, at names: [String] = [], _ members: [Datum.Member], faults: [FactFault] = [],
        _ record: ReadRecord
    ) {
        self.names = names
        self.subject = subject
        self.members = members
        self.faults = faults
        self.record = record
    }

    private var path: String {
        ([subject == .facts ? "facts" : Self.labels] + names).joined(separator: ".")
    }

    func member(_ key: String) throws -> Value? {
        record.ask(.member(subject, names + [key]))
        if let fault = faults.first(where: { $0.member == key })?.fault {
            throw Diagnostic("`\(path).\(key)`: \(fault.text)", at: nil)
        }
        let value = members.first { $0.key == key }?.value
        if case .map(let inner)? = value { return .lazy(RecordedMap(subject, at: names + [key], inner, record)) }
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
        record.ask(.names(subject, self.names))
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
        record.ask(.member(.facts, [key]))
        let value: Datum?
        do throws(HostFault) {
            value = try source.fact(key)
        } catch {
            throw Diagnostic("the fact `\(key)`: \(error.text)", at: nil)
        }
        if case .map(let inner)? = value {
            return .lazy(RecordedMap(.facts, at: [key], inner, faults: source.faults(of: key), record))
        }
        record.note("facts.\(key)", value)
        return value.map { Value($0) }
    }

    func absence(of key: String) -> Absence? {
        RecordedMap.absentFact(key, of: "facts")
    }

    func keys() -> [String] {
        record.ask(.names(.facts, []))
        record.note("facts.*", .list(source.names.map { .string($0) }))
        return source.names
    }
}
