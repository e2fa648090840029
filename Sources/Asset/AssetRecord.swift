public import Values

/// The entry of a machine as it is found, for the inventory.
public enum AssetRecord {
    /// The file of an inventory that has this machine alone.
    ///
    /// - Parameter id: of the host; empty where nobody knows it.
    public static func inventory(of machine: Machine, id: String, hasSerials: Bool = false) -> Datum {
        let host: Datum = ["asset": entry(of: machine, hasSerials: hasSerials)]
        return ["hosts": .map([Datum.Member(id.isEmpty ? "unknown" : id, host)])]
    }

    /// - Parameter hasSerials: whether disks and modules are named one by one by their serials, so that another one of the
    ///   same kind is a difference.
    /// - Returns: the value of the key `asset`; what is not known is left out.
    public static func entry(of machine: Machine, hasSerials: Bool = false) -> Datum {
        var entry = members(AssetTable.system) { machine.value("system", $0) }
        add("cpu", members(AssetTable.cpu) { machine.value("cpu", $0) }, to: &entry)
        if let modules = machine.modules {
            let names = ["size", "vendor", "type"] + (hasSerials ? ["serial"] : [])
            let memory: Datum = [
                "total": .string((machine.moduleBytes ?? 0).byteText),
                "modules": .list(list(modules, AssetTable.module, names)),
            ]
            entry.append(Datum.Member("memory", memory))
        } else if let bytes = machine.kernelBytes {
            entry.append(Datum.Member("memory", .string(installed(bytes).byteText)))
        }
        if let disks = machine.disks {
            let names = ["size", "transport", "rotational"] + (hasSerials ? ["serial"] : [])
            entry.append(Datum.Member("disks", .list(list(disks, AssetTable.disk, names))))
        }
        if let nics = machine.nics {
            entry.append(Datum.Member("nics", .list(list(nics, AssetTable.nic, ["mac", "driver"]))))
        }
        add(
            "firmware", members(AssetTable.firmware.filter { $0.name == "type" }) { machine.value("firmware", $0) },
            to: &entry)
        return .map(entry)
    }

    /// The least number of whole steps of 512 MiB that the kernel's part of it may come from.
    private static func installed(_ bytes: UInt64) -> UInt64 {
        let step: UInt64 = 512 << 20
        return (bytes + step - 1) / step * step
    }

    private static func add(_ name: String, _ members: [Datum.Member], to entry: inout [Datum.Member]) {
        if !members.isEmpty { entry.append(Datum.Member(name, .map(members))) }
    }

    private static func members(_ fields: [AssetField], _ value: (AssetField) -> AssetValue?) -> [Datum.Member] {
        fields.compactMap { field in value(field).map { Datum.Member(field.name, datum($0)) } }
    }

    /// Equal components once, with their count, in the order in which they were found.
    private static func list(_ found: [Machine.Component], _ fields: [AssetField], _ names: [String]) -> [Datum] {
        var order: [[Datum.Member]] = [], counts: [[Datum.Member]: Int64] = [:]
        for component in found {
            let item = members(fields.filter { names.contains($0.name) }) {
                component.value($0)
            }
            if counts[item] == nil { order.append(item) }
            counts[item, default: 0] += 1
        }
        return order.map { item in
            let count = counts[item] ?? 1
            return .map(count == 1 ? item : item + [Datum.Member("count", .int(count))])
        }
    }

    private static func datum(_ value: AssetValue) -> Datum {
        if case .number(let number) = value.content, let whole = Int64(exactly: number), String(number) == value.shown {
            return .int(whole)
        }
        if value.shown == "true" || value.shown == "false" { return .bool(value.shown == "true") }
        return .string(value.shown)
    }
}
