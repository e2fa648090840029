import SystemFiles
import Model

extension Simulation {
    func perform(_ step: FileStep) throws(HostFault) {
        let path = try place(of: step.path), isGuarded = guardedPlaces.has(path)
        if isGuarded, let change = try change(of: step, at: path),
            let fault = try guardedPlaces.fault(of: change, at: step.path, on: self)
        {
            throw fault
        }
        defer { if isGuarded { guarded = nil } }
        if path == step.path { return try performUnguarded(step) }
        do throws(HostFault) {
            try performUnguarded(step.moved(to: path))
        } catch {
            var fault = error
            if fault.object == path.text { fault.object = step.path.text }
            throw fault
        }
    }

    private func performUnguarded(_ step: FileStep) throws(HostFault) {
        switch step {
        case .write(let write): try self.write(write)
        case .edit(let edit): try self.edit(edit)
        case .makeDirectory(let creation): try make(creation)
        case .makeLink(let creation): try make(creation)
        case .remove(let removal): try remove(removal)
        case .setAttributes(let change): try set(change)
        case .setKernelValue(let setting): try set(setting)
        case .makeKey(let creation): try make(creation)
        }
    }

    private var guardedPlaces: GuardedPlaces {
        if let guarded { return guarded }
        let found = GuardedPlaces(reading: self)
        guarded = found
        return found
    }

    /// What a step makes of a guarded place; nil where nobody has to accept it.
    private func change(of step: FileStep, at place: AbsolutePath) throws(HostFault) -> GuardedChange? {
        switch step {
        // Which bytes they are is for the programs that the real host asks.
        case .write(let write): write.validator == nil ? GuardedChange(at: place, .file([])) : nil
        case .edit: GuardedChange(at: place, .file([]))
        case .makeLink(let creation): GuardedChange(at: place, .link(creation.target))
        case .makeDirectory:
            try [nil, .directory].contains(status(of: place)?.kind) ? nil : GuardedChange(at: place, .directory)
        case .remove(let removal):
            removal.isRecursive || removal.kind != .directory ? GuardedChange(at: place, .removal) : nil
        case .setAttributes, .setKernelValue, .makeKey: nil
        }
    }

    private func set(_ change: AttributeChange) throws(HostFault) {
        guard case .present(var status, let body)? = try entry(at: change.path) else {
            throw HostFault.absent("change", change.path.text)
        }
        guard status.kind == change.kind else {
            throw HostFault(
                "change", change.path.text, "it is a \(status.kind.rawValue), not a \(change.kind.rawValue)")
        }
        let present = status
        try apply(change.attributes, to: &status)
        if status.kind == .link { status.permissions = present.permissions }
        try checkKept(change.path, status, present)
        if let fault = guardedPlaces.fault(of: status, at: change.path, "change", change.path) { throw fault }
        entries[change.path] = .present(status, body)
    }

    private func set(_ setting: KernelSetting) throws(HostFault) {
        guard var status = try status(of: setting.path) else {
            throw HostFault.absent("set", setting.path.text, kind: .missing)
        }
        guard status.kind == .file else {
            throw HostFault("set", setting.path.text, "it is a \(status.kind.rawValue)")
        }
        let content = FileContent.whole(Content("\(setting.value)\n"))
        status.byteCount = content.byteCount
        put(status, .content(content), at: setting.path)
    }

    /// A key in memory is nobody's: it follows from its path.
    private func make(_ creation: KeyCreation) throws(HostFault) {
        let seed = Digest(of: "simulated key \(creation.path)").bytes
        let content = try creation.content(on: self, seed: seed)
        try write(
            FileWrite(
                creation.path, content: content, attributes: creation.attributes, replaced: creation.replaced))
    }

    private func write(_ write: FileWrite) throws(HostFault) {
        try checkParent(of: write.path, "write")
        let present = try self.status(of: write.path)
        try check(write.replaced, at: write.path, present, "write")
        var status = FileStatus(kind: .file, permissions: Permissions(0o644), owner: 0, group: 0)
        if let present, present.kind == .file { status = present }
        status.byteCount = write.content.byteCount
        status.linkCount = 1
        try apply(write.attributes, to: &status)
        try checkKept(write.path, status, present)
        put(status, .content(write.content), at: write.path)
    }

    private func edit(_ edit: FileEdit) throws(HostFault) {
        var status: FileStatus
        var document: EditedDocument, isNew = false
        switch try entry(at: edit.path) {
        case .present(let present, .edited(let edited))?:
            (status, document) = (present, edited)
        case .present(let present, .content(let content))?:
            (status, document) = (present, EditedDocument(for: edit.edit, parsing: try content.bytes))
        case .present(let present, .below(let source))?:
            let bytes = try below.contents(of: source, limit: 1 << 28)
            (status, document) = (present, EditedDocument(for: edit.edit, parsing: bytes))
        case .present(let present, _)?:
            throw HostFault("edit", edit.path.text, "it is a \(present.kind.rawValue)")
        case .absent?, nil:
            guard let creation = edit.creation else {
                throw HostFault.absent("edit", edit.path.text, kind: .missing)
            }
            status = FileStatus(kind: .file, permissions: Permissions(0o644), owner: 0, group: 0)
            try apply(creation, to: &status)
            isNew = true
            document = EditedDocument(for: edit.edit, parsing: [])
        }
        entries[edit.path] = nil  // keeps the storage unique, so that an edit copies nothing
        forgetAbsence(below: edit.path)
        do throws(Refusal) {
            try document.apply(edit.edit)
        } catch {
            if !isNew { put(status, .edited(document), at: edit.path) }
            throw HostFault("edit", edit.path.text, error.reason)
        }
        if edit.removesEmpty, document.isEmpty { return isNew ? () : take(edit.path) }
        if isNew {
            try checkParent(of: edit.path, "edit")
            try checkKept(edit.path, status, nil)
        }
        put(status, .edited(document), at: edit.path)
    }

    private func make(_ creation: DirectoryCreation) throws(HostFault) {
        if creation.makesParents { try makeParents(of: creation.path) }
        try checkParent(of: creation.path, "make")
        var status = FileStatus(kind: .directory, permissions: Permissions(0o755), owner: 0, group: 0)
        let present = try self.status(of: creation.path)
        if let present, present.kind == .directory {
            status = present
        } else {
            try check(creation.replaced, at: creation.path, present, "make")
        }
        try apply(creation.attributes, to: &status)
        try checkKept(creation.path, status, present)
        if present?.kind == .directory, case .present(_, let body)? = try entry(at: creation.path) {
            return put(status, body, at: creation.path)
        }
        put(status, .newDirectory, at: creation.path)
        if present == nil, let skeleton = creation.skeleton { try copyEntries(of: skeleton, to: creation.path, status) }
    }

    /// The content of a skeleton, with the owner and group of the directory that is made from it.
    private func copyEntries(
        of skeleton: AbsolutePath, to path: AbsolutePath, _ owner: FileStatus
    ) throws(HostFault) {
        for name in try entries(of: skeleton) ?? [] {
            let to = path.appending(name)
            guard case .present(var status, let body)? = try entry(at: skeleton.appending(name)) else { continue }
            (status.owner, status.group, status.linkCount) = (owner.owner, owner.group, 1)
            put(status, status.kind == .directory ? .newDirectory : body, at: to)
            if status.kind == .directory { try copyEntries(of: skeleton.appending(name), to: to, owner) }
        }
    }

    private func makeParents(of path: AbsolutePath) throws(HostFault) {
        guard let parent = path.parent, try status(of: parent) == nil else { return }
        try makeParents(of: parent)
        try checkParent(of: parent, "make")
        put(
            FileStatus(kind: .directory, permissions: Permissions(0o755), owner: 0, group: 0), .newDirectory, at: parent
        )
    }

    private func make(_ creation: LinkCreation) throws(HostFault) {
        if creation.makesParents { try makeParents(of: creation.path) }
        try checkParent(of: creation.path, "make")
        let present = try status(of: creation.path)
        if present?.kind != .link { try check(creation.replaced, at: creation.path, present, "make") }
        let status = FileStatus(
            kind: .link, permissions: Permissions(0o777), owner: 0, group: 0, byteCount: creation.target.utf8.count)
        put(status, .link(creation.target), at: creation.path)
    }

    private func remove(_ removal: Removal) throws(HostFault) {
        guard let status = try status(of: removal.path) else { return }
        guard status.kind == removal.kind else {
            throw HostFault(
                "remove", removal.path.text, "it is a \(status.kind.rawValue), not a \(removal.kind.rawValue)")
        }
        if status.kind == .directory, !removal.isRecursive, try entries(of: removal.path)?.isEmpty == false {
            if removal.sparesFull { return }
            throw HostFault("remove", removal.path.text, "the directory is not empty")
        }
        take(removal.path)
        guard let last = removal.emptiedBelow else { return }
        var parent = removal.path.parent
        while let place = parent, place != last, place.isBelowOrEqual(to: last) {
            if let names = try entries(of: place) {
                guard names.isEmpty else { return }
                take(place)
            }
            parent = place.parent
        }
    }

    func move(_ written: HomeMove) throws(HostFault) {
        var move = written
        (move.from, move.to) = (try place(of: written.from), try place(of: written.to))
        guard case .present(let status, let body)? = try entry(at: move.from) else { return }
        try checkParent(of: move.to, "move")
        try check(.nothing, at: move.to, self.status(of: move.to), "move")
        if move.to.isBelowOrEqual(to: move.from) {
            throw HostFault("move", move.from.text, "\(move.to) is below it")
        }
        let inside = entries.filter { $0.key != move.from && $0.key.isBelowOrEqual(to: move.from) }
        take(move.from)
        moves.append(move)
        forgetFolders()
        put(status, body, at: move.to)
        for (path, entry) in inside {
            entries[path] = nil
            guard let to = AbsolutePath(move.to.text + path.text.dropFirst(move.from.text.count)) else { continue }
            entries[to] = entry
            if let parent = to.parent {
                listings[parent, default: [:]][to.name] = if case .absent = entry { false } else { true }
            }
        }
        forgetFolders()
    }

    private func take(_ path: AbsolutePath) {
        forgetFolders()
        if case .present(let status, _)? = entries[path], status.kind == .directory {
            entries = entries.filter { !$0.key.isBelowOrEqual(to: path) }
            listings = listings.filter { !$0.key.isBelowOrEqual(to: path) }
        }
        entries[path] = .absent
        if path.bringsPackages { hasNewSources = true }
        if let parent = path.parent { listings[parent, default: [:]][path.name] = false }
    }
}
