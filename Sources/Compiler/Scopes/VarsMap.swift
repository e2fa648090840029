import Expressions
import Model

/// The values of one manifest; they may use each other.
final class VarsMap: LazyMap, @unchecked Sendable {
    private let vars: [VarSource]
    private unowned let evaluator: HostScope
    private let scope: LocalScope
    private var known: [String: (value: Value, isSecret: Bool, reads: [Int32])] = [:]
    private var open: [String] = []

    init(_ vars: [VarSource], in scope: LocalScope, _ evaluator: HostScope) {
        self.vars = vars
        self.evaluator = evaluator
        self.scope = scope
    }

    func keys() -> [String] { vars.map(\.name) }

    func absence(of key: String) -> Absence? {
        Absence(
            "expected one of the manifest's `vars`, found `\(key)`",
            hint: vars.isEmpty ? nil : "known here: \(vars.map(\.name).prefix(12).joined(separator: ", "))")
    }

    func member(_ key: String) throws -> Value? {
        if let known = known[key] {
            evaluator.record.repeatReads(known.reads)
            if known.isSecret { evaluator.hasMetSecret = true }
            return known.value
        }
        guard let source = vars.first(where: { $0.name == key }) else { return nil }
        if open.contains(key) {
            let path = (open + [key]).map { "vars.\($0)" }.joined(separator: " -> ")
            throw Diagnostic("expected vars that do not use themselves, found \(path)", at: source.place)
        }
        open.append(key)
        defer { open.removeLast() }
        var own = scope
        own.vars = self
        let ((value, isSecret), reads) = try evaluator.record.traced { () throws(Diagnostic) in
            try evaluator.value(of: source.pattern, in: own)
        }
        known[key] = (value, isSecret, reads)
        if isSecret { evaluator.hasMetSecret = true }
        return value
    }
}

/// The parameters of one use of a role.
final class ParametersMap: LazyMap {
    private let values: [ParameterValue]
    private unowned let evaluator: HostScope

    init(_ values: [ParameterValue], _ evaluator: HostScope) {
        self.values = values
        self.evaluator = evaluator
    }

    func keys() -> [String] { values.map(\.name) }

    func absence(of key: String) -> Absence? {
        Absence(
            "expected a parameter of the role, found `\(key)`",
            hint: values.isEmpty ? nil : "known here: \(values.map(\.name).prefix(12).joined(separator: ", "))")
    }

    func member(_ key: String) -> Value? {
        guard let entry = values.first(where: { $0.name == key }) else { return nil }
        evaluator.record.repeatReads(entry.reads)
        if entry.isSecret { evaluator.hasMetSecret = true }
        return entry.value
    }
}
