import Values

extension SerialEvidence {
    /// What each source has, in the order of sn-spec/1.
    public var candidates: [SerialCandidate] {
        SerialSource.order(isVirtual: isVirtual).flatMap { source in
            switch source {
            case .override: overrides.map(candidate)
            case .system: [systemCandidate]
            case .vendorUUID: vendorCandidate.map { [$0] } ?? []
            case .chassis: [chassisCandidate]
            case .board: [boardCandidate]
            case .platform: platforms.map(candidate)
            case .virtualUUID: [uuidCandidate(.virtualUUID, .vm, prefix: "VM:")]
            case .uuid: [uuidCandidate(.uuid, .uuid, prefix: "UUID:")]
            case .card: cardCandidates
            }
        }
    }

    private func candidate(_ override: Override) -> SerialCandidate {
        var found = SerialCandidate(
            .override, .override, origin: override.origin, raw: Array(override.value.utf8), confidence: .authoritative)
        switch SerialText(decoding: found.raw) {
        case .empty: found.verdict = rejection(.empty)
        case .unprintable: found.verdict = .rejected(rule: "encoding", reason: "it is no printable ASCII")
        case .text(let text):
            found.value = text
            // The operator's own word is only refused where it cannot be meant.
            let rule = ValidityRule.broken(by: text, dictionary: dictionary)
            if let rule, [.empty, .injected, .long].contains(rule) { found.verdict = rejection(rule) }
        }
        if let refusal = override.refusal { found.verdict = .rejected(rule: refusal.rule, reason: refusal.reason) }
        return found
    }

    private var systemCandidate: SerialCandidate {
        judged(
            firmware?.system?.serial,
            SerialCandidate(.system, .system, origin: origin("type 1", "product_serial"), confidence: .authoritative))
    }

    private var vendorCandidate: SerialCandidate? {
        guard let uuid = firmware?.system?.uuid, let vendor = firmware?.system?.vendor,
            let serial = VendorSerial.serial(in: uuid, vendor: vendor)
        else { return nil }
        var found = SerialCandidate(
            .vendorUUID, .derived, origin: "the UUID of \(vendor)", raw: uuid.raw, value: serial)
        if let rule = ValidityRule.broken(by: serial, dictionary: dictionary, names: names) {
            found.verdict = rejection(rule)
        }
        return found
    }

    private var chassisCandidate: SerialCandidate {
        let chassis = firmware?.chassis.first
        var found = judged(
            chassis?.serial, SerialCandidate(.chassis, .chassis, origin: origin("type 3", "chassis_serial")))
        guard found.isValid else { return found }
        if let type = chassis?.type, ChassisType.shared.contains(type) {
            let name = ChassisType.name(of: type) ?? "type \(type)"
            found.verdict = .rejected(
                rule: "shared-chassis", reason: "the chassis (\(name)) holds several machines")
        } else if MultiNodeProducts.contain(vendor: firmware?.system?.vendor, product: firmware?.system?.product) {
            found.verdict = .rejected(rule: "shared-chassis", reason: "the product has several machines in one chassis")
        }
        return found
    }

    private var boardCandidate: SerialCandidate {
        let empty = SerialCandidate(.board, .board, origin: origin("type 2", "board_serial"))
        let boards = firmware?.boards.sorted { $0.handle < $1.handle } ?? []
        // A board without a type is the only one of its table, or what the kernel shows of the first.
        let board = boards.first { $0.type == 0x0A } ?? (boards.count == 1 && boards[0].type == nil ? boards[0] : nil)
        guard board != nil || boards.isEmpty else {
            var found = empty
            found.verdict = .absent("no board is a motherboard")
            return found
        }
        return judged(board?.serial, empty, trimsDots: true)
    }

    private func candidate(_ platform: Platform) -> SerialCandidate {
        let confidence: SerialConfidence = platform.kind == .soc ? .derived : .authoritative
        return judged(
            platform.raw, SerialCandidate(.platform, platform.kind, origin: platform.origin, confidence: confidence))
    }

    private func uuidCandidate(_ source: SerialSource, _ kind: SerialKind, prefix: String) -> SerialCandidate {
        var found = SerialCandidate(
            source, kind, origin: firmware?.system?.uuid == nil ? "the platform" : origin("type 1 UUID", "product_uuid")
        )
        guard let uuid else {
            found.verdict = .absent(firmware == nil ? "there is no SMBIOS to read" : "there is no UUID")
            return found
        }
        found.raw = uuid.raw
        found.value = prefix + uuid.text
        if let rule = dictionary.rule(brokenBy: uuid) { found.verdict = rejection(rule) }
        return found
    }

    /// The lowest address first; the others only as witnesses.
    private var cardCandidates: [SerialCandidate] {
        var found: [SerialCandidate] = []
        for card in cards.sorted(by: { ($0.address, $0.name) < ($1.address, $1.name) }) {
            var candidate = SerialCandidate(
                .card, .mac, origin: "card \(card.name)", raw: card.address.bytes, value: "MAC:\(card.address.text)",
                confidence: .provisional)
            switch card.isPCI {
            case true?: break
            case false?: candidate.verdict = .rejected(rule: "not-pci", reason: "the card is not on a PCI bus")
            case nil: candidate.verdict = .rejected(rule: "not-pci", reason: "the bus of the card is not known")
            }
            if let reason = card.address.refusal { candidate.verdict = .rejected(rule: "mac", reason: reason) }
            found.append(candidate)
        }
        if found.isEmpty {
            found.append(
                SerialCandidate(
                    .card, .mac, origin: "network cards", verdict: .absent("there is no card with a permanent address"))
            )
        }
        return found
    }

    private func origin(_ structure: String, _ file: String) -> String {
        firmware?.origin == "sysfs" ? "/sys/class/dmi/id/\(file)" : "SMBIOS \(structure)"
    }

    private func rejection(_ rule: ValidityRule) -> SerialCandidate.Verdict {
        .rejected(rule: rule.rawValue, reason: rule.reason)
    }

    private func judged(_ raw: [UInt8]?, _ candidate: SerialCandidate, trimsDots: Bool = false) -> SerialCandidate {
        var found = candidate
        guard let raw else {
            found.verdict = .absent(firmware == nil ? "there is no SMBIOS to read" : "the field is not there")
            return found
        }
        found.raw = raw
        switch SerialText(decoding: raw, trimsDots: trimsDots) {
        case .empty: found.verdict = rejection(.empty)
        case .unprintable: found.verdict = .rejected(rule: "encoding", reason: "it is no printable ASCII")
        case .text(let text):
            found.value = text
            if let rule = ValidityRule.broken(by: text, dictionary: dictionary, names: names) {
                found.verdict = rejection(rule)
            }
        }
        return found
    }
}
