import Model

/// A host as it would be after one change.
final class Prospect: HostReading {
    private let host: any HostReading
    private let change: GuardedChange
    nonisolated(unsafe) private var folders = OverlaidFolders()

    init(_ host: any HostReading, _ change: GuardedChange) {
        self.host = host
        self.change = change
    }

    var isRunning: Bool { host.isRunning }

    func place(of path: AbsolutePath) throws(HostFault) -> AbsolutePath {
        try folders.place(of: path, below: host) { (place) throws(HostFault) in
            guard place == change.place else { return place.isBelowOrEqual(to: change.place) ? .other : .none }
            if case .link(let target) = change.kind { return .link(target) }
            return .other
        }
    }

    /// Whether something is there no more, since what was above it is something else now.
    private func isGone(_ place: AbsolutePath) -> Bool {
        place.isBelowOrEqual(to: change.place) && place != change.place
    }

    func status(of path: AbsolutePath) throws(HostFault) -> FileStatus? {
        let place = try place(of: path)
        if isGone(place) { return nil }
        guard place == change.place else { return try host.status(of: place) }
        func status(_ kind: FileStatus.Kind, _ bits: UInt16, _ byteCount: Int = 0) -> FileStatus {
            FileStatus(kind: kind, permissions: Permissions(bits), owner: 0, group: 0, byteCount: byteCount)
        }
        return switch change.kind {
        case .file(let bytes): status(.file, 0o440, bytes.count)
        case .link(let target): status(.link, 0o777, target.utf8.count)
        case .directory: status(.directory, 0o755)
        case .removal: nil
        }
    }

    func contents(of path: AbsolutePath, limit: Int) throws(HostFault) -> [UInt8] {
        let place = try place(of: path)
        guard place.isBelowOrEqual(to: change.place) else { return try host.contents(of: place, limit: limit) }
        guard place == change.place, let bytes = change.bytes else { throw HostFault.absent("read", path.text) }
        return bytes
    }

    func entries(of path: AbsolutePath) throws(HostFault) -> [String]? {
        let place = try place(of: path)
        if place.isBelowOrEqual(to: change.place) {
            if place == change.place, case .directory = change.kind { return [] }
            return nil
        }
        let names = try host.entries(of: place)
        guard place == change.place.parent else { return names }
        let others = (names ?? []).filter { $0 != change.place.name }
        return change.isRemoval ? names.map { _ in others } : (others + [change.place.name]).sorted()
    }

    func document<Document: HostDocument>(_ type: Document.Type, at path: AbsolutePath) throws(HostFault) -> Document? {
        let place = try target(of: path)
        guard place.isBelowOrEqual(to: change.place) else { return try host.document(type, at: place) }
        return place == change.place ? change.bytes.map { Document(parsing: $0) } : nil
    }

    func linkTarget(of path: AbsolutePath) throws(HostFault) -> String {
        let place = try place(of: path)
        if place == change.place, case .link(let target) = change.kind { return target }
        return try host.linkTarget(of: place)
    }

    func digest(of path: AbsolutePath) throws(HostFault) -> Digest { try host.digest(of: path) }
    func answer(to probe: Probe) throws(HostFault) -> ProbeAnswer { try host.answer(to: probe) }
}
