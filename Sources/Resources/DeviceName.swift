import Model

/// Names of block devices in fstab(5): a path, or a tag such as `UUID=...`.
enum DeviceName {
    fileprivate static let tags = [
        "UUID=": "by-uuid", "LABEL=": "by-label", "PARTUUID=": "by-partuuid", "PARTLABEL=": "by-partlabel",
        "ID=": "by-id",
    ]

    /// The path of the device itself, behind links of root's and tags; of a loop device the path of its file. nil where a
    /// tag leads nowhere, as where no udev runs.
    static func resolved(_ name: String, on host: some HostReading) throws -> AbsolutePath? {
        var path = AbsolutePath(name)
        for (tag, folder) in tags where name.hasPrefix(tag) {
            let value = name.dropFirst(tag.count).replacing(" ", with: "\\x20").replacing("/", with: "\\x2f")
            path = AbsolutePath("/dev/disk/\(folder)/\(value)")
        }
        guard var place = path else { return nil }
        for _ in 0..<8 {
            guard let status = try host.status(of: place) else { return name.hasPrefix("/") ? place : nil }
            guard status.kind == .link else { break }
            place = (place.parent ?? .root).target(ofLink: try host.linkTarget(of: place)) ?? place
        }
        let file = AbsolutePath.root.appending("sys/block/\(place.name)/loop/backing_file")
        guard place.parent?.text == "/dev", try host.status(of: file) != nil else { return place }
        return AbsolutePath(String(decoding: try host.contents(of: file, limit: 4096), as: UTF8.self).trimmed)
    }

    /// Whether two names are of one device, as far as that can be told.
    static func areOne(_ left: String, _ right: String, on host: some HostReading) throws -> Bool {
        guard left.isBlockDevice, right.isBlockDevice, let first = try resolved(left, on: host) else { return false }
        return try first == resolved(right, on: host)
    }
}

extension String {
    /// Whether it names a device, or a file that stands for one, of this host.
    var isBlockDevice: Bool {
        (hasPrefix("/") && !hasPrefix("//"))
            || DeviceName.tags.keys.contains { hasPrefix($0) }
    }

    /// Whether it names what another host has.
    var isRemote: Bool { hasPrefix("//") || contains(":") }

    var withoutSlashes: Substring {
        var rest = self[...]
        while rest.count > 1, rest.last == "/" { rest.removeLast() }
        return rest
    }
}
