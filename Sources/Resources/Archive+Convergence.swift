import HostFiles
public import Model

/// Unpacking, and taking away what was unpacked.
///
/// The record comes first, with what will be there and what is left of before, and last again, when all is done: a run that is
/// killed in between loses nothing.
extension Archive {
    public func changes(from observed: Observed?) -> [Change] {
        let changes = Self.propertyChanges(
            from: observed?.directory, to: self, replacing: [\.source: nil, \.file: nil])
        guard let observed else { return changes }
        let property = file == nil ? "source" : "file"
        if observed.problem != nil { return changes + [Change(property, from: nil, to: file?.shown)] }
        guard let digest = observed.digest else { return changes }
        let details = details(of: observed, property)
        guard observed.record?.isOf(digest, strip ?? 0) != true else { return changes + details }
        let present = observed.record.map { record in
            ShownText.text(record.digest.description + (record.isComplete ? "" : ", not complete"))
        }
        var change = Change(property, from: present, to: .text(summary(of: observed, digest)))
        let words = details.flatMap { [$0.property, $0.old?.fingerprint ?? "-", $0.new?.fingerprint ?? "-"] }
        change.witness = Digest(of: words.joined(separator: "\u{1}"))
        return [change] + changes
    }

    /// What differs from the archive, entry by entry.
    private func details(of observed: Observed, _ property: String) -> [Change] {
        var changes: [Change] = [], misowned = 0
        let foreign = foreignFolders(observed)
        for entry in observed.ours {
            let found = observed.found[entry.path]
            func add(_ old: ShownText?, _ new: ShownText?) {
                var change = Change(property + entry.path.text, from: old, to: new)
                change.file = place(of: entry)
                changes.append(change)
            }
            if found?.body != entry.body {
                add(found.map { $0.body?.shown ?? .text("a \($0.kind.rawValue)") }, entry.body.shown)
            } else if let found, !foreign.contains(entry.path), entry.kind != .link {
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

    private func summary(of observed: Observed, _ digest: Digest) -> String {
        let files = observed.ours.filter { $0.kind != .directory }
        let new = files.count { observed.found[$0.path] == nil }
        let changed = files.count { observed.found[$0.path] != nil && observed.contentDiffers($0) }
        let former = leftovers(observed).count { $0.kind != .directory }
        let words = [(new, "new"), (changed, "changed"), (former, "to remove")].filter { $0.0 > 0 }
        let counts = words.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        return "\(digest): \(files.count) files" + (counts.isEmpty ? "" : ", " + counts)
    }

    /// What is there of former versions.
    private func leftovers(_ observed: Observed) -> [ArchiveEntry] {
        let kinds = Dictionary(observed.entries.map { ($0.path, $0.kind) }, uniquingKeysWith: { $1 })
        return observed.own.filter { kinds[$0.path] != $0.kind }
    }

    /// The folders of the archive that were there before.
    private func foreignFolders(_ observed: Observed) -> Set<AbsolutePath> {
        let own = observed.ownKinds
        return Set(
            observed.entries.filter { entry in
                guard entry.kind == .directory, own[entry.path]?.contains(.directory) != true else { return false }
                return observed.found[entry.path]?.kind == .directory
                    || observed.record?.foreign.contains(entry.path) == true
            }.map(\.path))
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        if let problem = observed?.problem { throw problem }
        let attributes = Attributes(owner: owner, group: group, mode: mode)
        let takesPlace: Replaced = replace == true ? .anything : .nothing
        var steps: [Step] = []
        let changes = Differences<Archive>(changes(from: observed))
        if observed?.directory == nil {
            steps.append(.makeDirectory(DirectoryCreation(path, attributes: attributes, replaced: takesPlace)))
        } else if [\.owner, \.group, \.mode].contains(where: { changes.contains($0) }) {
            steps.append(.setAttributes(AttributeChange(path, kind: .directory, attributes: attributes)))
        }
        guard let observed, let digest = observed.digest else { return steps }
        try refuseForeign(observed)
        let leftovers = leftovers(observed)
        let blocking = blocking(leftovers, observed)
        func removals(_ isFirst: Bool) -> [Step] {
            leftovers.filter { blocking.contains($0.path) == isFirst }.map { removal(of: $0) }
        }
        steps += removals(true) + placing(observed, attributes) + removals(false)
        if observed.record?.isOf(digest, strip ?? 0) == true { return steps }
        return recording(observed, digest, around: steps)
    }

    private func removal(of entry: ArchiveEntry) -> Step {
        .remove(Removal(place(of: entry), kind: entry.kind, sparesFull: entry.kind == .directory))
    }

    /// The record before the steps, and after them.
    private func recording(_ observed: Observed, _ digest: Digest, around steps: [Step]) -> [Step] {
        let known = observed.entries.map { entry in
            guard case .file(let content) = entry.body else { return entry }
            return ArchiveEntry(
                entry.path, .file(.known(byteCount: content.byteCount, content.digest)), entry.permissions)
        }
        let kinds = Dictionary(known.map { ($0.path, $0.kind) }, uniquingKeysWith: { $1 })
        var record = ArchiveRecord(
            digest: digest, strip: strip ?? 0, isComplete: false,
            hasMade: observed.record?.hasMade == true || observed.directory == nil, entries: known,
            former: (observed.record?.own ?? []).filter { kinds[$0.path] != $0.kind },
            foreign: foreignFolders(observed))
        var before: [Step] = []
        if record != observed.record {
            let folder = recordPath.parent ?? .root
            let attributes = Attributes(mode: FileMode(Permissions(0o700)))
            before.append(.makeDirectory(DirectoryCreation(folder, attributes: attributes, makesParents: true)))
            before.append(write(record, replacing: observed.record == nil ? .anything : .file(nil)))
        }
        let unfinished = Digest(of: record.bytes)
        (record.isComplete, record.former) = (true, [])
        return before + steps + [write(record, replacing: .file(unfinished))]
    }

    private func write(_ record: ArchiveRecord, replacing replaced: Replaced) -> Step {
        .writeFile(
            FileWrite(
                recordPath, content: .whole(Content(record.bytes)),
                attributes: Attributes(
                    owner: .name(.root), group: .name(.root), mode: FileMode(Permissions(0o600))),
                replaced: replaced, isAlone: true))
    }

    /// What must go before something else can take its place: what is at the place of an entry, or below one that is no folder.
    private func blocking(_ leftovers: [ArchiveEntry], _ observed: Observed) -> Set<AbsolutePath> {
        let kinds = Dictionary(observed.entries.map { ($0.path, $0.kind) }, uniquingKeysWith: { $1 })
        return Set(
            leftovers.map(\.path).filter { path in
                kinds[path] != nil
                    || sequence(first: path, next: \.parent).dropFirst().contains {
                        kinds[$0].map { $0 != .directory } == true
                    }
            })
    }

    /// What is in the way and not Lodestar's is never written over unasked.
    private func refuseForeign(_ observed: Observed) throws(Refusal) {
        if replace == true { return }
        let own = observed.ownKinds
        for entry in observed.ours where observed.contentDiffers(entry) {
            guard let found = observed.found[entry.path], own[entry.path]?.contains(found.kind) != true else {
                continue
            }
            let what =
                found.kind == entry.kind
                ? "a \(found.kind.rawValue) that is not of the archive"
                : "a \(found.kind.rawValue), not a \(entry.kind.rawValue)"
            throw Refusal("\(place(of: entry)) is \(what)", hint: "`replace: true` takes its place")
        }
    }

    private func placing(_ observed: Observed, _ attributes: Attributes) -> [Step] {
        let foreign = foreignFolders(observed), own = observed.ownKinds
        var first: [Step] = [], steps: [Step] = []
        for entry in observed.ours {
            let place = place(of: entry), found = observed.found[entry.path]
            let wanted = Attributes(
                owner: attributes.owner, group: attributes.group, mode: FileMode(entry.permissions))
            if let found, found.body == entry.body {
                if entry.kind == .link || foreign.contains(entry.path) { continue }
                if found.permissions != entry.permissions || found.owner != owner || found.group != group {
                    // Folders first: what is in them is written with the rights of their owner.
                    first.append(.setAttributes(AttributeChange(place, kind: entry.kind, attributes: wanted)))
                }
                continue
            }
            // What is Lodestar's of another kind has gone before.
            let isOwn = found.map { own[entry.path]?.contains($0.kind) == true } ?? false
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
    public func removal(of observed: Observed) throws(Refusal) -> [Step] {
        var steps = observed.own.map { removal(of: $0) }
        guard let record = observed.record else { return steps }
        if record.hasMade, observed.directory != nil {
            steps.append(.remove(Removal(path, kind: .directory, sparesFull: true)))
        }
        let state = AbsolutePath.root.appending(OwnPaths.state)
        return steps + [.remove(Removal(recordPath, kind: .file, emptiedBelow: state, isAlone: true))]
    }
}

extension ArchiveEntry.Body {
    fileprivate var shown: ShownText {
        switch self {
        case .directory: .text("a folder")
        case .link(let target): .text("a link to \(target)")
        case .file(let content): content.shown
        }
    }
}
