import Model

/// The result of the search for a unit's name.
struct FoundUnit: Sendable {
    enum Mode: Sendable {
        case regular
        /// A link out of the folders of units.
        case linked
        /// A link to a unit with another name.
        case alias
        case masked
    }

    var name: UnitName
    var path: AbsolutePath
    var mode: Mode
    /// Where a link leads.
    var target: AbsolutePath?
    var install = InstallSection()
}

extension UnitName {
    enum AliasProblem: Error {
        /// Both names are one.
        case itself
        case other(String)
    }

    /// Whether a link of a name may lead to a unit of another name.
    static func checkAlias(_ source: String, to target: String) throws(AliasProblem) {
        guard let from = UnitName(source) else { throw .other("`\(source)` names no unit") }
        guard from.type.mayBeAliased else { throw .other("a \(from.type) has no other names") }
        guard from.kind == .plain || from.type.mayBeTemplate else { throw .other("a \(from.type) has no templates") }
        if source == target { throw .itself }
        guard let to = UnitName(target) else { throw .other("`\(target)` names no unit") }
        guard to.kind == from.kind || (from.kind == .instance && to.kind == .template) else {
            throw .other("`\(source)` and `\(target)` are not both templates")
        }
        if to.kind == .instance, to.instance != from.instance {
            throw .other("`\(source)` and `\(target)` are different instances")
        }
        if to.type != from.type { throw .other("a \(to.type) cannot be a \(from.type)") }
    }
}
