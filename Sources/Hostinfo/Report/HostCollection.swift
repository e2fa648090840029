import Values

/// Collects who a host is from the sources of a tree.
public struct HostCollection<Tree: SourceTree> {
    private let tree: Tree
    private var gaps: [Gap] = []
    private var errors: [String] = []

    public init(_ tree: Tree) {
        self.tree = tree
    }

    /// Reads all sources once.
    public func report() -> HostinfoReport {
        var collection = self
        return collection.collect()
    }

    /// Only the addresses, without what the serial needs.
    public func addresses() -> AddressReport {
        var collection = self
        return AddressReport(
            AddressSelection(tree.layout(), collection.override()?.addresses ?? AddressPreferences()))
    }

    /// Only what is pinned.
    public func pinnedIdentity() -> PinnedIdentity? {
        var collection = self
        return collection.pin()
    }

    /// Only what the firmware says.
    public func readFirmware() -> Firmware? {
        var collection = self
        return collection.firmware()
    }

    private mutating func collect() -> HostinfoReport {
        let firmware = firmware()
        let layout = tree.layout()
        let machine = Machine(firmware: firmware, in: tree)
        let override = override()
        var evidence = SerialEvidence()
        evidence.firmware = firmware
        evidence.isVirtual = machine.isVirtual
        evidence.cards = Self.cards(layout)
        evidence.dictionary = dictionary()
        let platform = Platform(tree)
        evidence.platforms = platform.serials
        evidence.platformUUID = platform.uuid
        let witnesses = witnesses(firmware, evidence)
        evidence.overrides = overrides(override, evidence)
        let candidates = evidence.candidates
        let chosen = candidates.first(where: \.isValid)
        let pin = pin()
        var serial = IdentityComparison(found: chosen, witnesses: witnesses, pin: pin)
        if evidence.overrides.contains(where: { $0.refusal?.rule == "unbound" }) { serial.status = .overrideUnbound }
        if chosen?.source == .override, override?.binding == nil, override?.serial != nil {
            serial.warnings.append("the override is bound to no machine: a copy of this disk would carry it along")
        }
        let ip = AddressReport(AddressSelection(layout, override?.addresses ?? AddressPreferences()))
        return HostinfoReport(
            hostname: HostName(tree).name, hostID: hostID, candidates: candidates, chosen: chosen, serial: serial,
            pin: pin,
            witnesses: witnesses, machine: machine, dictionaryVersion: evidence.dictionary.version, firmware: firmware,
            ip: ip, gaps: gaps + layout.gaps.map { Gap("network", $0) }, errors: errors)
    }

    /// The bytes of a source; what cannot be read is a gap.
    private mutating func bytes(_ path: String) -> [UInt8]? {
        switch tree.read(path) {
        case .bytes(let bytes): return bytes
        case .absent: return nil
        case .unreadable(let reason):
            gaps.append(Gap("/\(path)", reason))
            return nil
        }
    }

    private mutating func firmware() -> Firmware? {
        let tables = "sys/firmware/dmi/tables"
        if let table = bytes("\(tables)/DMI") {
            let firmware = Firmware(table: table, entryPoint: bytes("\(tables)/smbios_entry_point"))
            gaps += firmware.gaps.map { Gap("/\(tables)", $0) }
            return firmware
        }
        var missing: [String] = []
        let firmware = Firmware { name in
            // A copied tree may lack the link of the class to the device.
            let found = bytes("sys/class/dmi/id/\(name)") ?? bytes("sys/devices/virtual/dmi/id/\(name)")
            if found == nil { missing.append(name) }
            return found
        }
        if firmware == nil {
            if gaps.isEmpty { gaps.append(Gap("/\(tables)", "there is no SMBIOS")) }
        } else if gaps.isEmpty {
            gaps.append(Gap("/\(tables)", "there are no tables: what the kernel repeats of them was read"))
        }
        return firmware
    }

    private static func cards(_ layout: NetworkLayout) -> [SerialEvidence.Card] {
        layout.links.filter(\.isHardware).compactMap { link in
            guard let address = link.permanentAddress ?? link.address else { return nil }
            return SerialEvidence.Card(name: link.name, address: address, isPCI: link.bus.map { $0 == "pci" })
        }
    }

    private func witnesses(_ firmware: Firmware?, _ evidence: SerialEvidence) -> Witnesses {
        func text(_ bytes: [UInt8]?, trimsDots: Bool = false) -> String? {
            guard let bytes, case .text(let text) = SerialText(decoding: bytes, trimsDots: trimsDots) else {
                return nil
            }
            return ValidityRule.broken(by: text, dictionary: evidence.dictionary) == nil ? text : nil
        }
        var witnesses = Witnesses()
        if let uuid = firmware?.system?.uuid ?? evidence.platformUUID, evidence.dictionary.rule(brokenBy: uuid) == nil {
            witnesses.uuid = uuid.text
        }
        witnesses.chassisSerial = text(firmware?.chassis.first?.serial)
        let board = firmware?.boards.sorted { $0.handle < $1.handle }
        witnesses.boardSerial = text((board?.first { $0.type == 0x0A } ?? board?.first)?.serial, trimsDots: true)
        witnesses.macs = evidence.cards.filter { $0.address.bytes.contains { $0 != 0 } }.map(\.address).sorted().map(
            \.text)
        witnesses.disks = DiskSerials.all(in: tree)
        return witnesses
    }

    private mutating func trusted(_ path: String) -> [UInt8]? {
        guard let bytes = bytes(path) else { return nil }
        if let reason = tree.distrust(path) {
            errors.append("/\(path): error: \(reason): the file is ignored")
            return nil
        }
        return bytes
    }

    private mutating func override() -> IdentityOverride? {
        guard let bytes = trusted(IdentityOverride.path) else { return nil }
        var diagnostics = Diagnostics()
        let override = IdentityOverride(reading: bytes, from: "/\(IdentityOverride.path)", into: &diagnostics)
        errors += diagnostics.sorted.map(\.text)
        return override
    }

    private mutating func dictionary() -> PlaceholderDictionary {
        guard let bytes = trusted(SitePlaceholders.path) else { return .standard }
        var diagnostics = Diagnostics()
        let site = SitePlaceholders(reading: bytes, from: "/\(SitePlaceholders.path)", into: &diagnostics)
        errors += diagnostics.sorted.map(\.text)
        return .standard.extended(adding: site?.added ?? [], allowing: site?.allowed ?? [])
    }

    private mutating func pin() -> PinnedIdentity? {
        guard let bytes = trusted(PinnedIdentity.path) else { return nil }
        do throws(JSONFault) {
            return try PinnedIdentity(reading: bytes)
        } catch {
            errors.append("/\(PinnedIdentity.path): error: \(error.text): the pin is ignored")
            return nil
        }
    }

    private var hostID: String? {
        let text = tree.text(OwnPaths.hostID)
        return text?.isEmpty == true ? nil : text
    }

    private func overrides(_ file: IdentityOverride?, _ evidence: SerialEvidence) -> [SerialEvidence.Override] {
        var found: [SerialEvidence.Override] = []
        if let serial = KernelCommandLine.value(of: "hostinfo.sn", in: tree) {
            let refusal =
                KernelCommandLine.isMiniOS(tree)
                ? nil
                : SerialEvidence.Refusal(
                    rule: "not-mini-os", reason: "the kernel's command line counts only in the mini OS")
            found.append(.init(value: serial, origin: "kernel command line", refusal: refusal))
        }
        if let serial = file?.serial {
            let refusal = file?.binding?.refusal(evidence).map { SerialEvidence.Refusal(rule: "unbound", reason: $0) }
            found.append(.init(value: serial, origin: "/\(IdentityOverride.path)", refusal: refusal))
        }
        return found
    }
}
