import Expressions
import Model

extension HostCompilation {
    /// The parameters of one use of a role, checked against the role's declarations.
    ///
    /// - Parameter loopReads: what was asked of the host to know the elements of which this is one.
    func parameters(
        of role: Role, _ use: RoleUse, in context: ItemContext, after loopReads: [Int32]
    ) -> [ParameterValue] {
        var values: [ParameterValue] = []
        for given in use.parameters where !role.parameters.contains(where: { $0.name == given.name }) {
            diagnostics.add(
                Diagnostic(
                    "expected a parameter of the role `\(role.name)`, found `\(given.name)`", at: given.place,
                    hint: Spelling.hint(for: given.name, among: role.parameters.map(\.name))))
        }
        for parameter in role.parameters {
            let (value, reads) = scope.record.traced { self.value(of: parameter, role, use, in: context) }
            if let value {
                values.append(
                    .init(name: parameter.name, value: value.value, isSecret: value.isSecret, reads: loopReads + reads))
            }
        }
        return values
    }

    private func value(
        of parameter: Role.Parameter, _ role: Role, _ use: RoleUse, in context: ItemContext
    ) -> (value: Value, isSecret: Bool)? {
        guard let given = use.parameters.first(where: { $0.name == parameter.name }) else {
            if let defaultValue = parameter.defaultValue {
                return parameter.type.value(of: defaultValue, into: &diagnostics).map { ($0, false) }
            }
            diagnostics.add(
                Diagnostic(
                    "expected the parameter `\(parameter.name)` of the role `\(role.name)`, found none", at: use.place,
                    hint: parameter.doc ?? "it is \(parameter.type.expected)",
                    notes: [.init("declared", at: parameter.place)]))
            return (.unknown, false)
        }
        guard
            let (value, isSecret) = collecting({ () throws(Diagnostic) in
                try scope.value(of: given.pattern, in: context.scope)
            })
        else { return (.unknown, false) }
        // As for text properties: a number or Boolean becomes its canonical text.
        let text = parameter.type == .string ? given.pattern.constant?.text ?? value.joinedText : nil
        let taken: Value = text.map { .string($0) } ?? value
        guard parameter.type.accepts(taken) else {
            diagnostics.add(
                Diagnostic(
                    "`\(parameter.name)`: expected \(parameter.type.expected), found \(isSecret ? "a secret" : taken.found)",
                    at: given.pattern.place, notes: [.init("declared", at: parameter.place)]))
            return (.unknown, false)
        }
        if !parameter.allowed.isEmpty, let datum = try? taken.datum(), !isUnknown(taken),
            !parameter.allowed.contains(datum)
        {
            let allowed = parameter.allowed.map(\.json).joined(separator: ", ")
            diagnostics.add(
                Diagnostic(
                    "`\(parameter.name)`: expected one of \(allowed), found \(isSecret ? "a secret" : taken.found)",
                    at: given.pattern.place))
        }
        return (taken, isSecret)
    }

    private func isUnknown(_ value: Value) -> Bool {
        if case .unknown = value { true } else { false }
    }
}
