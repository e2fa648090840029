import Values

extension FactCollector {
    /// The disks that the kernel has, without loops, memory and what is made of other disks.
    var disks: Datum {
        .list(BlockDevices.disks(in: tree).compactMap(disk))
    }

    private func disk(_ name: String) -> Datum? {
        let folder = "sys/block/\(name)"
        guard let sectors = tree.number("\(folder)/size"), sectors > 0 else { return nil }
        let known = Self.udevValues(tree.text("\(folder)/dev").map { tree.lines("run/udev/data/b\($0)") } ?? [])
        func first(_ paths: String..., udev key: String) -> Datum {
            for path in paths {
                if let text = tree.text("\(folder)/\(path)"), !text.isEmpty { return .string(text) }
            }
            return Datum(known.values[key])
        }
        return [
            "name": .string(name), "by_id": .list(known.links.map { .string($0) }),
            "model": first("device/model", udev: "ID_MODEL"), "vendor": first("device/vendor", udev: "ID_VENDOR"),
            "serial": serial(of: folder).map { .string($0) } ?? first("serial", udev: "ID_SERIAL_SHORT"),
            "wwn": first("device/wwid", "wwid", udev: "ID_WWN"),
            // Sectors of 512 bytes, whatever the disk has (sysfs ABI, /sys/block/<disk>/size).
            "size_bytes": .int(sectors.multipliedReportingOverflow(by: 512).partialValue),
            "rotational": .bool(tree.text("\(folder)/queue/rotational") == "1"),
            "transport": .string(transport(of: name, known.values["ID_BUS"])),
            "holders": .list((tree.names(in: "\(folder)/holders") ?? []).map { .string($0) }),
        ]
    }

    /// What the driver says, or the page of a SCSI disk that has it (SPC-4 §7.8.19), SATA disks' too: udev, which a mini OS
    /// lacks, may have the WWN in its place.
    private func serial(of folder: String) -> String? {
        if let text = tree.text("\(folder)/device/serial"), !text.isEmpty { return text }
        guard case .bytes(let page) = tree.read("\(folder)/device/vpd_pg80"), page.count > 4, page[1] == 0x80 else {
            return nil
        }
        let text = page.dropFirst(4).prefix(Int(page[2]) << 8 | Int(page[3])).prefix { $0 != 0 }
        let words = String(decoding: text, as: UTF8.self).split(separator: " ").joined(separator: " ")
        return words.isEmpty ? nil : words
    }

    /// `S:` names a link below /dev, `E:` a property, in the database of udev.
    private static func udevValues(_ lines: [Substring]) -> (values: [String: String], links: [String]) {
        var values: [String: String] = [:], links: [String] = []
        for line in lines {
            if line.hasPrefix("S:disk/by-id/") {
                links.append(String(line.dropFirst("S:disk/by-id/".count)))
            } else if line.hasPrefix("E:"), let equals = line.firstIndex(of: "=") {
                values[String(line[..<equals].dropFirst(2))] = String(line[line.index(after: equals)...])
            }
        }
        return (values, links.sorted())
    }

    /// The bus, from the path of the device in sysfs or from its name.
    private func transport(of name: String, _ bus: String?) -> String {
        let path = tree.linkTarget("sys/block/\(name)") ?? ""
        let marks = [
            ("/nvme", "nvme"), ("/usb", "usb"), ("/end_device", "sas"), ("/ata", "sata"), ("/virtio", "virtio"),
            ("/mmc", "mmc"), ("/session", "iscsi"), ("/rport", "fc"), ("/vbd-", "xen"),
        ]
        if let mark = marks.first(where: { path.contains($0.0) }) { return mark.1 }
        let names = [("nvme", "nvme"), ("vd", "virtio"), ("mmcblk", "mmc"), ("xvd", "xen")]
        return names.first { name.hasPrefix($0.0) }?.1 ?? bus ?? "other"
    }

    var mounts: Datum {
        .list(
            MountTable(tree).mounts.map {
                [
                    "path": .string($0.path), "device": .string($0.device), "type": .string($0.kind),
                    "options": .list($0.options.map { .string($0) }),
                ]
            })
    }

    /// The file systems on disks, each once, where a path leads to them. Network file systems are left out, since asking
    /// one may hang; one on a disk that does not answer in time has no sizes.
    var fileSystems: Datum {
        let table = MountTable(tree)
        let visible = Set(table.visible.map(\.id))
        let kinds: Set<String> = ["zfs", "btrfs", "overlay", "bcachefs"]
        let own = table.mounts.filter { $0.device.hasPrefix("/dev/") || kinds.contains($0.kind) }
        var seen: Set<String> = []
        // Of several mounts of one file system the first that can be reached; one that cannot has no sizes.
        let chosen = (own.filter { visible.contains($0.id) } + own.filter { !visible.contains($0.id) })
            .filter { seen.insert($0.device).inserted }.map(\.id)
        let shown = own.filter { chosen.contains($0.id) }
        let asked = shown.filter { visible.contains($0.id) }
        let spaces = Dictionary(
            zip(asked.map(\.id), tree.spaces(at: asked.map { String($0.path.dropFirst()) })),
            uniquingKeysWith: { first, _ in first })
        return .list(
            shown.map { mount in
                let space = spaces[mount.id] ?? nil
                return [
                    "path": .string(mount.path), "device": .string(mount.device), "type": .string(mount.kind),
                    "size_bytes": Datum(space?.total), "available_bytes": Datum(space?.available),
                ]
            })
    }

    /// The network devices, with the addresses that they have.
    var cards: Datum {
        let layout = tree.layout()
        return .list(layout.links.map { card($0, layout) })
    }

    private func card(_ link: NetworkLink, _ layout: NetworkLayout) -> Datum {
        let folder = "sys/class/net/\(link.name)"
        let driver = tree.linkTarget("\(folder)/device/driver")?.split(separator: "/").last.map(String.init)
        let speed =
            link.isHardware && link.hasCarrier ? tree.number("\(folder)/speed").flatMap { $0 > 0 ? $0 : nil } : nil
        let isAbove = { (other: NetworkLink) in other.masterIndex == link.index }
        var lower = layout.links.filter(isAbove).map(\.name)
        if !link.isLowerElsewhere, link.kind != "veth", let below = link.lowerIndex.flatMap({ layout.link($0) }) {
            lower.append(below.name)
        }
        let upper = layout.links.filter { !$0.isLowerElsewhere && $0.kind != "veth" && $0.lowerIndex == link.index }
        let master = link.masterIndex.flatMap { layout.link($0) }
        let addresses = layout.addresses.filter { $0.linkIndex == link.index }
        return [
            "name": .string(link.name), "kind": Datum(link.kind), "hardware": .bool(link.isHardware),
            "mac": Datum(link.address?.text),
            "permanent_mac": Datum(link.isHardware ? (link.permanentAddress ?? link.address)?.text : nil),
            "driver": Datum(driver), "bus": Datum(link.bus), "speed_mbps": speed.map { .int($0) } ?? .null,
            "mtu": link.mtu.map { .int(Int64($0)) } ?? .null, "up": .bool(link.isUp), "carrier": .bool(link.hasCarrier),
            "lower": .list(lower.map { .string($0) }),
            "upper": .list((upper.map(\.name) + [master?.name].compactMap { $0 }).map { .string($0) }),
            "addresses": .list(addresses.map { .string("\($0.address.text)/\($0.prefixLength)") }),
        ]
    }
}
