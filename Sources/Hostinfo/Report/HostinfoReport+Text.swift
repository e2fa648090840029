import Values

extension HostinfoReport {
    /// The report for a person: a few lines, then what could not be read.
    public var text: String {
        var lines = ["hostname  \(hostname)", "sn        \(serialLine)"]
        lines += ["ip        \(addressLine(ip.primary))"]
        if let other = ip.primary == ip.ipv4 ? ip.ipv6 : ip.ipv4 { lines.append("          \(addressLine(other))") }
        lines += serial.warnings.map { "warning: \($0)" }
        if ip.status == .overrideAbsent {
            lines.append("warning: the address that the override names is not configured here")
        } else if ip.status == .ambiguous {
            lines.append("warning: two default routes are equal, and only the index of the interface decided")
        }
        if let hostID, let value = serial.value, hostID != value {
            lines.append("warning: the host id is pinned as \(hostID): `lodestar hostinfo accept` makes it \(value)")
        }
        lines += gaps.map { "not read: \($0.source): \($0.reason)" }
        lines += errors
        return Self.shown(lines)
    }

    /// What names and files hold may not steer a terminal.
    private static func shown(_ lines: [String]) -> String {
        // An error has its hints on lines of their own.
        lines.flatMap { $0.textLines() }.map(\.printable).joined(separator: "\n")
    }

    private var serialLine: String {
        guard let value = serial.value, let kind = serial.kind else {
            return "none (`hostinfo explain sn` says why)"
        }
        let origin = value == chosen?.value ? chosen?.origin ?? "" : "pinned"
        return "\(value)  (\(kind.rawValue), \(origin), \(serial.confidence.rawValue), \(serial.status.rawValue))"
    }

    private func addressLine(_ found: PrimaryAddress?) -> String {
        guard let found else { return "none (`hostinfo explain ip` says why)" }
        let status = found == ip.primary ? ", \(ip.status.rawValue)" : ""
        return "\(found.address.address.text)  (\(found.device.name), \(found.method), \(found.rule)\(status))"
    }

    /// How the serial was found, source by source.
    public var serialExplanation: String {
        let version = firmware?.version.map { ", SMBIOS \($0)" } ?? ""
        var lines = [
            "sn-spec/1, dictionary \(dictionaryVersion)\(version), "
                + (machine.hypervisor.map { "a virtual machine (\($0))" } ?? "hardware")
        ]
        for candidate in candidates {
            let value =
                candidate.value.map { "`\($0)`" }
                ?? (candidate.raw.isEmpty ? "" : "0x\(candidate.raw.hexadecimal)")
            let verdict =
                switch candidate.verdict {
                case .valid: candidate == chosen ? "taken, \(candidate.confidence.rawValue)" : "valid, not needed"
                case .rejected(let rule, let reason): "rejected by \(rule): \(reason)"
                case .absent(let reason): "absent: \(reason)"
                }
            lines.append(
                "  \(candidate.source.rawValue)  \(candidate.origin): \(value.isEmpty ? "" : "\(value) ")\(verdict)")
        }
        if chosen == nil { lines.append("  S9  no source has a valid serial: there is none, and none is invented") }
        if let agreement = serial.agreement {
            lines.append("  pinned witnesses: \(agreement.equal) of \(agreement.compared) agree")
        }
        lines.append("=> \(serialLine)")
        lines += serial.warnings.map { "warning: \($0)" }
        lines += gaps.filter { $0.source != "network" }.map { "not read: \($0.source): \($0.reason)" }
        return Self.shown(lines + errors)
    }

    /// How the primary addresses were found, address by address.
    public var addressExplanation: String {
        var lines = ["ip-spec/1"]
        for (family, found) in [("IPv4", ip.ipv4), ("IPv6", ip.ipv6)] {
            guard let found else {
                lines.append("  \(family): none")
                continue
            }
            let origin = found.routeOrigin.map { ", route by \($0)" } ?? ""
            lines.append(
                "  \(family): \(found.address.address.text) on \(found.device.name) by \(found.rule): \(found.reason) (\(found.method)\(origin))"
            )
            if found.routeDevice != found.device {
                lines.append("    the route goes through \(found.routeDevice.name)")
            }
            if found.isAmbiguous { lines.append("    ambiguous: another default route is equal but for its interface") }
        }
        if !ip.candidates.isEmpty { lines.append("  not taken:") }
        lines += ip.candidates.map { "    \($0.address) on \($0.device): \($0.reason)" }
        lines.append("=> \(addressLine(ip.primary))")
        lines += gaps.filter { $0.source == "network" }.map { "not read: \($0.source): \($0.reason)" }
        return Self.shown(lines + errors)
    }
}
