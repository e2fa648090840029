import ArgumentParser
import Asset
import LinuxHostinfo
import LinuxHost
import Model

/// `lodestar asset`: the hardware of a machine beside what the inventory expects.
struct AssetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "asset", abstract: "Compares the hardware of a machine with the inventory.",
        subcommands: [AssetCheck.self, AssetRecordCommand.self])
}

/// Whose hardware is looked at.
struct MachineOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A capture of a host instead of this one.", valueName: "dir"))
    var from: String?

    @Option(help: ArgumentHelp("Facts of another host, as JSON or YAML.", valueName: "file"))
    var facts: String?

    func validate() throws {
        if from != nil, facts != nil { throw ValidationError("expected one of --from and --facts, found both") }
    }

    /// The machine, and the id by which the inventory knows it.
    func machine() throws -> (machine: Machine, id: String) {
        let source: any FactSource
        if let file = facts {
            source = try Session.snapshot(file)
        } else {
            source = from.map { HostFacts(capture: $0) } ?? HostFacts(root: "/")
        }
        var found: [String: Datum] = [:]
        for name in Machine.factNames {
            do throws(HostFault) {
                found[name] = try source.fact(name)
            } catch {
                Terminal.report("warning: the fact `\(name)` is not known: \(error.text)".printable)
            }
        }
        let machine = Machine(facts: found)
        if let serial = machine.serial { return (machine, serial) }
        if facts == nil, from == nil {
            return (machine, try Terminal.reportingFaults { try HostIdentifier(root: "/").hostIdentifier() })
        }
        return (machine, "")
    }
}
