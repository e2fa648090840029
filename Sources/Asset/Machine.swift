public import Values

/// The hardware of a machine, as its facts tell it.
public struct Machine: Sendable {
    /// The facts that it is made of.
    public static let factNames = ["sn", "system", "cpu", "memory", "disks", "nics", "firmware"]

    private let facts: [String: Datum]

    /// - Parameter facts: those of `factNames` as hostinfo reads them; what is missing is not known.
    public init(facts: [String: Datum]) { self.facts = facts }

    /// The serial of the firmware; nil where it has none that counts.
    public var serial: String? { Self.text(facts["sn"]) }

    /// Whether the serial is made of a UUID or an address, since the firmware has none (sn-spec/1, S6 to S8).
    var hasStandIn: Bool { ["VM:", "UUID:", "MAC:"].contains { serial?.hasPrefix($0) == true } }

    /// A component of a list, with what a person calls it.
    struct Component {
        let name: String
        let facts: Datum

        func value(_ field: AssetField) -> AssetValue? { field.kind.value(of: facts[field.fact]) }
    }

    /// A property of the system, the processors or the firmware.
    func value(_ group: String, _ field: AssetField) -> AssetValue? { field.kind.value(of: facts[group]?[field.fact]) }

    /// nil where the firmware lists none: without root's rights nobody may read them.
    var modules: [Component]? {
        guard let found = list(facts["memory"]?["modules"]), !found.isEmpty else { return nil }
        return found.enumerated().map { index, facts in
            Component(name: Self.text(facts["slot"]) ?? "module \(index)", facts: facts)
        }
    }

    /// Without what a management controller shows as a disk, and drives without a medium.
    var disks: [Component]? {
        list(facts["disks"])?.compactMap { facts in
            guard case .int(let bytes)? = facts["size_bytes"], bytes > 0, !Self.isVirtualMedium(facts) else {
                return nil
            }
            return Component(name: Self.text(facts["name"]) ?? "a disk", facts: facts)
        }
    }

    /// Those of hardware.
    var nics: [Component]? {
        list(facts["nics"])?.compactMap { facts in
            guard case .bool(true)? = facts["hardware"] else { return nil }
            var facts = facts
            if case .map(var members) = facts {
                let mac = facts["permanent_mac"] ?? .null
                members.removeAll { $0.key == "mac" && mac != .null }
                if mac != .null { members.append(Datum.Member("mac", mac)) }
                facts = .map(members)
            }
            return Component(name: Self.text(facts["name"]) ?? "a card", facts: facts)
        }
    }

    /// The bytes of all modules; nil where they are not known.
    var moduleBytes: UInt64? {
        modules.map { list in
            list.reduce(0) { sum, module in
                guard case .int(let bytes)? = module.facts["size_bytes"], bytes > 0 else { return sum }
                return sum + UInt64(bytes)
            }
        }
    }

    /// What the kernel has, which is less than what is built in.
    var kernelBytes: UInt64? {
        if case .int(let bytes)? = facts["memory"]?["total_bytes"], bytes > 0 { UInt64(bytes) } else { nil }
    }

    private func list(_ datum: Datum?) -> [Datum]? {
        if case .list(let items)? = datum { items } else { nil }
    }

    private static func text(_ datum: Datum?) -> String? {
        if case .string(let text)? = datum, !text.trimmed.isEmpty { text.trimmed } else { nil }
    }

    /// What the controllers of Dell, HPE, AMI and ATEN (Supermicro) show, such as `AMI Virtual CDROM0`; a disk of a virtual
    /// machine, such as `VMware Virtual disk`, is one.
    private static func isVirtualMedium(_ facts: Datum) -> Bool {
        let name = [text(facts["vendor"]), text(facts["model"])].compactMap { $0 }.joined(separator: " ")
        let words = Normal.words(name).split { !$0.isLetter && !$0.isNumber }
        if words.contains(where: { $0 == "idrac" || $0 == "lcdrive" || $0 == "ilo" }) { return true }
        guard words.contains("virtual") else { return false }
        let media = ["cd", "dvd", "hdisk", "floppy", "fd", "media", "usb"]
        return words.contains { word in media.contains { word.hasPrefix($0) } }
    }
}
