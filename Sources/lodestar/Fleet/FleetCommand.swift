import ArgumentParser
import Compiler
import Model

/// `lodestar fleet`: all hosts of the inventory in one look, offline.
struct FleetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fleet", abstract: "Looks at all hosts of the inventory at once.",
        subcommands: [FleetDiff.self, FleetList.self, FleetFacts.self])
}

/// Which hosts of the inventory are meant.
struct HostChoiceOption: ParsableArguments {
    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("Only hosts for which a condition holds, as in the inventory's groups.", valueName: "cel"))
    var condition: String?

    func parsed() throws -> FleetCondition? {
        do throws(Diagnostics) {
            return try condition.map { (text) throws(Diagnostics) in
                try FleetCondition(parsing: text, option: "--where")
            }
        } catch {
            Terminal.report(error)
            throw ExitCode(64)
        }
    }
}

extension FleetWork {
    /// Reads what the inventory and the facts tell of each host.
    ///
    /// - Returns: what was taken of each host, in the order of the inventory, of those for which the condition holds.
    static func hosts<Value: Sendable>(
        of site: Site, where condition: FleetCondition?, _ take: @escaping @Sendable (SharedHost) -> Value
    ) throws -> (values: [(id: String, value: Value)], unknownCount: Int) {
        let identifiers = site.hostIdentifiers, shared = SharedSite(site)
        let parts = run(identifiers.count, "reading") {
            (compiler: SharedCompiler(shared), part: ChosenHosts<Value>())
        } add: { state, position in
            let host = state.compiler.host(for: state.compiler.target(ofHost: identifiers[position]))
            state.part.diagnostics.add(contentsOf: host.diagnostics)
            do throws(Diagnostic) {
                switch try condition.map({ (condition) throws(Diagnostic) in try host.holds(condition) }) ?? true {
                case true?: state.part.found.append((position, take(host)))
                case false?: break
                case nil: state.part.unknownCount += 1
                }
            } catch {
                var error = error
                error.notes.append(.init("asked of the host \(identifiers[position])", at: error.place ?? .nowhere))
                state.part.diagnostics.add(error)
            }
        } finish: { state in
            var part = state.part
            part.diagnostics.add(contentsOf: state.compiler.diagnostics)
            return part
        }
        var all = Diagnostics(), found: [(position: Int, value: Value)] = []
        for part in parts {
            all.add(contentsOf: part.diagnostics)
            found += part.found
        }
        Terminal.report(all)
        if all.hasErrors { throw ExitStatus.refused }
        let sorted = found.sorted { $0.position < $1.position }.map { (id: identifiers[$0.position], value: $0.value) }
        return (sorted, parts.reduce(0) { $0 + $1.unknownCount })
    }
}

/// The hosts for which a condition holds, as one thread found them.
private struct ChosenHosts<Value: Sendable>: Sendable {
    var found: [(position: Int, value: Value)] = []
    var unknownCount = 0
    var diagnostics = Diagnostics()
}
