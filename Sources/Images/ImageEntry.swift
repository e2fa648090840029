public import SystemFiles
public import Model

/// One entry of an inner tar that may be put into a folder: its name leads nowhere but down.
public struct ImageEntry: Sendable {
    public enum Body: Sendable {
        case file
        case directory
        /// With the target as it stands there, which nobody follows here.
        case link([CChar])
        /// With the place of the other entry.
        case hardLink(Place)
        case device(isBlock: Bool, major: Int, minor: Int)
        case fifo
    }

    /// Where something is, from the folder on, for system calls: each ends with NUL.
    public struct Place: Hashable, Sendable {
        /// `.` for what is at the top.
        public var parent: [CChar]
        /// `.` of the folder itself.
        public var last: [CChar]
        /// For people.
        public var shown: String
    }

    public var place: Place
    public var body: Body
    /// The permissions, with setuid and its like.
    public var mode: Int
    public var owner: Int, group: Int
    /// Since 1970.
    public var time: (seconds: Int, nanoseconds: Int)
    public var attributes: [(name: String, value: [UInt8])]
    public var byteCount: Int
    public var segments: [RawEntry.Segment]

    /// - Throws: for what no image may have.
    public init(_ raw: RawEntry) throws(HostFault) {
        place = try Place(raw.name, in: raw.name)
        switch raw.kind {
        case .file: body = .file
        case .directory: body = .directory
        case .link(let target):
            guard (1...4095).contains(target.count), !target.contains(0) else {
                throw Self.fault(raw.name, "is a link without a target that the kernel takes")
            }
            body = .link(Place.text(target[...]))
        case .hardLink(let target): body = .hardLink(try Place(target, in: raw.name))
        case .device(let isBlock, let major, let minor):
            guard (0..<1 << 12).contains(major), (0..<1 << 20).contains(minor) else {
                throw Self.fault(raw.name, "is a device whose numbers Linux does not have")
            }
            body = .device(isBlock: isBlock, major: major, minor: minor)
        case .fifo: body = .fifo
        case .other(let what): throw Self.fault(raw.name, "is \(what)")
        }
        guard let mode = raw.mode, let owner = raw.owner, let group = raw.group, let time = raw.time else {
            throw Self.fault(raw.name, "has no mode, owner, group or time that can be read")
        }
        guard (0..<Int(UInt32.max)).contains(owner), (0..<Int(UInt32.max)).contains(group) else {
            throw Self.fault(raw.name, "has an owner or a group that Linux does not have")
        }
        (self.mode, self.owner, self.group, self.time) = (mode & 0o7777, owner, group, time)
        if raw.hasTextualAccessList {
            throw Self.fault(
                raw.name, "has an access list by names: pack with --xattrs --xattrs-include='*', without --acls")
        }
        for (name, value) in raw.attributes {
            guard (1...255).contains(name.utf8.count), !name.utf8.contains(0), value.count <= 65536 else {
                throw Self.fault(raw.name, "has an extended attribute that Linux does not take")
            }
        }
        attributes = raw.attributes
        (byteCount, segments) = (raw.byteCount, raw.segments)
    }

    /// An entry of root's that no image has, of the time 0.
    ///
    /// - Parameter path: leads down.
    public init(own path: String, _ body: Body, mode: Int = 0o777) {
        (place, self.body, self.mode) = (Place(known: path), body, mode)
        (owner, group, time, attributes, byteCount, segments) = (0, 0, (0, 0), [], 0, [])
    }

    /// A text for system calls.
    public static func text(_ text: String) -> [CChar] { Place.text(Array(text.utf8)[...]) }

    static func fault(_ name: [UInt8], _ reason: String) -> HostFault {
        HostFault(
            "unpack", "the image", "`\(String(decoding: name.prefix(300), as: UTF8.self).printable)` in it \(reason)")
    }
}

extension ImageEntry.Place {
    private static let slash = UInt8(ascii: "/"), dot = UInt8(ascii: ".")

    fileprivate init(_ name: [UInt8], in entry: [UInt8]) throws(HostFault) {
        if name.first == Self.slash { throw ImageEntry.fault(entry, "has an absolute name") }
        if name.contains(0) { throw ImageEntry.fault(entry, "has a name with NUL") }
        let parts = name.split(separator: Self.slash).filter { $0 != [Self.dot] }
        if name.isEmpty { throw ImageEntry.fault(entry, "has no name") }
        if parts.contains([Self.dot, Self.dot]) { throw ImageEntry.fault(entry, "leads out of it by `..`") }
        if parts.contains(where: { $0.count > 255 }) || name.count > 4095 {
            throw ImageEntry.fault(entry, "has a name that is too long")
        }
        let whole = Array(parts.joined(separator: [Self.slash]))
        shown = String(decoding: whole, as: UTF8.self)
        let end = whole.lastIndex(of: Self.slash)
        parent = end.map { Self.text(whole[..<$0]) } ?? Self.text([Self.dot])
        last = Self.text(whole.isEmpty ? [Self.dot] : whole[(end.map { $0 + 1 } ?? 0)...])
    }

    /// A place that is known to lead down.
    public init(known path: String) {
        let whole = Array(path.utf8), end = whole.lastIndex(of: Self.slash)
        shown = String(decoding: whole, as: UTF8.self)
        parent = end.map { Self.text(whole[..<$0]) } ?? Self.text([Self.dot])
        last = Self.text(whole[(end.map { $0 + 1 } ?? 0)...])
    }

    /// The whole path, for system calls.
    public var whole: [CChar] {
        parent == [CChar(bitPattern: 0x2E), 0] ? last : parent.dropLast() + [CChar(bitPattern: 0x2F)] + last
    }

    /// Whether it is the folder itself.
    public var isTop: Bool { shown.isEmpty }

    static func text(_ bytes: ArraySlice<UInt8>) -> [CChar] { bytes.map { CChar(bitPattern: $0) } + [0] }
}
