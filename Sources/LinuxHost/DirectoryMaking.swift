import CShim
import Glibc
import Model
import SystemCalls

/// A directory that is made beside its place with all that it shall hold, and not yet there.
struct PendingDirectory {
    var path: AbsolutePath
    var entry: Linux.Entry
    var temporary: String
    /// The directory and the files written into it, to be made durable; the caller closes it.
    var descriptors: [Int32] = []

    func close() {
        for descriptor in descriptors { Glibc.close(descriptor) }
    }
}

/// Making a directory beside its place: owner, mode and the skeleton's copies come first, its name last, so that nothing
/// that ends a run in between leaves one that looks made and is another's.
extension Linux {
    func prepare(_ creation: DirectoryCreation, at entry: Entry) throws(HostFault) -> PendingDirectory {
        removeStale(in: entry.directory, creation.path.parent ?? .root)
        let owner = try number(creation.attributes.owner, kind: .user) ?? 0
        let group = try number(creation.attributes.group, kind: .group) ?? 0
        let mode = creation.attributes.mode?.applied(to: Permissions(0o755), isDirectory: true) ?? Permissions(0o755)
        try checkKept(entry, creation.path, owner: owner, mode, nil)
        // An object that will be root's never belongs to another user before.
        let identity = owner == 0 ? lodestar_identity(uid: 0, gid: 0) : entry.directory.identity
        var pending = PendingDirectory(path: creation.path, entry: entry, temporary: Self.temporaryName())
        let result = lodestar_make_directory(entry.directory.descriptor, pending.temporary, 0o700, identity)
        if result < 0 { throw HostFault("make", creation.path.text, ErrorNumber.text(-result)) }
        do throws(HostFault) {
            let own = try opened(pending.temporary, in: entry.directory.descriptor, of: identity.uid, creation.path)
            pending.descriptors.append(own)
            if let skeleton = creation.skeleton {
                let copy = SkeletonCopy(owner: owner, group: group, identity: identity)
                try copyEntries(of: skeleton, into: own, creation.path, copy, &pending)
            }
            try finish(own, owner: owner, group: group, mode, creation.path)
            return pending
        } catch {
            discard(pending)
            pending.close()
            throw error
        }
    }

    private struct SkeletonCopy {
        var owner: UInt32
        var group: UInt32
        var identity: lodestar_identity
    }

    /// Opens a directory that was just made; a user who may write beside it can have put another one in its place.
    private func opened(
        _ name: String, in directory: Int32, of uid: UInt32, _ path: AbsolutePath
    ) throws(HostFault) -> Int32 {
        let descriptor = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw HostFault("make", path.text, ErrorNumber.last.text) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_uid == uid else {
            close(descriptor)
            throw HostFault("make", path.text, "somebody else put a directory of theirs there")
        }
        return descriptor
    }

    private func finish(
        _ descriptor: Int32, owner: UInt32, group: UInt32, _ mode: Permissions, _ path: AbsolutePath
    ) throws(HostFault) {
        try change(descriptor, owner: owner, group: group, path)
        let result = lodestar_change_mode(descriptor, mode_t(mode.bits))
        if result < 0 { throw HostFault("change the mode of", path.text, ErrorNumber.text(-result)) }
    }

    /// Copies files, folders and links of a skeleton with the new owner, as useradd(8) does; others are left out.
    private func copyEntries(
        of skeleton: AbsolutePath, into directory: Int32, _ path: AbsolutePath, _ copy: SkeletonCopy,
        _ pending: inout PendingDirectory
    ) throws(HostFault) {
        for name in try entries(of: skeleton) ?? [] {
            let from = skeleton.appending(name), to = path.appending(name)
            guard let status = try status(of: from) else { continue }
            switch status.kind {
            case .directory:
                let result = lodestar_make_directory(directory, name, 0o700, copy.identity)
                if result < 0 { throw HostFault("make", to.text, ErrorNumber.text(-result)) }
                let own = try opened(name, in: directory, of: copy.identity.uid, to)
                pending.descriptors.append(own)
                try copyEntries(of: from, into: own, to, copy, &pending)
                try finish(own, owner: copy.owner, group: copy.group, status.permissions, to)
            case .file:
                let bytes = try contents(of: from, limit: 16 << 20)
                let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
                let own = lodestar_open(directory, name, flags, 0o600, 0, copy.identity)
                guard own >= 0 else { throw HostFault("write", to.text, ErrorNumber.text(-own)) }
                pending.descriptors.append(own)
                guard LocalFiles.writeAll(bytes, to: own) else {
                    throw HostFault("write", to.text, ErrorNumber.last.text)
                }
                try finish(own, owner: copy.owner, group: copy.group, status.permissions, to)
            case .link:
                // A link into the skeleton is one into the home then.
                let target = try linkTarget(of: from), prefix = "/etc/skel/"
                let isInside = target.hasPrefix(prefix)
                let own = isInside ? "\(pending.path)/\(target.dropFirst(prefix.count))" : target
                var result = lodestar_make_link(own, directory, name, copy.identity)
                if result == 0 {
                    result = fchownat(directory, name, copy.owner, copy.group, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : -errno
                }
                if result < 0 { throw HostFault("make", to.text, ErrorNumber.text(-result)) }
            case .device, .fifo, .socket: break
            }
        }
    }

    /// Puts a durable directory into its place, where nothing may be.
    func place(_ pending: PendingDirectory) throws(HostFault) {
        let directory = pending.entry.directory, noReplace: UInt32 = 1
        var result = lodestar_rename(
            directory.descriptor, pending.temporary, directory.descriptor, pending.entry.name, noReplace,
            lodestar_identity(uid: 0, gid: 0))
        if result == -EINVAL {  // a file system that cannot tell
            result = lodestar_rename(
                directory.descriptor, pending.temporary, directory.descriptor, pending.entry.name, 0,
                lodestar_identity(uid: 0, gid: 0))
        }
        if result < 0 { throw HostFault("make", pending.path.text, ErrorNumber.text(-result)) }
        forgetBelow(pending.path)
        missing = []
    }

    func discard(_ pending: PendingDirectory) {
        removeLeft(pending.temporary, in: pending.entry.directory, pending.path.parent ?? .root)
    }

    /// Removes a directory that did not get its name. Where somebody else may have put another one there, only an empty
    /// one, with the rights of whose place it is.
    func removeLeft(_ name: String, in directory: OpenDirectory, _ path: AbsolutePath) {
        if directory.trust == .root {
            try? remove(Removal(path.appending(name), kind: .directory, isRecursive: true))
        } else {
            _ = lodestar_remove(directory.descriptor, name, AT_REMOVEDIR, directory.identity)
        }
    }
}
