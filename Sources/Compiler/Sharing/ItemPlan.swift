import Model

/// What a manifest or a role comes to for hosts with the same answers, but for the items of which nearly each host has its own.
final class ItemPlan {
    enum Step {
        case run(ItemRun)
        /// The item at a position is asked for each host: it is of one host, uses a role, or is extended.
        case item(Int)
    }

    let steps: [Step]

    init(_ steps: [Step]) {
        self.steps = steps
    }
}

/// The plans of one manifest, or of one use of a role.
final class PlanMemory {
    /// An item that asks what has more answers than this is none of a plan; where there are too many plans still, fewer.
    static let answerCounts = [64, 16, 4]
    /// So many hosts come first, to learn what has many answers.
    private static let firstCount = 32
    private static let idleCount = 256

    private var useCount = 0
    private var level = 0
    private var epoch = 0
    private var tree = AnswerTree<ItemPlan>(idleCount: idleCount)

    /// The plans so far; nil where there are none.
    func tree(in memory: FleetMemory) -> (plans: AnswerTree<ItemPlan>, greatestAnswerCount: Int)? {
        useCount += 1
        if useCount <= Self.firstCount || level == Self.answerCounts.count { return nil }
        if tree.isGivenUp { level += 1 }
        guard level < Self.answerCounts.count else { return nil }
        // What a plan was made of may have more answers by now.
        let now = memory.epoch(of: level)
        if tree.isGivenUp || now != epoch { tree = AnswerTree(idleCount: Self.idleCount) }
        epoch = now
        return (tree, Self.answerCounts[level])
    }
}

extension HostCompilation {
    /// Adds the items of a manifest or a role by the plan of hosts with the same answers.
    ///
    /// - Returns: false where there is none.
    func addPlanned(_ manifest: Manifest, in context: ItemContext, _ items: ItemsMemory) -> Bool {
        guard let memory, let answers = scope.record.answers, !scope.record.isTracing,
            let (plans, count) = items.plans.tree(in: memory)
        else { return false }
        let plan = plans.result(for: answers, of: scope.record) {
            self.plan(manifest, in: self.withVars(of: manifest, context), items, greatestAnswerCount: count)
        }
        var inner: ItemContext?
        for step in plan.steps {
            switch step {
            case .run(let run): add(run)
            case .item(let index):
                let here = inner ?? withVars(of: manifest, context)
                inner = here
                add(manifest.items[index], at: index, in: here, items[index])
            }
        }
        return true
    }

    private func plan(
        _ manifest: Manifest, in context: ItemContext, _ memory: ItemsMemory, greatestAnswerCount: Int
    ) -> ItemPlan {
        var steps: [ItemPlan.Step] = [], open: [EvaluatedItem] = []
        func close() {
            if !open.isEmpty { steps.append(.run(ItemRun(open))) }
            open = []
        }
        for (index, item) in manifest.items.enumerated() {
            if let common = commonItems(of: item, in: context, memory[index], greatestAnswerCount) {
                open += common
            } else {
                close()
                steps.append(.item(index))
            }
        }
        close()
        return ItemPlan(steps)
    }

    /// What hosts with the same answers have in common of an item; nil where nearly each has its own.
    private func commonItems(
        of item: Manifest.Item, in context: ItemContext, _ memory: ItemsMemory.Item, _ greatestAnswerCount: Int
    ) -> [EvaluatedItem]? {
        let (found, reads) = scope.record.observed { self.items(of: item, in: context, memory) }
        guard let found, let fleet = self.memory, !memory.items.isGivenUp, found.allSatisfy(\.isShared),
            !reads.contains(where: { fleet.questions.isWide($0, beyond: greatestAnswerCount) }),
            !found.contains(where: { $0.outcome.declared.contains { fleet.isExtended($0.address) } })
        else { return nil }
        scope.record.repeatReads(reads)
        return found
    }
}
