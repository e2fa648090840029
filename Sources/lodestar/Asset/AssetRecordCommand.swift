import ArgumentParser
import Asset
import Model

/// `lodestar asset record`: the entry of a machine as it is found.
struct AssetRecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Prints the inventory entry of this machine as it is.",
        discussion: "Example: lodestar asset record >> inventory/hosts.yaml")

    @OptionGroup var machineOptions: MachineOptions

    @Flag(help: "Names disks and modules by their serials, so that a replaced one is a difference.")
    var serials = false

    func run() throws {
        let (machine, id) = try machineOptions.machine()
        Terminal.print(AssetRecord.inventory(of: machine, id: id, hasSerials: serials).yaml)
    }
}
