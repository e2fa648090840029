import SystemFiles
public import Model

/// What is mounted, differences and steps of a mount.
extension Mount {
    func live(_ mounts: MountedFileSystems, on host: some HostReading) throws -> Live {
        guard let found = mounts.mount(at: path) else { return .nothing }
        return try isMine(found, mounts, on: host) ? .declared(options: found.options) : .other(found.source)
    }

    private func isMine(_ found: MountedFileSystems.Mount, _ mounts: MountedFileSystems, on host: some HostReading)
        throws
        -> Bool
    {
        if options.isBound {
            guard let source = AbsolutePath(device).flatMap({ mounts.location(of: $0) }) else { return false }
            return source == (found.number, found.root)
        }
        // An automounter's place, where the rest follows when it is used.
        if found.type == "autofs" || path == .root { return true }
        if device.isBlockDevice {
            guard let wanted = try DeviceName.resolved(device, on: host) else { return true }
            return try wanted == DeviceName.resolved(found.source, on: host)
        }
        if device.isRemote { return device.withoutSlashes == found.source.withoutSlashes }
        return device == found.source || type == "auto" || type == found.type
    }

    /// An entry as a declaration, in the words of this one where it says the same.
    func declaration(of entry: FileSystemEntry, _ live: Live?, on host: some HostReading) throws -> Mount {
        var found = self
        let isSame = try entry.device == device || DeviceName.areOne(entry.device, device, on: host)
        found.device = isSame ? device : entry.device
        found.type = options.isBound && ["none", "auto", "bind"].contains(entry.type) ? type : entry.type
        found.options = MountOptions(entry.options.filter { $0 != "noauto" && $0 != "auto" })
        (found.dump, found.pass) = (entry.dump, entry.pass)
        found.atBoot = !entry.options.contains("noauto")
        found.mounted = live.map { $0 != .nothing } ?? mounted
        return found
    }

    public func isPresent(in observed: Observed) -> Bool {
        observed.entry != nil || (observed.live ?? .nothing) != .nothing
    }

    public func changes(from observed: Observed?) -> [Change] {
        guard let observed else { return [] }
        var changes = Self.propertyChanges(from: observed.written, to: self)
        guard let live = observed.live else { return changes }
        func differs(_ property: String, _ old: ShownText, _ new: ShownText) {
            if !changes.contains(where: { $0.property == property }) {
                changes.append(Change(property, from: old, to: new))
            }
        }
        guard mounted else {
            if live != .nothing { differs("mounted", .text("true"), .text("false")) }
            return changes
        }
        switch live {
        case .nothing: differs("mounted", .text("false"), .text("true"))
        case .other(let source): differs("device", .text("\(source), which is mounted"), .text(device))
        case .declared(let found):
            let lacking = lackingFlags(found).joined(separator: ",")
            if !lacking.isEmpty { differs("options", .text("mounted without \(lacking)"), options.shown) }
        }
        return changes
    }

    private func lackingFlags(_ found: [String]) -> [String] { options.flags.subtracting(found).sorted() }

    private var mounting: Mounting {
        Mounting(path, device: device, type: type, options: options.words.filter { $0 != "defaults" })
    }

    /// What the kernel does not take is not written; but where systemd knows an earlier line, it learns of the new one
    /// first, since it unmounts what its own unit does not expect.
    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        guard let observed else { return [] }
        var entry = FileSystemEntry(
            device: device, path: path.text, type: type, options: options.words + (atBoot ? [] : ["noauto"]),
            dump: dump,
            pass: pass)
        var edit: [Step] = []
        if !isWritten(in: observed) {
            guard observed.tableIsFile else { throw Refusal("\(Self.table) is not a file") }
            if let present = observed.entry, observed.written?.device == device { entry.device = present.device }
            edit = Self.editing(.set(entry))
        }
        let unmount = [Step.system(.unmount(path))]
        switch observed.live {
        case nil: return edit
        case .nothing? where mounted: return order([try mount(observed)], edit, observed)
        case .nothing?: return edit
        case .some where !mounted: return unmount + edit
        case .other?: return unmount + order([try mount(observed)], edit, observed)
        case .declared(let found)?:
            let isOther = observed.written.map { $0.options != options } ?? false
            return (isOther || !lackingFlags(found).isEmpty ? [.system(.remount(mounting))] : []) + edit
        }
    }

    private func isWritten(in observed: Observed) -> Bool {
        guard var written = observed.written else { return false }
        written.mounted = mounted
        return written == self
    }

    private func mount(_ observed: Observed) throws(Refusal) -> Step {
        guard observed.hasPoint else {
            throw Refusal("the mount point \(path) does not exist", hint: "a `directory` makes it", isMissing: true)
        }
        if let missing = observed.missing { throw Refusal("\(missing) does not exist", isMissing: true) }
        return .system(.mount(mounting))
    }

    private func order(_ mount: [Step], _ edit: [Step], _ observed: Observed) -> [Step] {
        observed.entry == nil ? mount + edit : edit + mount
    }

    static func editing(_ edit: FileSystemTableEdit) -> [Step] {
        [
            .editFile(FileEdit(table, edit, creation: Attributes())),
            .service(ServiceOperation(.readUnits, table.text)),
        ]
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] {
        if path == .root { throw Refusal("`/` cannot be unmounted") }
        let isMounted = (observed.live ?? .nothing) != .nothing
        return (isMounted ? [.system(.unmount(path))] : [])
            + (observed.entry == nil ? [] : Self.editing(.remove(.mount(path.text))))
    }

    public func remarks(on observed: Observed?, of host: some HostReading, before changes: [Change]) throws -> [String]
    {
        guard host.isRunning, mounted, !options.flags.contains("ro"),
            let mounts = try host.document(MountedFileSystems.self, at: MountedFileSystems.place),
            mounts.mount(at: path)?.options.contains("ro") == true, !Differences<Mount>(changes).contains(\.options)
        else { return [] }
        return ["\(path) is mounted read-only: the kernel does that after an error, and where nothing can write"]
    }
}

/// Its line is in a file; what is mounted is what the file does not tell.
extension Mount: Restorable {
    public static let filesComeLast = true

    public func former(_ observed: Observed?) -> Mount? {
        guard let observed else { return nil }
        guard let live = observed.live else { return self }
        var former = observed.written ?? self
        switch live {
        case .nothing:
            if observed.entry == nil { return nil }
            former.mounted = false
        case .declared: former.mounted = true
        case .other(let source): (former.device, former.mounted) = (source, true)
        }
        return former
    }
}
