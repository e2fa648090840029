import CShim
import Glibc
import SystemFiles
import Model
import SystemCalls

/// Directories, links, removals and attributes.
extension Linux {
    /// - Returns: a new directory whose skeleton is yet to be made durable before it is put into its place.
    func make(
        _ creation: DirectoryCreation, _ durable: inout DurableDirectories
    ) throws(HostFault) -> PendingDirectory? {
        let path = creation.path
        if creation.makesParents { try makeParents(of: path, &durable) }
        let entry = try writableEntry(path, "make")
        let present = try status(entry, path)
        if present?.kind == .directory {
            try set(AttributeChange(path, kind: .directory, attributes: creation.attributes))
            return nil
        }
        try check(creation.replaced, present, path)
        if present != nil { try check(path, .directory) }
        let pending = try prepare(creation, at: entry)
        if creation.skeleton != nil, present == nil { return pending }
        try finish(pending, replacing: present, &durable)
        return nil
    }

    private func finish(
        _ pending: PendingDirectory, replacing present: FileStatus?, _ durable: inout DurableDirectories
    ) throws(HostFault) {
        defer { pending.close() }
        do throws(HostFault) {
            if present != nil { try unlink(pending.entry, pending.path, isDirectory: false) }
            try place(pending)
            if let parent = pending.path.parent { durable.add(parent, pending.entry.directory) }
            if let own = try directory(pending.path) { durable.add(pending.path, own) }
        } catch {
            discard(pending)
            throw error
        }
    }

    private func makeParents(of path: AbsolutePath, _ durable: inout DurableDirectories) throws(HostFault) {
        guard let parent = path.parent, try status(of: parent) == nil else { return }
        try makeParents(of: parent, &durable)
        let creation = DirectoryCreation(parent, attributes: Attributes())
        try finish(try prepare(creation, at: writableEntry(parent, "make")), replacing: nil, &durable)
    }

    func make(_ creation: LinkCreation, _ durable: inout DurableDirectories) throws(HostFault) {
        if creation.makesParents { try makeParents(of: creation.path, &durable) }
        let entry = try writableEntry(creation.path, "make"), directory = entry.directory
        let present = try status(entry, creation.path)
        try check(creation.path, .link(creation.target))
        if present?.kind != .link { try check(creation.replaced, present, creation.path) }
        if present?.kind == .directory { try unlink(entry, creation.path, isDirectory: true) }
        removeStale(in: directory, creation.path.parent ?? .root)
        let temporary = Self.temporaryName()
        var result = lodestar_make_link(creation.target, directory.descriptor, temporary, directory.identity)
        if result >= 0 {
            result = lodestar_rename(
                directory.descriptor, temporary, directory.descriptor, entry.name, 0, directory.identity)
            if result < 0 { _ = lodestar_remove(directory.descriptor, temporary, 0, directory.identity) }
        }
        if result < 0 { throw HostFault("make", creation.path.text, ErrorNumber.text(-result)) }
        forgetBelow(creation.path)
    }

    func remove(_ removal: Removal) throws(HostFault) {
        guard let entry = try entry(removal.path), let present = try status(entry, removal.path) else { return }
        guard present.kind == removal.kind else {
            throw HostFault(
                "remove", removal.path.text, "it is a \(present.kind.rawValue), not a \(removal.kind.rawValue)")
        }
        if removal.isRecursive || present.kind != .directory { try check(removal.path, .removal) }
        if removal.isRecursive {
            let mount = mount(of: entry.directory)
            try refuseMounts(entry, removal.path, outside: mount)
            if present.kind == .directory { try empty(removal.path, on: mount) }
        }
        if removal.sparesFull, present.kind == .directory {
            guard try removeEmpty(removal.path) else { return }
        } else {
            try unlink(entry, removal.path, isDirectory: present.kind == .directory)
            forgetBelow(removal.path)
        }
        if let last = removal.emptiedBelow { try removeEmptyParents(of: removal.path, below: last) }
    }

    private func removeEmptyParents(of path: AbsolutePath, below last: AbsolutePath) throws(HostFault) {
        guard let parent = path.parent, parent != last, parent.isBelowOrEqual(to: last) else { return }
        if try removeEmpty(parent) { try removeEmptyParents(of: parent, below: last) }
    }

    /// Removes a directory, unless something is in it.
    ///
    /// - Returns: whether it is gone.
    private func removeEmpty(_ path: AbsolutePath) throws(HostFault) -> Bool {
        guard let entry = try entry(path) else { return true }
        let result = lodestar_remove(entry.directory.descriptor, entry.name, AT_REMOVEDIR, entry.directory.identity)
        if result == -ENOTEMPTY || result == -EEXIST { return false }
        if result < 0, result != -ENOENT { throw HostFault("remove", path.text, ErrorNumber.text(-result)) }
        forgetBelow(path)
        return true
    }

    /// Looks at everything that a removal would take before any of it goes: nothing may be mounted there.
    private func refuseMounts(_ entry: Entry, _ path: AbsolutePath, outside mount: UInt64?) throws(HostFault) {
        guard isOn(mount, entry) else {
            throw HostFault("remove", path.text, "another file system is mounted there")
        }
        guard try status(entry, path)?.kind == .directory, let own = try directory(path) else { return }
        for name in try own.names(at: path) {
            try refuseMounts(Entry(directory: own, name: name), path.appending(name), outside: mount)
        }
    }

    /// Removes everything below a directory; never across mounts, never through links.
    private func empty(_ path: AbsolutePath, on mount: UInt64?) throws(HostFault) {
        guard let own = try directory(path) else { return }
        for name in try own.names(at: path) {
            let inner = path.appending(name), entry = Entry(directory: own, name: name)
            var status = stat()
            guard fstatat(own.descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            guard isOn(mount, entry) else {
                throw HostFault("remove", inner.text, "another file system is mounted there")
            }
            if status.st_mode & S_IFMT == S_IFDIR {
                try empty(inner, on: mount)
                try unlink(entry, inner, isDirectory: true)
            } else {
                try unlink(entry, inner, isDirectory: false)
            }
        }
    }

    private func unlink(_ entry: Entry, _ path: AbsolutePath, isDirectory: Bool) throws(HostFault) {
        let directory = entry.directory
        let result = lodestar_remove(
            directory.descriptor, entry.name, isDirectory ? AT_REMOVEDIR : 0, directory.identity)
        if result == -ENOENT { return }
        if result == -ENOTEMPTY || result == -EEXIST {
            throw HostFault("remove", path.text, "the directory is not empty")
        }
        if result < 0 { throw HostFault("remove", path.text, ErrorNumber.text(-result)) }
    }

    func forgetBelow(_ path: AbsolutePath) {
        let place = (try? place(of: path)) ?? path
        directories = directories.filter {
            !$0.key.isBelowOrEqual(to: path) && !$0.value.place.isBelowOrEqual(to: place)
        }
        documents = documents.filter { !$0.key.isBelowOrEqual(to: path) && !$0.key.isBelowOrEqual(to: place) }
    }

    /// Changes owner, group and mode through a descriptor of what was looked at.
    func set(_ change: AttributeChange) throws(HostFault) {
        let entry = try writableEntry(change.path, "change"), path = change.path
        let descriptor = openat(entry.directory.descriptor, entry.name, OpenFile.pathOnly | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw HostFault("change", path.text, ErrorNumber.last.text) }
        defer { close(descriptor) }
        var raw = stat()
        guard fstat(descriptor, &raw) == 0 else { throw HostFault("change", path.text, ErrorNumber.last.text) }
        let status = FileStatus(raw)
        guard status.kind == change.kind else {
            throw HostFault("change", path.text, "it is a \(status.kind.rawValue), not a \(change.kind.rawValue)")
        }
        if status.kind == .file, status.linkCount > 1, entry.directory.trust != .root {
            throw HostFault("change", path.text, "it has \(status.linkCount) hard links where others can make them")
        }
        let owner = try number(change.attributes.owner, kind: .user) ?? status.owner
        let group = try number(change.attributes.group, kind: .group) ?? status.group
        let base = status.permissions
        let permissions = change.attributes.mode?.applied(to: base, isDirectory: change.kind == .directory) ?? base
        try checkKept(entry, path, owner: owner, permissions, status)
        var wanted = status
        (wanted.owner, wanted.group, wanted.permissions) = (owner, group, permissions)
        if let fault = guardedPlaces.fault(of: wanted, at: try place(of: path), "change", path) { throw fault }
        if owner != status.owner || group != status.group {
            try self.change(descriptor, owner: owner, group: group, path)
        }
        if change.kind != .link {
            let result = lodestar_change_mode(descriptor, mode_t(permissions.bits))
            if result < 0 { throw HostFault("change", path.text, ErrorNumber.text(-result)) }
        }
        if change.kind == .directory { directories = directories.filter { !$0.key.isBelowOrEqual(to: path) } }
    }
}
