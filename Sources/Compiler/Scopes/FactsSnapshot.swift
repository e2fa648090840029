import Expressions
public import Model
import YAML

/// Facts that someone keeps in a file.
public final class FactsSnapshot: FactSource {
    private enum Store {
        case values([Datum.Member])
        /// Each member is made a value when it is asked for.
        case object(JSONObject)
    }

    private let store: Store

    /// - Parameter facts: a mapping; anything else counts as empty.
    public init(_ facts: Datum) {
        if case .map(let members) = facts { store = .values(members) } else { store = .values([]) }
    }

    /// - Parameter object: each member is made a value when it is asked for.
    public init(_ object: JSONObject) {
        store = .object(object)
    }

    /// Reads JSON or YAML; places in diagnostics are those of the file.
    public init(reading bytes: [UInt8], from path: String) throws(Diagnostics) {
        if let object = try? JSONObject(bytes, in: bytes.indices) {
            store = .object(object)
            return
        }
        var diagnostics = Diagnostics()
        let source = SourceText(bytes, path: path)
        let value = YAMLReader.read(source, into: &diagnostics).map { CoreSchema.value(of: $0, into: &diagnostics) }
        if diagnostics.hasErrors { throw diagnostics }
        guard let value, case .map(let members)? = try? value.datum() else {
            throw Diagnostics([Diagnostic("expected a mapping of facts", at: source.place(line: 1, column: 1))])
        }
        store = .values(members)
    }

    public var names: [String] {
        switch store {
        case .values(let members): members.map(\.key)
        case .object(let object): object.keys
        }
    }

    public func fact(_ name: String) -> Datum? {
        switch store {
        case .values(let members): members.first { $0.key == name }?.value
        case .object(let object): object[name]
        }
    }
}

/// The facts of another host of the inventory, which belong to the site: nobody notes that they are read.
final class KeptFacts: LazyMap {
    private let facts: FactsSnapshot

    init(_ facts: FactsSnapshot) {
        self.facts = facts
    }

    func member(_ key: String) -> Value? { facts.fact(key).map { Value($0) } }
    func keys() -> [String] { facts.names }

    func absence(of key: String) -> Absence? {
        Absence(of: key, among: facts.names)
    }
}
