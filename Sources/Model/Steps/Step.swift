/// One effect on the host, in two levels: the lane, and in the lane the step. The set is closed: a host performs these
/// and nothing else.
public enum Step: Sendable {
    case file(FileStep)
    case accounts(AccountEdit)
    /// A lane of its own, since a group can go when the accounts have gone whose primary group it is.
    case groupRemoval(AccountName)
    /// What a change of an account means for its files and processes.
    case accountFiles(AccountFilesStep)
    case package(PackageChange)
    case service(ServiceOperation)
    case command(CommandRun)
    /// A question to what was started, which changes nothing.
    case trial(Trial)
    /// What an installation does to disks.
    case storage(StorageStep)

    /// Steps that can be performed together. A lane's steps are a barrier for those of the others.
    public enum Lane: Sendable {
        case files, accounts, groupRemovals, accountFiles, packages, services, commands, trials, storage
    }

    public var lane: Lane {
        switch self {
        case .file: .files
        case .accounts: .accounts
        case .groupRemoval: .groupRemovals
        case .accountFiles: .accountFiles
        case .package: .packages
        case .service: .services
        case .command: .commands
        case .trial: .trials
        case .storage: .storage
        }
    }

    /// The path that the step changes; nil where the step changes no path of its own.
    public var changedPath: AbsolutePath? {
        if case .file(let step) = self { return step.path }
        if case .accountFiles(.moveHome(let move)) = self { return move.from }
        return nil
    }

    /// Whether more may come with the step than it says: with packages files and accounts, with what apt reads packages.
    public var bringsMore: Bool {
        if case .package = self { true } else { changedPath?.bringsPackages ?? false }
    }

    /// Whether what else is on the host may be something else afterwards, such as what is below a mount.
    public var changesView: Bool {
        if case .command(let run) = self { run.operation?.changesView ?? false } else { false }
    }

    /// Whether the step removes an undeclared object.
    public var removesStranger: Bool {
        if case .file(.remove(let removal)) = self { removal.isStranger } else { false }
    }
}

/// Steps of one lane that are performed together.
public enum StepBatch: Sendable {
    /// Performed independently of each other; all are durable afterwards.
    case files([FileStep])
    /// One locked rewrite of the databases, in the given order.
    case accounts([AccountEdit])
    case groupRemovals([AccountName])
    case accountFiles([AccountFilesStep])
    /// One transaction.
    case packages([PackageChange])
    case services([ServiceOperation])
    case commands([CommandRun])
    /// One after the other.
    case trials([Trial])
    /// One after the other; each is durable before the next.
    case storage([StorageStep])

    /// - Parameter steps: all of the lane.
    fileprivate init(_ steps: ArraySlice<Step>, in lane: Step.Lane) {
        self =
            switch lane {
            case .files: .files(steps.compactMap { if case .file(let step) = $0 { step } else { nil } })
            case .accounts: .accounts(steps.compactMap { if case .accounts(let edit) = $0 { edit } else { nil } })
            case .groupRemovals:
                .groupRemovals(steps.compactMap { if case .groupRemoval(let name) = $0 { name } else { nil } })
            case .accountFiles:
                .accountFiles(steps.compactMap { if case .accountFiles(let step) = $0 { step } else { nil } })
            case .packages: .packages(steps.compactMap { if case .package(let change) = $0 { change } else { nil } })
            case .services:
                .services(steps.compactMap { if case .service(let operation) = $0 { operation } else { nil } })
            case .commands: .commands(steps.compactMap { if case .command(let run) = $0 { run } else { nil } })
            case .trials: .trials(steps.compactMap { if case .trial(let trial) = $0 { trial } else { nil } })
            case .storage: .storage(steps.compactMap { if case .storage(let step) = $0 { step } else { nil } })
            }
    }
}

extension Host {
    /// Performs steps in their order: those of one lane that stand together are one batch.
    ///
    /// - Returns: one result for each step, in the same order.
    public func perform(_ steps: [Step]) -> [StepResult] {
        var results: [StepResult] = [], rest = steps[...]
        while let lane = rest.first?.lane {
            let batch = rest.prefix { $0.lane == lane }
            results += perform(StepBatch(batch, in: lane))
            rest = rest.dropFirst(batch.count)
        }
        return results
    }
}
