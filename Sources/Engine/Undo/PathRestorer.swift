import Model

/// Says what brings back what was at a path before a run: a file, a directory, a link, or that nothing is there.
struct PathRestorer {
    let before: PathImage
    /// What the run left there.
    let after: PathImage
    let run: Int
    let types: [ResourceType]
    let host: any HostReading

    /// - Returns: nil where everything that the run changed is as it was.
    func restoration() throws -> Restoration? {
        let isUntouched = before.body == .withheld(.untouched) && after.body == .withheld(.untouched)
        let present = PathImage(after: before.path, keeping: isUntouched ? .nothing : .content, on: host)
        if present.isSame(as: before) { return nil }
        guard let status = before.status else { return try removal(of: present) }
        guard after.status?.kind == status.kind, present.status?.kind == status.kind else {
            guard present.isSame(as: after) else { throw Reason.changedSinceRun(run, property: nil) }
            return try whole(status)
        }
        return try changed(status, present)
    }

    /// Nothing was there: what the run made goes, unless somebody has something in it by now.
    private func removal(of present: PathImage) throws -> Restoration? {
        guard let status = present.status else { return nil }
        if present.isSame(as: after) { return Restoration(try resource(status.kind, []), state: .absent) }
        guard case .content(let left) = after.body, case .content(let now) = present.body,
            let rest = LineMerge.undoing(from: left, to: [], in: now)
        else { throw Reason.changedSinceRun(run, property: nil) }
        if rest.isEmpty { return Restoration(try resource(status.kind, []), state: .absent) }
        return rest == now ? nil : Restoration(try resource(.file, [("content", .bytes(rest))]))
    }

    /// All of an object that is gone, or that gave way to one of another kind.
    private func whole(_ status: FileStatus) throws -> Restoration {
        var fields = attributes(of: status)
        switch before.body {
        case .none: break
        case .content(let bytes): fields.append(("content", .bytes(bytes)))
        case .link(let target): fields = [("target", .string(target))]
        case .digest, .sealed, .withheld: throw loss
        }
        if after.status != nil, status.kind != .directory { fields.append(("replace", .bool(true))) }
        return Restoration(try resource(status.kind, fields))
    }

    /// An object that was there before and afterwards: of what the run changed, everything as it was.
    private func changed(_ status: FileStatus, _ present: PathImage) throws -> Restoration? {
        var fields: [(String, Node.Content)] = []
        let left = attributes(of: after.status ?? status), now = attributes(of: present.status ?? status)
        for (position, field) in attributes(of: status).enumerated()
        where field.value != left[position].value && field.value != now[position].value {
            guard left[position].value == now[position].value else {
                throw Reason.changedSinceRun(run, property: field.name)
            }
            fields.append(field)
        }
        switch before.body {
        case .none, .withheld(.untouched): break
        case .link(let target):
            guard present.body == after.body || present.body == before.body else {
                throw Reason.changedSinceRun(run, property: "target")
            }
            return present.body == before.body ? nil : Restoration(try resource(.link, [("target", .string(target))]))
        case .content(let bytes):
            guard after.body.digest != Digest(of: bytes) else { break }
            if let text = try content(bytes, present) { fields.append(("content", .bytes(text))) }
        case .digest, .sealed, .withheld:
            if !present.isSame(as: after) { throw Reason.changedSinceRun(run, property: nil) }
            throw loss
        }
        return fields.isEmpty ? nil : Restoration(try resource(status.kind, fields))
    }

    /// The bytes as they were, with what others wrote into the file since; nil where they are as they were.
    private func content(_ bytes: [UInt8], _ present: PathImage) throws -> [UInt8]? {
        if present.body.digest == after.body.digest { return bytes }
        if present.body.digest == Digest(of: bytes) { return nil }
        guard case .content(let left) = after.body, case .content(let now) = present.body,
            let merged = LineMerge.undoing(from: left, to: bytes, in: now)
        else { throw Reason.changedSinceRun(run, property: "content") }
        return merged == now ? nil : merged
    }

    private var loss: Reason {
        switch before.body {
        case .withheld(.tree): .lost("what was below \(before.path) was not kept")
        case .withheld(.size): .lost("\(before.path) was too large to be kept")
        case .withheld(.secret), .sealed: .lost("\(before.path) holds a secret, and secrets are never kept")
        case .none, .content, .digest, .link, .withheld: .lost("what was at \(before.path) was not kept")
        }
    }

    private func attributes(of status: FileStatus) -> [(name: String, value: Node.Content)] {
        if status.kind == .link { return [] }
        let digits = String(status.permissions.bits, radix: 8)
        let mode = String(repeating: "0", count: max(1, 5 - digits.count)) + digits
        return [
            ("owner", .int(Int64(status.owner))), ("group", .int(Int64(status.group))), ("mode", .string(mode)),
        ]
    }

    private func resource(_ kind: FileStatus.Kind, _ fields: [(String, Node.Content)]) throws -> any Resource {
        try types.object(kind, at: before.path, fields)
    }
}
