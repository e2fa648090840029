import Model

/// The changes of a run to the ledger.
extension Converger {
    /// The entry that the ledger must hold before the task's first step; nil where it does already.
    func ledgerEntry(_ index: Int) -> LedgerEntry? {
        var declaration = tasks[index].planned.declaration
        guard let position = tasks[index].planned.position, declaration.state == .present else { return nil }
        let isSucceeding = type(of: declaration.resource).isSucceeding
        if isSucceeding, let resource = declaration.resource as? any Succeeding {
            declaration.resource = resource.whileChanging
        }
        var entry = entry(for: declaration, at: position, wasPresent: tasks[index].wasPresent)
        if !isSucceeding, ledger.entries.isEmpty { tasks[index].firstEntry = entry }
        // Until it is done, an older secret is still there.
        if entry?.secrecy == LedgerEntry.Secrecy.none, let object = entry?.object, let present = ledger[object: object]
        {
            entry?.secrecy = present.secrecy
        }
        return entry.flatMap { $0 == ledger[object: $0.object] ? nil : $0 }
    }

    /// The entry that a declaration should have; nil where it owns nothing.
    private func entry(for declaration: Declaration, at position: Int, wasPresent: Bool) -> LedgerEntry? {
        var entry = ledger.entry(for: declaration, at: position, wasPresent: wasPresent, run: run)
        if type(of: declaration.resource).isRemovable {
            entry?.notified = outgoing[position].filter { $0.isNotification && $0.notifiesWhenGone }.map {
                plan.catalog.declarations[$0.to].address
            }
        }
        return entry
    }

    /// Brings the ledger in line with the catalog.
    func finishLedger(_ report: Report) {
        var failed = Set<Address>(), held = Set<Address>()
        for task in tasks {
            switch task.outcome?.result {
            case .failed, .skipped, .stale:
                failed.insert(task.planned.address)
                takeBack(task)
            case .released:
                for object in task.planned.declaration.resource.objects.prefix(1) { release(object.text, task) }
            case .changed where task.planned.position == nil || task.planned.declaration.state == .absent:
                for object in task.planned.declaration.resource.objects where object.outlivesHolder {
                    update.retired[object.text] = task.planned.address
                }
                update.removedObjects += task.planned.declaration.resource.objects.prefix(1).map(\.text)
            case .inPlace where task.planned.action == .hold: held.insert(task.planned.address)
            case .inPlace where task.planned.position == nil:
                update.removedObjects += task.planned.declaration.resource.objects.prefix(1).map(\.text)
            case .changed, .refreshed, .inPlace, nil: break
            }
        }
        let declarations = plan.catalog.declarations
        for position in declarations.indices where declarations[position].state == .present {
            if !plan.isWhole, byPosition[position] == nil { continue }
            let declaration = declarations[position]
            if failed.contains(declaration.address) || held.contains(declaration.address) { continue }
            let task = byPosition[position].map { tasks[$0] }
            // Where the ledger is empty, what was to be written before the first step is what there is to say.
            guard
                var entry = task?.firstEntry
                    ?? entry(for: declaration, at: position, wasPresent: task?.wasPresent ?? true)
            else { continue }
            if let kept = secrecyThatStays(in: entry, of: declaration, task) { entry.secrecy = kept }
            // The prepared entry stands in the ledger already.
            if entry != task?.prepared ?? ledger[object: entry.object] { update.written.append(entry) }
        }
        if failed.isEmpty, plan.isWhole, plan.count(.hold) == 0 { update.digest = plan.catalog.digest }
    }

    /// Where a secret of an earlier declaration still is, because this one leaves it alone; nil without such a secret.
    private func secrecyThatStays(
        in entry: LedgerEntry, of declaration: Declaration, _ task: ApplyTask?
    ) -> LedgerEntry.Secrecy? {
        guard entry.secrecy == .none, let present = ledger[object: entry.object]?.secrecy, present != .none,
            declaration.resource.leavesSecrets
        else { return nil }
        if case .file(let path) = present,
            task?.steps.contains(where: { $0.replacesContent(at: path) }) == true
        {
            return nil
        }
        return present
    }

    /// What nothing was done to is still what was applied before. An object that is not there after the failure to make it is
    /// not managed: another program may make it later.
    private func takeBack(_ task: ApplyTask) {
        let declaration = task.planned.declaration
        if task.performedCount == 0, let prepared = task.prepared, let former = ledger[object: prepared.object],
            former.custody != .released, former.secrecy == prepared.secrecy
        {
            update.written.append(former)
            return
        }
        guard task.isPrepared, !task.wasPresent, task.planned.position != nil, declaration.state == .present,
            let object = declaration.resource.objects.first?.text,
            let assessment = try? declaration.assessment(on: host), !assessment.isPresent
        else { return }
        switch ledger[object: object] {
        case nil: update.removedObjects.append(object)
        case let entry? where entry.custody == .released: update.written.append(entry)
        case .some: break
        }
    }

    private func release(_ object: String, _ task: ApplyTask) {
        if var entry = ledger[object: object] {
            if task.planned.reason == .gone { return update.removedObjects.append(object) }
            entry.custody = .released
            update.written.append(entry)
        }
    }
}

extension LedgerIndex {
    /// The entry that a declaration should have; nil where it owns nothing.
    func entry(for declaration: Declaration, at position: Int, wasPresent: Bool, run: Int) -> LedgerEntry? {
        guard let object = declaration.resource.objects.first, !declaration.isOpaque else { return nil }
        let present = self[object: object.text]
        let custody: Custody =
            switch present?.custody {
            case .created?: .created
            case .adopted?: .adopted
            case .released?, nil:
                wasPresent && !type(of: declaration.resource).bearsMark ? .adopted : .created
            }
        return LedgerEntry(
            object: object.text, address: declaration.address, custody: custody,
            fields: RecordedFields(of: declaration.resource), onUndeclared: declaration.onUndeclared,
            sequence: position, run: present?.run ?? run, secrecy: declaration.resource.secrecy,
            partOf: declaration.partOf)
    }
}

extension Step {
    fileprivate func replacesContent(at path: AbsolutePath) -> Bool {
        if case .file(let step) = self { step.path == path && !step.keepsContent } else { changedPath == path }
    }
}
