import Values

/// Compares a machine with what the inventory expects of it.
public struct AssetComparison {
    private let rules: AssetRules
    private let machine: Machine
    private var findings: [AssetFinding] = []

    /// - Parameters:
    ///   - host: the host of the inventory whose entry it is; its id is a serial.
    public static func report(_ rules: AssetRules, of host: String, on machine: Machine) -> AssetReport {
        var comparison = AssetComparison(rules: rules, machine: machine)
        comparison.compareSerial(host)
        comparison.compare("", rules.system, in: "system")
        comparison.compare("cpu.", rules.cpu, in: "cpu")
        comparison.compareTotal()
        comparison.compare("memory.modules", AssetTable.module, rules.modules, machine.modules)
        comparison.compare("disks", AssetTable.disk, rules.disks, machine.disks)
        comparison.compare("nics", AssetTable.nic, rules.nics, machine.nics)
        comparison.compareAddresses()
        comparison.compare("firmware.", rules.firmware, in: "firmware")
        return AssetReport(host: host, findings: comparison.findings)
    }

    private init(rules: AssetRules, machine: Machine) {
        self.rules = rules
        self.machine = machine
    }

    /// Which machine it is: by the firmware's serial; where it has none, a UUID of the entry says so.
    private mutating func compareSerial(_ host: String) {
        if let serial = machine.serial {
            let isSame = Normal.serial(serial) == Normal.serial(host)
            if isSame || !machine.hasStandIn {
                findings.append(AssetFinding("sn", expected: host, found: serial, isSame ? .match : .wrongHost))
                return
            }
        }
        if rules.namesMachine { return }
        findings.append(
            AssetFinding(
                "sn", expected: host, found: machine.serial, .unknown, note: "nothing proves which machine it is"))
    }

    private mutating func compare(
        _ prefix: String, _ expectations: [AssetRules.Expectation], in group: String
    ) {
        for expectation in expectations where expectation.rule.test != .ignored {
            let field = expectation.field, found = machine.value(group, field)
            let verdict: AssetVerdict =
                switch found.map(expectation.holds) {
                case true?: .match
                case false?: field.isIdentity ? .wrongHost : .drift
                case nil: .unknown
                }
            findings.append(
                AssetFinding(prefix + field.name, expected: expectation.rule.shown, found: found?.shown, verdict))
        }
    }

    /// The sum of the modules; without it the kernel's total, which may be a sixteenth less.
    private mutating func compareTotal() {
        guard let rule = rules.total, rule.test != .ignored else { return }
        func holds(_ bytes: UInt64) -> Bool {
            rule.holds(for: AssetValue("", .size(ByteCount(exactly: bytes))), .memory)
        }
        if let bytes = machine.moduleBytes {
            let found = bytes.byteText
            findings.append(
                AssetFinding("memory.total", expected: rule.shown, found: found, holds(bytes) ? .match : .drift))
        } else if let bytes = machine.kernelBytes {
            let isIt = rule.candidates.contains { $0 >= bytes && $0 - $0 / 16 <= bytes } || holds(bytes)
            findings.append(
                AssetFinding(
                    "memory.total", expected: rule.shown,
                    found: (bytes / (1 << 20) * (1 << 20)).byteText,
                    isIt ? .match : .drift, note: "what the kernel has; the modules are not known"))
        } else {
            findings.append(AssetFinding("memory.total", expected: rule.shown, found: nil, .unknown))
        }
    }

    private mutating func compare(
        _ field: String, _ fields: [AssetField], _ items: [AssetRules.Item]?, _ found: [Machine.Component]?
    ) {
        guard let items else { return }
        guard let found else {
            let expected = items.map(\.shown).joined(separator: "; ")
            findings.append(AssetFinding(field, expected: expected, found: nil, .unknown))
            return
        }
        let assignment = ComponentAssignment(items, found)
        for (index, item) in items.enumerated() {
            findings.append(assignment.finding("\(field)[\(index)]", of: index, item))
        }
        for component in assignment.strangers {
            findings.append(
                AssetFinding(
                    field, expected: "nothing more", found: component.summary(fields), .drift, note: "one too many"))
        }
    }

    /// A machine that has none of the addresses that are named is another one.
    private mutating func compareAddresses() {
        let named = (rules.nics ?? []).flatMap(\.expectations).filter { $0.field.name == "mac" }
        guard let field = named.first?.field, let found = machine.nics, !found.isEmpty else { return }
        let values = found.compactMap { $0.value(field) }
        if named.contains(where: { values.contains(where: $0.holds) }) { return }
        findings.append(
            AssetFinding(
                "nics", expected: named.map(\.rule.shown).joined(separator: ", "),
                found: values.map(\.shown).joined(separator: ", "), .wrongHost,
                note: "none of the named addresses is here"))
    }
}

extension AssetRule {
    /// The sizes that a rule names, for a total of which the kernel has only the most.
    fileprivate var candidates: [UInt64] {
        let values: [AssetValue] =
            switch test {
            case .exact(let value), .least(let value), .near(let value, _): [value]
            case .oneOf(let values): values
            case .ignored: []
            }
        return values.compactMap { if case .size(let size) = $0.content { size.bytes } else { nil } }
    }
}
