public import Model

/// Makes the plan of a catalog on a simulated host: observes, takes the steps, performs them in memory and observes
/// again, so that later resources see the effects of earlier ones.
public struct Planner {
    let catalog: Catalog
    let host: any Host
    let state: any StateReading
    let types: [ResourceType]
    let selection: Selection
    let recorder: ObservationRecorder?

    /// - Parameters:
    ///   - simulation: performs in memory over the host that is planned for.
    ///   - selection: what is planned of the catalog; a part of it removes nothing that is no longer declared.
    ///   - recorder: the reader below the simulation, which hears which resource is planned.
    public init(
        _ catalog: Catalog, on simulation: any Host, state: any StateReading, types: [ResourceType],
        selection: Selection = .everything, recorder: ObservationRecorder? = nil
    ) {
        self.catalog = catalog
        self.selection = selection
        self.recorder = recorder
        host = simulation
        self.state = state
        self.types = types
    }

    public func plan() throws -> Plan {
        let positions = selection.positions(in: catalog)
        host.expect(positions.flatMap { catalog.declarations[$0].resource.probes })
        var progress = PlanProgress(catalog: catalog, pending: try state.pendingRefreshes())
        if !selection.allowsReuse { progress.retired = try state.retired() }
        let holds = Holds(try state.holds(), for: catalog)
        let isKnown = try state.ledgerDigest() == catalog.digest
        let ledger = isKnown ? LedgerIndex([]) : LedgerIndex(try state.ledger())
        for position in positions {
            recorder?.begin(position)
            let planned = held(position, holds) ?? plan(position, &progress, ledger)
            if planned.action == .inPlace { progress.inPlaceCount += 1 } else { progress.resources.append(planned) }
        }
        progress.hintAtSources()
        if !isKnown, selection.isWhole {
            // The planner is gone before the resources change, so that they are not copied.
            let undeclared = UndeclaredPlanner(
                catalog: catalog, host: host, types: types, declared: progress.resources, holds: holds
            ).plan(ledger.entries)
            if !undeclared.isEmpty { progress.add(late: undeclared, on: host) }
        }
        let full = isKnown && !progress.resources.isEmpty ? LedgerIndex(try state.ledger()) : ledger
        let secrecy = Secrecy(catalog, full.entries)
        for index in progress.resources.indices { full.explain(&progress.resources[index], secrecy) }
        var plan = Plan(
            catalog: catalog, resources: progress.resources, inPlaceCount: progress.inPlaceCount,
            removalLimit: catalog.safety.removalLimit(objectCount: ledger.entries.count), isWhole: selection.isWhole)
        plan.remarks =
            progress.remarks + full.remarks(on: positions.lazy.map { catalog.declarations[$0] }, beside: plan)
        return plan
    }

    /// What an undo holds is left as it is; nil for everything else.
    private func held(_ position: Int, _ holds: Holds) -> PlannedResource? {
        if holds.isEmpty { return nil }
        let declaration = catalog.declarations[position]
        guard let hold = holds.hold(on: declaration), !declaration.isInPlace(on: host) else { return nil }
        return PlannedResource(declaration, position: position, by: hold)
    }

    private func plan(_ position: Int, _ progress: inout PlanProgress, _ ledger: LedgerIndex) -> PlannedResource {
        let declared = catalog.declarations[position]
        let declaration =
            ledger.entries.isEmpty ? declared : ledger.succeeding(ledger.givingWay(declared), in: catalog)
        var planned = PlannedResource(declaration, position: position, action: .inPlace)
        if let blocker = progress.blocker(of: position) {
            planned.action = .skip
            planned.reason = .dependency(blocker)
            progress.block(position, by: blocker)
            return planned
        }
        do {
            if declaration.isPartial {
                throw Refusal("some of its values are not known here", hint: "a secret needs `--identity FILE`")
            }
            try assess(&planned, &progress)
        } catch {
            refuse(&planned, Reason(error), &progress)
        }
        if progress.refreshCause(of: position) != nil { refresh(&planned, position, &progress) }
        progress.settle(&planned)
        return planned
    }

    private func assess(_ planned: inout PlannedResource, _ progress: inout PlanProgress) throws {
        let before = try planned.declaration.assessment(on: host, &progress.remarks)
        planned.changes = before.changes
        planned.isObserved = true
        planned.steps = before.steps
        if let uncertainty = before.uncertainty {
            planned.action = .unknown
            planned.reason = .unknown(uncertainty)
            return
        }
        if before.isInPlace {
            guard let position = planned.position, let command = progress.opaqueCause(of: position) else { return }
            planned.action = .unknown
            planned.reason = .mayChange(by: command)
            return
        }
        planned.action = action(of: planned.declaration, before)
        if planned.action == .create, !progress.retired.isEmpty {
            for object in planned.declaration.resource.objects where object.outlivesHolder {
                guard let holder = progress.retired[object.text], holder != planned.address else { continue }
                throw Reason.retired(object.text, from: holder)
            }
        }
        for result in host.perform(before.steps) { _ = try result.get() }
        guard planned.declaration.isVerifiable else { return }
        let after = try planned.declaration.assessment(on: host)
        if let remaining = after.changes.first {
            throw Reason.wouldDiffer(property: remaining.property)
        }
    }

    private func action(of declaration: Declaration, _ assessment: Assessment) -> Action {
        if declaration.state == .absent { return .remove }
        if assessment.isPresent { return .change }
        for step in assessment.steps {
            guard case .file(let step) = step, let path = step.replacedPath else { continue }
            if let status = try? host.status(of: path), status.kind != .directory { return .replace }
        }
        return .create
    }

    /// A refusal, unless what is missing may come with a package or a command that it depends on.
    private func refuse(_ planned: inout PlannedResource, _ reason: Reason, _ progress: inout PlanProgress) {
        if let position = planned.position, let source = progress.assumption(of: position) {
            planned.action = .unknown
            planned.reason = .assumed(from: source, reason)
            return
        }
        planned.action = .refuse
        planned.reason = reason
        planned.hint = reason.hint
        if let position = planned.position { progress.block(position, by: planned.address) }
    }

    private func refresh(_ planned: inout PlannedResource, _ position: Int, _ progress: inout PlanProgress) {
        guard let cause = progress.refreshCause(of: position), planned.action != .refuse,
            planned.declaration.state == .present, let resource = planned.declaration.resource as? any Refreshable
        else { return }
        do {
            let steps = try resource.refresh(on: host, after: planned.changes)
            guard !steps.isEmpty else { return }
            planned.refreshCause = cause
            if planned.action == .inPlace { planned.action = .refresh }
            _ = host.perform(steps)
        } catch {
            refuse(&planned, Reason(error), &progress)
        }
    }
}
