public import Values

extension HostinfoReport {
    /// The report in the shape of its JSON Schema (`Docs/reference/hostinfo.schema.json`).
    public var datum: Datum {
        [
            "spec": ["sn-spec/1", "ip-spec/1"], "hostname": .string(hostname), "host_id": Datum(hostID),
            "sn": serialDatum, "ip": ip.datum,
            "virtual": .string(machine.name),
            "gaps": .list(gaps.map { ["source": .string($0.source), "reason": .string($0.reason)] }),
            "errors": .list(errors.map { .string($0) }),
        ]
    }

    private var serialDatum: Datum {
        var witnesses = witnesses.datum
        if case .map(var members) = witnesses {
            let agreement = serial.agreement.map { agreement -> Datum in
                ["equal": .int(Int64(agreement.equal)), "compared": .int(Int64(agreement.compared))]
            }
            members.append(Datum.Member("agreement", agreement ?? .null))
            witnesses = .map(members)
        }
        let isChosen = chosen != nil && serial.value == chosen?.value
        return [
            "value": Datum(serial.value), "kind": Datum(serial.kind?.rawValue),
            "source": Datum(serial.source?.rawValue),
            "origin": Datum(isChosen ? chosen?.origin : serial.value.map { _ in "/\(PinnedIdentity.path)" }),
            "raw": Datum(isChosen ? chosen?.raw.hexadecimal : nil),
            "confidence": .string(serial.confidence.rawValue), "status": .string(serial.status.rawValue),
            "found": Datum(serial.found), "rejected": .list(candidates.compactMap(\.rejectionDatum)),
            "absent": .list(candidates.compactMap(\.absenceDatum)), "witnesses": witnesses,
            "dictionary": .string(dictionaryVersion), "smbios": Datum(firmware?.version),
            "warnings": .list(serial.warnings.map { .string($0) }),
        ]
    }
}

extension SerialCandidate {
    var rejectionDatum: Datum? {
        guard case .rejected(let rule, let reason) = verdict else { return nil }
        return [
            "source": .string(source.rawValue), "origin": .string(origin), "value": Datum(value),
            "raw": .string(raw.hexadecimal), "rule": .string(rule), "reason": .string(reason),
        ]
    }

    var absenceDatum: Datum? {
        guard case .absent(let reason) = verdict else { return nil }
        return ["source": .string(source.rawValue), "origin": .string(origin), "reason": .string(reason)]
    }
}

extension AddressReport {
    var datum: Datum {
        [
            "primary": Datum(primary?.address.address.text), "primary_ipv4": Datum(ipv4?.address.address.text),
            "primary_ipv6": Datum(ipv6?.address.address.text), "device": Datum(primary?.device.name),
            "mac": Datum(mac?.text), "method": Datum(primary?.method), "rule": Datum(primary?.rule),
            "reason": Datum(primary?.reason), "status": .string(status.rawValue),
            "candidates": .list(
                candidates.map {
                    ["address": .string($0.address), "device": .string($0.device), "reason": .string($0.reason)]
                }),
        ]
    }
}

extension Datum {
    /// A text, or null without one.
    init(_ text: String?) {
        self = text.map { .string($0) } ?? .null
    }
}
