import CShim
import Glibc
import SystemFiles
import Model
import SystemCalls

/// The lane of accounts: one locked rewrite of each database for all edits.
extension Linux {
    var accounts: AccountDatabase {
        get throws(HostFault) { try AccountDatabase(reading: self) }
    }

    /// Makes all changes in one locked rewrite; a refused one fails alone.
    func changeAccounts<Change>(
        _ changes: [Change], _ apply: (inout AccountDatabase, Change, AccountDefaults) throws(Refusal) -> Void
    ) -> [StepResult] {
        do throws(HostFault) {
            removeStale(in: try etc(), AbsolutePath.root.appending("etc"))
            let locks = try AccountLocks(in: try etc())
            defer { locks.release() }
            return try changeLockedAccounts(changes, apply)
        } catch {
            return changes.map { _ in .failure(error) }
        }
    }

    private func etc() throws(HostFault) -> OpenDirectory {
        guard let directory = try directory(AbsolutePath.root.appending("etc")), directory.trust == .root else {
            throw HostFault("lock", "/etc", "it is no directory of root's alone")
        }
        return directory
    }

    private func changeLockedAccounts<Change>(
        _ changes: [Change], _ apply: (inout AccountDatabase, Change, AccountDefaults) throws(Refusal) -> Void
    ) throws(HostFault) -> [StepResult] {
        documents = [:]
        var database = try accounts
        let defaults = try AccountDefaults(reading: self)
        var results: [StepResult] = []
        for change in changes {
            do throws(Refusal) {
                try apply(&database, change, defaults)
                results.append(.success(StepOutput()))
            } catch {
                results.append(.failure(HostFault("change", "the accounts", error.reason)))
            }
        }
        try write(database)
        var durable = DurableDirectories()
        durable.add(AbsolutePath.root.appending("etc"), try etc())
        if let (path, number) = durable.synchronised().first {
            throw HostFault("make durable", path.text, ErrorNumber.text(number))
        }
        return results
    }

    /// All databases are beside their places, durable, before the first one is put there.
    private func write(_ database: AccountDatabase) throws(HostFault) {
        let shadowGroup = AccountName("shadow").flatMap { database.gid(of: .name($0)) } ?? 0
        var pending: [PendingFile] = []
        defer { for file in pending { file.close() } }
        var placedCount = 0
        do throws(HostFault) {
            for file in database.changedFiles {
                let isSecret = file.permissions.bits & 0o007 == 0
                let isNew = try status(of: file.path) == nil
                let attributes = isNew ? Attributes(group: .number(isSecret ? shadowGroup : 0)) : Attributes()
                pending.append(
                    try prepare(
                        WantedFile(
                            path: file.path, content: .whole(Content(file.bytes)), attributes: attributes,
                            replaced: .file(nil),
                            standardPermissions: file.permissions)))
            }
            var faults = [Int32](repeating: 0, count: pending.count)
            lodestar_sync_all(pending.map(\.descriptor), &faults, pending.count)
            for (file, fault) in zip(pending, faults) where fault < 0 {
                throw HostFault("write", file.path.text, ErrorNumber.text(-fault))
            }
            for file in pending {
                try place(file)
                placedCount += 1
                forget(file.path)
            }
        } catch {
            for file in pending[placedCount...] { discard(file) }
            throw error
        }
    }

    /// Moves a home to a path that is free.
    func move(_ move: HomeMove) throws(HostFault) -> StepOutput {
        guard try status(of: move.from) != nil else { return StepOutput() }
        let from = try writableEntry(move.from, "move"), to = try writableEntry(move.to, "move")
        let noReplace: UInt32 = 1
        let result = lodestar_rename(
            from.directory.descriptor, from.name, to.directory.descriptor, to.name, noReplace,
            lodestar_identity(uid: 0, gid: 0))
        if result == -EXDEV {
            throw HostFault("move", move.from.text, "\(move.to) is on another file system; move it by hand")
        }
        if result < 0 { throw HostFault("move", move.from.text, ErrorNumber.text(-result)) }
        for directory in [from.directory, to.directory] {
            let descriptor = openat(directory.descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            fsync(descriptor)
            close(descriptor)
        }
        return StepOutput()
    }
}
