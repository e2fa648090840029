public import Model

/// Performs a plan: each resource is observed again, its steps performed, and observed once more.
///
/// Of all that is ready, the first decides which lane comes next, and everything ready in that lane goes with it, so
/// that packages are one transaction and files are made durable together.
public final class Converger {
    let plan: Plan
    let host: any Host
    let store: any StateStore
    /// Only what was observed when the plan was made may be changed (a saved plan).
    let isExact: Bool
    let run: Int
    var tasks: [ApplyTask] = []
    var byPosition: [Int: Int] = [:]
    let outgoing: [[Edge]]
    private var waiting: [Int] = []
    private var dependents: [[Int]] = []
    private var pending: [Address: String]
    let ledger: LedgerIndex
    private let secrecy: Secrecy
    var update = LedgerUpdate()
    var trail = Trail()
    /// Hears of each outcome when it is known.
    public var onOutcome: ((Outcome) -> Void)?
    /// Hears of what is begun: the observation of one resource, or the steps of several.
    public var onProgress: ((Progress) -> Void)?
    private var doneCount = 0
    /// Whether the run is to come to an end: what was not begun is left for the next one.
    public var isInterrupted: () -> Bool = { false }
    private var hasRunPrograms = false

    public init(
        _ plan: Plan, on host: any Host, store: any StateStore, run: Int, isExact: Bool = false
    ) throws {
        self.plan = plan
        self.host = host
        self.store = store
        self.run = run
        self.isExact = isExact
        outgoing = plan.catalog.edgeLists.outgoing
        pending = try store.pendingRefreshes()
        ledger = LedgerIndex(try store.ledger())
        secrecy = Secrecy(plan.catalog, ledger.entries)
    }

    /// Performs the plan to its end, whatever fails on the way.
    public func converge() throws -> Report {
        prepareTasks()
        host.expect(tasks.flatMap { $0.planned.position == nil ? [] : $0.planned.declaration.resource.probes })
        var ready = tasks.indices.filter { waiting[$0] == 0 }
        while !ready.isEmpty {
            if isInterrupted() {
                stop()
                break
            }
            begin(ready.sorted())
            let active = ready.filter { [.working, .refreshing].contains(tasks[$0].phase) }.sorted()
            if let first = active.first, let lane = tasks[first].steps.first?.lane {
                try perform(active.filter { tasks[$0].steps.first?.lane == lane }, in: lane)
            }
            var next = ready.filter { tasks[$0].phase != .done }
            for index in ready where tasks[index].phase == .done {
                for dependent in dependents[index] {
                    waiting[dependent] -= 1
                    if waiting[dependent] == 0 { next.append(dependent) }
                }
            }
            ready = next
        }
        var report = Report(run: run, outcomes: tasks.compactMap(\.outcome), inPlaceCount: plan.inPlaceCount)
        report.isInterrupted = isInterrupted()
        finishLedger(report)
        var fault: HostFault?
        do throws(HostFault) {
            if hasRunPrograms { try host.makeDurable() }
        } catch {
            // The refreshes stay owed.
            update.refreshed = []
            fault = error
        }
        try store.finish(report, ledger: update, images: imagesAfter, run: run)
        if let fault { throw fault }
        return report
    }

    /// Ends a run before its end.
    private func stop() {
        for index in tasks.indices where tasks[index].phase != .done {
            let hasBegun = tasks[index].performedCount > 0 || tasks[index].phase == .refreshing
            finish(index, hasBegun ? .failed : .skipped, reason: .interrupted)
        }
    }

    private func prepareTasks() {
        tasks = plan.resources.map { ApplyTask(planned: $0) }
        for (index, task) in tasks.enumerated() {
            if let position = task.planned.position, !task.planned.isLate { byPosition[position] = index }
        }
        waiting = [Int](repeating: 0, count: tasks.count)
        dependents = [[Int]](repeating: [], count: tasks.count)
        for (index, earlier) in predecessors.enumerated() {
            for before in earlier { dependents[before].append(index) }
            waiting[index] = earlier.count
        }
        // Undeclared objects go one by one, after everything else; then come the resources that their removal refreshes.
        var previous: [Int] = Array(tasks.indices.filter { !tasks[$0].planned.isLate })
        for index in tasks.indices where tasks[index].planned.isLate {
            for earlier in previous { dependents[earlier].append(index) }
            waiting[index] += previous.count
            previous = [index]
        }
    }

    /// The tasks that come before each task, those too that only a resource in place stands between: nothing is done to
    /// that one, and what it waits for counts all the same.
    private var predecessors: [Set<Int>] {
        var predecessors = [Set<Int>](repeating: [], count: tasks.count), passed: [Int: Set<Int>] = [:]
        let incoming = plan.catalog.edgeLists.incoming
        for position in plan.catalog.declarations.indices {
            var earlier: Set<Int> = []
            for edge in incoming[position] {
                if let task = byPosition[edge.from] {
                    earlier.insert(task)
                } else if let inherited = passed[edge.from] {
                    earlier.formUnion(inherited)
                }
            }
            if let task = byPosition[position] {
                predecessors[task] = earlier
            } else if !earlier.isEmpty {
                passed[position] = earlier
            }
        }
        return predecessors
    }

    // MARK: One task

    private func begin(_ ready: [Int]) {
        func isWorking(_ index: Int) -> Bool { [.working, .refreshing].contains(tasks[index].phase) }
        var work = ready.reduce(AccountWork.none) { max($0, tasks[$1].accountWork) }
        var isAlone = !ready.contains(where: isWorking)
        for index in ready where tasks[index].phase == .waiting {
            begin(index, beside: work, isAlone: isAlone)
            work = max(work, tasks[index].accountWork)
            isAlone = isAlone && !isWorking(index)
        }
    }

    /// - Parameter work: what is about to be done to the accounts for other tasks. One that differs otherwise than it
    ///   was planned may do so only until that is done, and waits for it; so does everyone for a new number.
    /// - Parameter isAlone: whether nothing else is being done. What the plan found possible and is not may become so by
    ///   something that no edge speaks of.
    private func begin(_ index: Int, beside work: AccountWork, isAlone: Bool) {
        let planned = tasks[index].planned
        switch planned.action {
        case .refuse: return finish(index, .failed, reason: planned.reason)
        case .release: return release(index)
        case .hold: return finish(index, .inPlace)
        case .remove where planned.position == nil:
            if let successor = failedSuccessor(of: planned.declaration) {
                return finish(index, .skipped, reason: .failedSuccessor(successor))
            }
        case .skip where tasks[index].blocker == nil: tasks[index].blocker = planned.reason
        default: break
        }
        if planned.isLate, let main = planned.position.flatMap({ byPosition[$0] }),
            tasks[main].outcome?.hasFailed == true
        {
            tasks[index].blocker = .failed(planned.address)
        }
        if let blocker = tasks[index].blocker {
            if let disproof = disproof(of: planned.declaration, blocker) {
                return finish(index, .failed, reason: .fault(disproof))
            }
            return finish(index, .skipped, reason: blocker)
        }
        report([index])
        do {
            let assessment = try planned.declaration.assessment(on: host)
            let changes = secrecy.redacted(assessment.changes, of: planned.declaration)
            let mustWait = work == .renumbering || (work == .edits && !planned.foresaw(changes))
            if mustWait, assessment.steps.editAccounts { return }
            // What nobody can tell yet, nobody can do.
            if assessment.steps.isEmpty, let uncertainty = assessment.uncertainty {
                return isAlone ? finish(index, .failed, reason: .unknown(uncertainty)) : ()
            }
            if isExact, !planned.isLate, let expected = planned.fingerprint, expected != changes.fingerprint {
                return finish(index, .stale, reason: .changedSincePlan)
            }
            tasks[index].wasPresent = assessment.isPresent
            tasks[index].former = planned.declaration.former(assessment)
            tasks[index].planned.changes = changes
            tasks[index].steps = assessment.steps
            tasks[index].phase = .working
            if assessment.steps.isEmpty { settle(index) }
        } catch {
            if !isAlone { return }
            finish(index, .failed, reason: Reason(error))
        }
    }

    /// A trial fails where what it asks cannot even start.
    private func disproof(of trial: Declaration, _ blocker: Reason) -> HostFault? {
        guard let resource = trial.resource as? any Proving, case .failed(let address) = blocker,
            let reason = tasks.first(where: { $0.planned.address == address })?.outcome?.reason?.disproof
        else { return nil }
        return HostFault("prove", resource.claim, "\(address) does not start: \(reason)", kind: .disproof)
    }

    private func release(_ index: Int) {
        let planned = tasks[index].planned
        do {
            let preparation = preparation(for: [index], steps: [])
            if !preparation.isEmpty { try store.prepare(preparation, run: run) }
            finish(index, .released, reason: planned.reason)
        } catch {
            finish(index, .failed, reason: Reason(error))
        }
    }

    /// The resource that was to take the place of an undeclared object, and failed.
    private func failedSuccessor(of declaration: Declaration) -> Address? {
        tasks.first { task in
            guard let outcome = task.outcome, outcome.hasFailed, !task.planned.isLate else { return false }
            return task.planned.declaration.succeeds(declaration)
        }?.planned.address
    }

    /// Performs the next steps of several tasks that share a lane.
    private func perform(_ batch: [Int], in lane: Step.Lane) throws {
        var steps: [Step] = [], owners: [Int] = []
        for index in batch {
            let mine = tasks[index].steps.prefix(tasks[index].steps.batchCount)
            steps += mine
            owners += mine.map { _ in index }
        }
        let preparation = preparation(for: batch, steps: zip(owners, steps).map { ($0, $1) })
        if !preparation.isEmpty { try store.prepare(preparation, run: run) }
        if [.packages, .services, .accountFiles, .commands].contains(lane) { hasRunPrograms = true }
        report(batch)
        for (index, result) in zip(owners, host.perform(steps)) where tasks[index].phase != .done {
            switch result {
            case .success(let output):
                tasks[index].steps.removeFirst()
                if !output.isSkipped { tasks[index].performedCount += 1 }
                tasks[index].output += output.text
            case .failure(let fault): finish(index, .failed, reason: .fault(fault))
            }
        }
        for index in batch where tasks[index].phase != .done && tasks[index].steps.isEmpty { settle(index) }
    }

    private func report(_ batch: [Int]) {
        guard let onProgress, let first = batch.first else { return }
        onProgress(
            Progress(
                address: tasks[first].planned.address, otherCount: batch.count - 1, doneCount: doneCount,
                count: tasks.count))
    }

    private func preparation(for batch: [Int], steps: [(Int, Step)]) -> Preparation {
        var preparation = Preparation()
        for index in batch where !tasks[index].isPrepared {
            tasks[index].isPrepared = true
            if let entry = ledgerEntry(index) {
                preparation.ledger.append(entry)
                tasks[index].prepared = entry
            }
            guard tasks[index].phase != .refreshing else { continue }
            let planned = tasks[index].planned
            for target in notified(by: planned) + trials(after: planned) where pending[target] == nil {
                preparation.refreshes[target] = planned.address
            }
        }
        preparation.images = steps.compactMap { image(before: $1, of: $0) }
        return preparation
    }

    /// What a step is about to change; nil where nobody can say it, or where it is kept already.
    private func image(before step: Step, of index: Int) -> Image? {
        let address = tasks[index].planned.address
        if case .file(let step) = step, !step.isLive {
            let isSecret = step.isSecret || secrecy.hides(step.path)
            let withheld: PathImage.Withheld? = step.keepsContent ? .untouched : isSecret ? .secret : nil
            trail.add(step, of: address, isSecret: isSecret)
            return Image(
                address: address, subject: .path(PathImage(before: step, withheld: withheld, on: host)))
        }
        let isOpaque = tasks[index].planned.declaration.isOpaque
        guard !tasks[index].keptFormer, tasks[index].phase == .working || isOpaque else { return nil }
        tasks[index].keptFormer = true
        return Image(address: address, subject: tasks[index].former ?? .unsaid)
    }

    /// The resources that a change of this one refreshes.
    private func notified(by planned: PlannedResource) -> [Address] {
        guard let position = planned.position else { return planned.refreshes }
        return outgoing[position].filter(\.isNotification).map { plan.catalog.declarations[$0.to].address }
    }

    /// The trials that a change of this one leads to by way of others: they are owed as soon as it is begun.
    private func trials(after planned: PlannedResource) -> [Address] {
        planned.position.map { plan.catalog.trials(after: $0, outgoing) } ?? []
    }

    /// All steps are done: is it as declared, and is a refresh owed?
    private func settle(_ index: Int) {
        let planned = tasks[index].planned
        do {
            if tasks[index].phase == .working {
                if planned.declaration.isVerifiable, tasks[index].performedCount > 0 {
                    let after = try planned.declaration.assessment(on: host)
                    if let remaining = after.changes.first {
                        return finish(index, .failed, reason: .stillDiffers(property: remaining.property))
                    }
                }
                tasks[index].hasChanged = tasks[index].performedCount > 0
                if try beginRefresh(index) { return }
            } else {
                crossOut(planned.address)
                if type(of: planned.declaration.resource).isProving { update.proved.append(planned.address) }
                tasks[index].hasRefreshed = true
            }
        } catch {
            return finish(index, .failed, reason: Reason(error))
        }
        finish(index, tasks[index].hasChanged ? .changed : tasks[index].hasRefreshed ? .refreshed : .inPlace)
    }

    private func beginRefresh(_ index: Int) throws -> Bool {
        let planned = tasks[index].planned
        guard pending[planned.address] != nil, planned.declaration.state == .present,
            let resource = planned.declaration.resource as? any Refreshable
        else { return false }
        let changes = tasks[index].hasChanged ? planned.changes : []
        let steps = try resource.refresh(on: host, after: changes)
        if steps.isEmpty {
            crossOut(planned.address)
            return false
        }
        tasks[index].steps = steps
        tasks[index].phase = .refreshing
        return true
    }

    /// The refresh is crossed out in the state when the run has ended and the work of programs is durable.
    private func crossOut(_ address: Address) {
        pending[address] = nil
        update.refreshed.append(address)
    }

    /// What the run leaves of all that it changed.
    private var imagesAfter: [Image] {
        trail.images(on: host)
            + tasks.filter(\.keptFormer).compactMap { task in
                let declaration = task.planned.declaration
                guard let after = try? declaration.assessment(on: host), let left = declaration.former(after) else {
                    return nil
                }
                return Image(address: task.planned.address, subject: left)
            }
    }

    private func finish(_ index: Int, _ result: Outcome.Result, reason: Reason? = nil) {
        let task = tasks[index]
        let outcome = Outcome(
            task.planned, result, reason: reason, output: task.output.isEmpty || task.hidesOutput ? "" : task.output)
        tasks[index].outcome = outcome
        tasks[index].phase = .done
        doneCount += 1
        tasks[index].steps = []
        onOutcome?(outcome)
        switch result {
        case .changed, .refreshed, .released:
            for target in notified(by: task.planned) { pending[target] = task.planned.address.description }
        case .failed, .skipped, .stale:
            let address = task.planned.address
            let root: Reason = result == .stale ? .stale(address) : .failed(address)
            block(dependentsOf: index, with: result == .skipped ? reason ?? root : root)
        case .inPlace: break
        }
    }

    private func block(dependentsOf index: Int, with root: Reason) {
        for dependent in dependents[index] where !tasks[dependent].planned.isLate {
            tasks[dependent].blocker = tasks[dependent].blocker ?? root
        }
    }
}
