import Expressions
import Model

/// The names that one expression of a manifest sees.
struct LocalScope: Scope {
    unowned let host: HostScope
    var vars: (any LazyMap)?
    var parameters: (any LazyMap)?
    var each: Value?
    /// The names of a template's loops, the innermost last.
    var locals: [(name: String, value: Value)] = []

    func value(named name: String) throws -> Value? {
        if !locals.isEmpty, let local = locals.last(where: { $0.name == name }) { return local.value }
        switch name {
        case "each": return each
        case "data": return .lazy(host.data)
        case "vars": return vars.map { .lazy($0) }
        case "param": return parameters.map { .lazy($0) }
        case "facts": return host.facts
        case "labels": return host.labels
        case "host": return host.host
        case "fleet":
            host.record.askSite("inventory/")
            return host.fleet
        default: return nil
        }
    }

    func call(_ function: String, _ arguments: [Value]) throws -> Value? {
        try host.call(function, arguments)
    }

    func zoneOffset(_ zone: String, at seconds: Int64) -> Int? { host.zoneOffset(zone, seconds) }

    var names: [String] {
        ["facts", "labels", "data", "host", "fleet"] + locals.map(\.name) + (vars == nil ? [] : ["vars"])
            + (parameters == nil ? [] : ["param"]) + (each == nil ? [] : ["each"])
    }
}
