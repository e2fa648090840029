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
    private var tasks: [ApplyTask] = []
    private var byPosition: [Int: Int] = [:]
    private let outgoing: [[Edge]]
    private var waiting: [Int] = []
    private var dependents: [[Int]] = []
    private var pending: [Address: String]
    private let ledger: LedgerIndex
    private var update = LedgerUpdate()
    /// Hears of each outcome when it is known.
    public var onOutcome: ((Outcome) -> Void)?

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
    }

    /// Performs the plan to its end, whatever fails on the way.
    public func converge() throws -> Report {
        prepareTasks()
        var ready = tasks.indices.filter { waiting[$0] == 0 }
        while !ready.isEmpty {
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
        let report = Report(run: run, outcomes: tasks.compactMap(\.outcome), inPlaceCount: plan.inPlaceCount)
        finishLedger(report)
        try store.finish(report, ledger: update, run: run)
        return report
    }

    private func prepareTasks() {
        tasks = plan.resources.map { ApplyTask(planned: $0) }
        for (index, task) in tasks.enumerated() {
            if let position = task.planned.position { byPosition[position] = index }
        }
        waiting = [Int](repeating: 0, count: tasks.count)
        dependents = [[Int]](repeating: [], count: tasks.count)
        for edge in plan.catalog.edges {
            guard let from = byPosition[edge.from], let to = byPosition[edge.to] else { continue }
            dependents[from].append(to)
            waiting[to] += 1
        }
        // What is no longer declared goes one by one, after everything else.
        var previous: [Int] = Array(tasks.indices.filter { tasks[$0].planned.position != nil })
        for index in tasks.indices where tasks[index].planned.position == nil {
            for earlier in previous { dependents[earlier].append(index) }
            waiting[index] += previous.count
            previous = [index]
        }
    }

    // MARK: One task

    private func begin(_ ready: [Int]) {
        var hasAccountWork = ready.contains { tasks[$0].phase == .working && tasks[$0].editsAccounts }
        for index in ready where tasks[index].phase == .waiting {
            begin(index, hasAccountWork: hasAccountWork)
            hasAccountWork = hasAccountWork || (tasks[index].phase == .working && tasks[index].editsAccounts)
        }
    }

    /// - Parameter hasAccountWork: whether the accounts are about to be edited for another task. One that differs
    ///   otherwise than it was planned may do so only until that is done, and waits for it.
    private func begin(_ index: Int, hasAccountWork: Bool) {
        let planned = tasks[index].planned
        switch planned.action {
        case .refuse: return finish(index, .failed, reason: planned.reason)
        case .release: return finish(index, .released, reason: planned.reason)
        case .skip where tasks[index].blocker == nil: tasks[index].blocker = planned.reason
        default: break
        }
        if let blocker = tasks[index].blocker { return finish(index, .skipped, reason: blocker) }
        do {
            let assessment = try planned.declaration.assessment(on: host)
            if hasAccountWork, assessment.fingerprint != planned.fingerprint,
                assessment.steps.contains(where: \.editsAccounts)
            {
                return
            }
            if isExact, let expected = planned.fingerprint, expected != assessment.fingerprint {
                return finish(index, .stale, reason: "it is no longer what the plan saw")
            }
            tasks[index].wasPresent = assessment.isPresent
            tasks[index].planned.changes = assessment.changes
            tasks[index].steps = assessment.steps
            tasks[index].phase = .working
            if assessment.steps.isEmpty { settle(index) }
        } catch {
            finish(index, .failed, reason: Reason(error).text)
        }
    }

    /// Performs the next steps of several tasks that share a lane.
    private func perform(_ batch: [Int], in lane: Step.Lane) throws {
        var steps: [Step] = [], owners: [Int] = []
        for index in batch {
            let mine =
                [.accounts, .groupRemovals, .packages].contains(lane)
                ? Array(tasks[index].steps.prefix { $0.lane == lane }) : Array(tasks[index].steps.prefix(1))
            steps += mine
            owners += mine.map { _ in index }
        }
        let preparation = preparation(for: batch, steps: zip(owners, steps).map { ($0, $1) })
        if !preparation.isEmpty { try store.prepare(preparation, run: run) }
        for (index, result) in zip(owners, host.perform(steps)) where tasks[index].phase != .done {
            switch result {
            case .success(let output):
                tasks[index].steps.removeFirst()
                if !output.isSkipped { tasks[index].performedCount += 1 }
                tasks[index].output += output.text
            case .failure(let fault): finish(index, .failed, reason: fault.text)
            }
        }
        for index in batch where tasks[index].phase != .done && tasks[index].steps.isEmpty { settle(index) }
    }

    private func preparation(for batch: [Int], steps: [(Int, Step)]) -> Preparation {
        var preparation = Preparation()
        for index in batch where !tasks[index].isPrepared {
            tasks[index].isPrepared = true
            if let entry = ledgerEntry(index) { preparation.ledger.append(entry) }
            guard let position = tasks[index].planned.position, tasks[index].phase == .working else { continue }
            for edge in outgoing[position] where edge.isNotification {
                let target = plan.catalog.declarations[edge.to].address
                if pending[target] == nil { preparation.refreshes[target] = tasks[index].planned.address }
            }
        }
        for (index, step) in steps {
            guard let path = step.changedPath else { continue }
            let address = tasks[index].planned.address
            preparation.images.append(BeforeImage(of: path, address: address, hidesContent: step.isSecret, on: host))
        }
        return preparation
    }

    /// All steps are done: is it as declared, and is a refresh owed?
    private func settle(_ index: Int) {
        let planned = tasks[index].planned
        do {
            if tasks[index].phase == .working {
                if planned.declaration.isVerifiable, tasks[index].performedCount > 0 {
                    let after = try planned.declaration.assessment(on: host)
                    if let remaining = after.changes.first {
                        return finish(index, .failed, reason: "\(remaining.property) still differs after it was set")
                    }
                }
                tasks[index].hasChanged = tasks[index].performedCount > 0
                if try beginRefresh(index) { return }
            } else {
                try store.crossOut(planned.address)
                pending[planned.address] = nil
                tasks[index].hasRefreshed = true
            }
        } catch {
            return finish(index, .failed, reason: Reason(error).text)
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
            try store.crossOut(planned.address)
            pending[planned.address] = nil
            return false
        }
        tasks[index].steps = steps
        tasks[index].phase = .refreshing
        return true
    }

    private func finish(_ index: Int, _ result: Outcome.Result, reason: String? = nil) {
        let task = tasks[index]
        let outcome = Outcome(
            task.planned, result, reason: reason, output: task.output.isEmpty || task.hidesOutput ? "" : task.output)
        tasks[index].outcome = outcome
        tasks[index].phase = .done
        tasks[index].steps = []
        onOutcome?(outcome)
        switch result {
        case .changed, .refreshed:
            guard let position = task.planned.position else { return }
            for edge in outgoing[position] where edge.isNotification {
                pending[plan.catalog.declarations[edge.to].address] = task.planned.address.description
            }
        case .failed, .skipped, .stale:
            let root =
                result == .skipped
                ? reason ?? "" : "\(task.planned.address) \(result == .stale ? "is stale" : "failed")"
            if task.planned.position != nil { block(dependentsOf: index, with: root) }
        case .inPlace, .released: break
        }
    }

    private func block(dependentsOf index: Int, with root: String) {
        for dependent in dependents[index] where tasks[dependent].planned.position != nil {
            tasks[dependent].blocker = tasks[dependent].blocker ?? root
        }
    }
}

/// Where one resource of the plan is.
struct ApplyTask {
    enum Phase {
        case waiting, working, refreshing, done
    }

    var planned: PlannedResource
    var phase = Phase.waiting
    var steps: [Step] = []
    var performedCount = 0
    var wasPresent = false
    var isPrepared = false
    var hasChanged = false
    var hasRefreshed = false
    /// The root cause for which it is skipped.
    var blocker: String?
    var output = ""
    var outcome: Outcome?

    init(planned: PlannedResource) {
        self.planned = planned
    }

    var editsAccounts: Bool { steps.contains(where: \.editsAccounts) }
    var hidesOutput: Bool { planned.declaration.resource.shownFields.contains { $0.value == .secret } }
}

// MARK: Ledger

extension Converger {
    /// What the ledger must say before the task's first step; nil where it says so already.
    fileprivate func ledgerEntry(_ index: Int) -> LedgerEntry? {
        let planned = tasks[index].planned
        guard let position = planned.position, planned.declaration.state == .present else { return nil }
        let entry = ledger.entry(for: planned.declaration, at: position, wasPresent: tasks[index].wasPresent, run: run)
        return entry
    }

    /// Brings the ledger in line with the catalog.
    fileprivate func finishLedger(_ report: Report) {
        var failed = Set<Address>()
        for task in tasks {
            switch task.outcome?.result {
            case .failed, .skipped, .stale:
                failed.insert(task.planned.address)
                takeBack(task)
            case .released:
                for object in task.planned.declaration.resource.objects.prefix(1) { release(object.text, task) }
            case .changed where task.planned.position == nil || task.planned.declaration.state == .absent:
                update.removedObjects += task.planned.declaration.resource.objects.prefix(1).map(\.text)
            case .inPlace where task.planned.position == nil:
                update.removedObjects += task.planned.declaration.resource.objects.prefix(1).map(\.text)
            case .changed, .refreshed, .inPlace, nil: break
            }
        }
        for (position, declaration) in plan.catalog.declarations.enumerated() where declaration.state == .present {
            if !plan.isWhole, byPosition[position] == nil { continue }
            if failed.contains(declaration.address) { continue }
            // What was prepared stands in the ledger already.
            if let index = byPosition[position], tasks[index].isPrepared { continue }
            let wasPresent = byPosition[position].map { tasks[$0].wasPresent } ?? true
            if let entry = ledger.entry(for: declaration, at: position, wasPresent: wasPresent, run: run) {
                update.written.append(entry)
            }
        }
        if failed.isEmpty, plan.isWhole { update.digest = plan.catalog.digest }
    }

    /// What was to be made and is not there after a failure is not ours: somebody else may make it later.
    private func takeBack(_ task: ApplyTask) {
        let declaration = task.planned.declaration
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
            if task.planned.reason == "it is gone already" { return update.removedObjects.append(object) }
            entry.custody = .released
            update.written.append(entry)
        }
    }
}

extension LedgerIndex {
    /// The entry that a declaration should have; nil where the ledger has it, or where it owns nothing.
    func entry(for declaration: Declaration, at position: Int, wasPresent: Bool, run: Int) -> LedgerEntry? {
        guard let object = declaration.resource.objects.first, !(declaration.resource is any Opaque) else { return nil }
        let present = self[object: object.text]
        let custody: Custody =
            switch present?.custody {
            case .created?: .created
            case .adopted?: .adopted
            case .released?, nil: wasPresent ? .adopted : .created
            }
        let entry = LedgerEntry(
            object: object.text, address: declaration.address, custody: custody,
            fields: RecordedFields(of: declaration.resource), onUndeclared: declaration.onUndeclared,
            sequence: position, run: present?.run ?? run)
        return entry == present ? nil : entry
    }
}
