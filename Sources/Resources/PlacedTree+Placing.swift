import SystemFiles
import Model

/// Placing a tree, and taking it away.
///
/// The record comes first, with what will be there and what is left of before, and last again, when all is done: a run that is
/// killed in between loses nothing.
extension PlacedTree {
    /// What differs of the tree: another revision as a whole, else entry by entry.
    ///
    /// - Parameter changes: what differs of the directory itself.
    func changes(from observed: Observed, beside changes: [Change]) -> [Change] {
        guard let revision = observed.revision else { return changes }
        let details = details(of: observed)
        guard observed.record?.isOf(revision) != true else { return changes + details }
        let present = observed.record.map { record in
            ShownText.text("\(record.revision.prefix(12))" + (record.isComplete ? "" : ", not complete"))
        }
        var change = Change(property, from: present, to: .text(summary(of: observed, revision)))
        let words = details.flatMap { [$0.property, $0.old?.fingerprint ?? "-", $0.new?.fingerprint ?? "-"] }
        change.witness = Digest(of: words.joined(separator: "\u{1}"))
        return [change] + changes
    }

    /// What differs from the revision, entry by entry.
    private func details(of observed: Observed) -> [Change] {
        var changes: [Change] = [], misowned = 0
        let foreign = foreign(observed)
        for entry in observed.ours {
            let found = observed.found[entry.path]
            func add(_ old: ShownText?, _ new: ShownText?) {
                var change = Change(property + entry.path.text, from: old, to: new)
                change.file = place(of: entry)
                changes.append(change)
            }
            if found?.body != entry.body {
                add(found.map { $0.body?.shown ?? .text("a \($0.kind.rawValue)") }, entry.body.shown)
            } else if let found, hasAttributes(entry, foreign) {
                if found.permissions != entry.permissions {
                    add(.text("\(found.permissions)"), .text("\(entry.permissions)"))
                }
                if found.owner != owner || found.group != group { misowned += 1 }
            }
        }
        if misowned > 0 {
            changes.append(
                Change(
                    property, from: .text("\(misowned) entries belong to others"),
                    to: .text([owner, group].compactMap { $0.map { "\($0)" } }.joined(separator: ":"))))
        }
        return changes
    }

    private func summary(of observed: Observed, _ revision: String) -> String {
        let files = observed.ours.filter { $0.kind != .directory }
        let new = files.count { observed.found[$0.path] == nil }
        let changed = files.count { observed.found[$0.path] != nil && observed.contentDiffers($0) }
        let former = leftovers(observed).count { $0.kind != .directory }
        let words = [(new, "new"), (changed, "changed"), (former, "to remove")].filter { $0.0 > 0 }
        let counts = words.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        return "\(revision.prefix(12)): \(files.count) files" + (counts.isEmpty ? "" : ", " + counts)
    }

    /// What is there of former revisions.
    private func leftovers(_ observed: Observed) -> [TreeEntry] {
        let kinds = Dictionary(observed.entries.map { ($0.path, $0.kind) }, uniquingKeysWith: { $1 })
        return observed.own.filter { kinds[$0.path] != $0.kind }
    }

    /// The entries that were there before, as what they are now: Lodestar never takes them away.
    private func foreign(_ observed: Observed) -> Set<AbsolutePath> {
        let own = observed.ownKinds
        return Set(
            observed.entries.filter { entry in
                if own[entry.path]?.contains(entry.kind) == true { return false }
                return observed.found[entry.path]?.kind == entry.kind
                    || observed.record?.foreign.contains(entry.path) == true
            }.map(\.path))
    }

    /// Whether an entry has an owner and a mode of the tree: a link has none, and those of folders that were there stay.
    private func hasAttributes(_ entry: TreeEntry, _ foreign: Set<AbsolutePath>) -> Bool {
        switch entry.kind {
        case .directory: !foreign.contains(entry.path)
        case .link: false
        case .file, .device, .fifo, .socket: true
        }
    }

    /// - Parameter changesDirectory: whether the directory itself is not as it is declared.
    func steps(from observed: Observed, changesDirectory: Bool) throws(Refusal) -> [Step] {
        let attributes = Attributes(owner: owner, group: group, mode: mode)
        let takesPlace: Replaced = replace == true ? .anything : .nothing
        var steps: [Step] = []
        if observed.directory == nil {
            steps.append(.makeDirectory(DirectoryCreation(path, attributes: attributes, replaced: takesPlace)))
        } else if changesDirectory {
            steps.append(.setAttributes(AttributeChange(path, kind: .directory, attributes: attributes)))
        }
        guard let revision = observed.revision else { return steps }
        try refuseEdits(observed)
        try refuseForeign(observed)
        let leftovers = leftovers(observed), foreign = foreign(observed)
        let blocking = blocking(leftovers, observed)
        func removals(_ isFirst: Bool) -> [Step] {
            leftovers.filter { blocking.contains($0.path) == isFirst }.map { removal(of: $0) }
        }
        steps += removals(true) + placing(observed, attributes, foreign) + removals(false)
        if observed.record?.isOf(revision) == true { return steps }
        return recording(observed, revision, foreign, around: steps)
    }

    private func removal(of entry: TreeEntry) -> Step {
        .remove(Removal(place(of: entry), kind: entry.kind, sparesFull: entry.kind == .directory))
    }

    /// The record before the steps, and after them.
    private func recording(
        _ observed: Observed, _ revision: String, _ foreign: Set<AbsolutePath>, around steps: [Step]
    ) -> [Step] {
        let known = observed.entries.map { entry in
            guard case .file(let content) = entry.body else { return entry }
            return TreeEntry(
                entry.path, .file(.known(byteCount: content.byteCount, content.digest)), entry.permissions)
        }
        let bodies = Dictionary(known.map { ($0.path, $0.body) }, uniquingKeysWith: { $1 })
        let before = (observed.record?.entries ?? []) + (observed.record?.former ?? [])
        var record = TreeRecord(
            revision: revision, isComplete: false,
            hasMade: observed.record?.hasMade == true || observed.directory == nil, entries: known,
            former: before.filter { entry in
                let isLeft = bodies[entry.path] == nil && observed.record?.foreign.contains(entry.path) == true
                return bodies[entry.path] != entry.body && !isLeft
            },
            foreign: foreign)
        var first: [Step] = []
        if record != observed.record {
            let folder = recordPath.parent ?? .root
            let attributes = Attributes(mode: FileMode(Permissions(0o700)))
            first.append(.makeDirectory(DirectoryCreation(folder, attributes: attributes, makesParents: true)))
            first.append(write(record, replacing: observed.record == nil ? .anything : .file(nil)))
        }
        let unfinished = Digest(of: record.bytes)
        (record.isComplete, record.former) = (true, [])
        return first + steps + [write(record, replacing: .file(unfinished))]
    }

    private func write(_ record: TreeRecord, replacing replaced: Replaced) -> Step {
        .writeFile(
            FileWrite(
                recordPath, content: .whole(Content(record.bytes)),
                attributes: Attributes(
                    owner: .name(.root), group: .name(.root), mode: FileMode(Permissions(0o600))),
                replaced: replaced, isAlone: true))
    }

    /// What must go before something else can take its place: what is at the place of an entry, or below one that is no folder.
    private func blocking(_ leftovers: [TreeEntry], _ observed: Observed) -> Set<AbsolutePath> {
        let kinds = Dictionary(observed.entries.map { ($0.path, $0.kind) }, uniquingKeysWith: { $1 })
        return Set(
            leftovers.map(\.path).filter { path in
                kinds[path] != nil
                    || sequence(first: path, next: \.parent).dropFirst().contains {
                        kinds[$0].map { $0 != .directory } == true
                    }
            })
    }

    private func refuseEdits(_ observed: Observed) throws(Refusal) {
        if replace == true || observed.edited.isEmpty { return }
        let names = observed.edited.prefix(3).map(\.text).joined(separator: ", ")
        throw Refusal(
            "what Lodestar placed was edited: \(names)\(observed.edited.count > 3 ? ", ..." : "")",
            hint: "`replace: true` takes the edits back")
    }

    /// What is in the way and not Lodestar's is never written over unasked.
    private func refuseForeign(_ observed: Observed) throws(Refusal) {
        if replace == true { return }
        let own = observed.ownKinds
        for entry in observed.ours where observed.contentDiffers(entry) {
            guard let found = observed.found[entry.path], !observed.isManaged(entry, found, own) else { continue }
            let what =
                found.kind == entry.kind
                ? "a \(found.kind.rawValue) that is not Lodestar's"
                : "a \(found.kind.rawValue), not a \(entry.kind.rawValue)"
            throw Refusal("\(place(of: entry)) is \(what)", hint: "`replace: true` takes its place")
        }
    }

    private func placing(
        _ observed: Observed, _ attributes: Attributes, _ foreign: Set<AbsolutePath>
    ) -> [Step] {
        let own = observed.ownKinds
        var first: [Step] = [], steps: [Step] = []
        // A folder that another resource declares, which comes later, is there for what is below it.
        for folder in observed.awaited {
            let isNeeded = observed.ours.contains { $0.path.isBelowOrEqual(to: folder.path) }
            if isNeeded { steps.append(.makeDirectory(DirectoryCreation(place(of: folder), attributes: attributes))) }
        }
        for entry in observed.ours {
            let place = place(of: entry), found = observed.found[entry.path]
            let wanted = Attributes(
                owner: attributes.owner, group: attributes.group, mode: FileMode(entry.permissions))
            if let found, found.body == entry.body {
                guard hasAttributes(entry, foreign) else { continue }
                if found.permissions != entry.permissions || found.owner != owner || found.group != group {
                    // Folders first: what is in them is written with the rights of their owner.
                    first.append(.setAttributes(AttributeChange(place, kind: entry.kind, attributes: wanted)))
                }
                continue
            }
            // What is Lodestar's of another kind has gone before.
            let isOwn = found.map { observed.isManaged(entry, $0, own) } ?? false
            let replaced: Replaced = replace == true && !isOwn ? .anything : .nothing
            switch entry.body {
            case .directory:
                steps.append(.makeDirectory(DirectoryCreation(place, attributes: wanted, replaced: replaced)))
            case .link(let target): steps.append(.makeLink(LinkCreation(place, target: target, replaced: replaced)))
            case .file(let content):
                var present = replaced
                if case .file(let old)? = found?.body { present = .file(old.digest) }
                steps.append(
                    .writeFile(FileWrite(place, content: content, attributes: wanted, replaced: present)))
            }
        }
        return first + steps
    }

    /// The record goes last: it tells what is Lodestar's.
    func removal(of observed: Observed) throws(Refusal) -> [Step] {
        try refuseEdits(observed)
        if observed.record?.isDamaged == true {
            throw Refusal(
                "\(recordPath) is damaged: which files are Lodestar's is not known",
                hint: "remove it, and nothing below \(path) is taken away")
        }
        // Of what is un-declared nobody says what it brings.
        let gone = observed.own + (observed.revision == nil ? [] : observed.kept)
        var steps = gone.map { removal(of: $0) }
        guard let record = observed.record else { return steps }
        if record.hasMade, observed.directory != nil {
            steps.append(.remove(Removal(path, kind: .directory, sparesFull: true)))
        }
        let state = AbsolutePath.root.appending(OwnPaths.state)
        return steps + [.remove(Removal(recordPath, kind: .file, emptiedBelow: state, isAlone: true))]
    }
}

extension TreeEntry.Body {
    fileprivate var shown: ShownText {
        switch self {
        case .directory: .text("a folder")
        case .link(let target): .text("a link to \(target)")
        case .file(let content): content.shown
        }
    }
}
