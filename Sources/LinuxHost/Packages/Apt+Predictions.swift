import SystemFiles
import Model
import SystemCalls

/// Predictions of the package manager, asked for once for everything that a catalog declares.
extension Apt {
    func prediction(of change: PackageChange) throws(HostFault) -> ProbeAnswer {
        if state.predictions[change] == nil {
            do throws(HostFault) {
                try predict(state.expected.contains(change) ? state.expected : state.expected + [change])
            } catch {
                if error.kind == .isolation { return .unknown("apt cannot be asked: \(error.reason)") }
                throw error
            }
        }
        return state.predictions[change].map { .prediction($0) } ?? .unknown("apt was not asked of \(change.name)")
    }

    func predict(_ changes: [PackageChange]) throws(HostFault) {
        var open: [PackageChange] = []
        for change in changes where try !isSettled(change) { open.append(change) }
        let isOutdated = try areListsOutdated()
        let names = open.filter { !$0.action.isRemoval }.map(\.name)
        let policies = try self.policies(of: names)
        var together: [PackageChange] = [], virtual: [PackageChange] = []
        for change in open {
            var prediction = PackagePrediction(isOutdated: isOutdated)
            if !change.action.isRemoval {
                let nativeName = try nativeName(change.name)
                let policy = policies[change.name] ?? policies[nativeName]
                prediction.problem = Self.problem(of: change, policy)
                prediction.candidate = change.version ?? policy?.candidate
            }
            state.predictions[change] = prediction
            if prediction.problem != nil { continue }
            if prediction.candidate == nil, !change.action.isRemoval {
                state.virtual.insert(change.name)
                virtual.append(change)
            } else {
                together.append(change)
            }
        }
        let installed = try predict(together: together)
        for change in virtual {
            // Another package of the site may provide it.
            if let provider = try providers(of: change).first(where: { installed.contains($0) }) {
                state.predictions[change]?.substitute = provider
            } else {
                try predict(alone: change)
            }
        }
    }

    /// Some at a time: of a long output the middle is left out.
    private func policies(of names: [String]) throws(HostFault) -> [String: AptOutput.Policy] {
        var policies: [String: AptOutput.Policy] = [:]
        for start in stride(from: 0, to: names.count, by: 30) {
            let some = names[start..<min(start + 30, names.count)]
            let ended = try ask(["apt-cache", "policy", "--"] + some)
            guard ended.exitStatus == 0 else { throw HostFault("ask", "apt", ended.complaint, kind: .isolation) }
            policies.merge(AptOutput.policies(ended.output)) { $1 }
        }
        return policies
    }

    /// Whether dpkg has it as the change wants it, so that the transaction will not speak of it.
    private func isSettled(_ change: PackageChange) throws(HostFault) -> Bool {
        let package = try host.packageDatabase?.package(named: change.name)
        switch change.action {
        case .install:
            guard let package, package.isInstalled else { return false }
            return change.version == nil || package.version == change.version
        case .remove, .purge: return package?.isOnHost != true
        case .upgrade: return false
        case .hold, .unhold: return true
        }
    }

    /// The name without the host's own architecture, as apt writes it.
    private func nativeName(_ name: String) throws(HostFault) -> String {
        guard let colon = name.firstIndex(of: ":") else { return name }
        let architecture = name[name.index(after: colon)...]
        let native = try host.packageDatabase?.package(named: "dpkg")?.architecture
        return architecture == native ?? "" || architecture == "all" ? String(name[..<colon]) : name
    }

    private static func problem(of change: PackageChange, _ policy: AptOutput.Policy?) -> Refusal? {
        guard let policy else {
            return Refusal("apt has no package \(change.name)", isMissing: true)
        }
        guard let version = change.version, !policy.versions.contains(version) else { return nil }
        let known = policy.versions.joined(separator: ", ")
        return Refusal(
            "apt has no version \(version) of \(change.name)", hint: known.isEmpty ? nil : "it has \(known)",
            isMissing: true)
    }

    /// The prediction for one change alone.
    private func predict(alone change: PackageChange) throws(HostFault) {
        guard var prediction = state.predictions[change] else { return }
        switch try simulated([change]) {
        case .success(let transaction):
            if !change.action.isRemoval, prediction.candidate == nil {
                prediction.substitute = try providers(of: change).first { transaction.installed.contains($0) }
            }
            prediction.removed = transaction.removed.filter { !mayGo($0, with: [change]) }
            let held = Self.held(transaction, without: [change])
            if !held.isEmpty {
                prediction.problem = Refusal("apt would change \(held.joined(separator: ", ")), which is held")
            }
        case .failure(let fault):
            prediction.problem = Refusal("apt-get \(fault.reason)")
            guard !change.action.isRemoval, prediction.candidate == nil else { break }
            let names = try providers(of: change)
            if names.count < 2 { break }
            prediction.problem = Refusal(
                "\(change.name) is only provided by others: \(names.joined(separator: ", "))",
                hint: "declare one of them")
        }
        state.predictions[change] = prediction
    }

    private func providers(of change: PackageChange) throws(HostFault) -> [String] {
        AptOutput.providers(try ask(["apt-cache", "showpkg", "--", change.name]).output)
    }

    /// One transaction for all; where it does not go through, each change is asked alone.
    ///
    /// - Returns: what it would install.
    private func predict(together changes: [PackageChange]) throws(HostFault) -> [String] {
        guard let first = changes.first else { return [] }
        var reason: String?
        switch try simulated(changes) {
        case .success(let transaction):
            let removed = transaction.removed.filter { !mayGo($0, with: changes) }
            let held = Self.held(transaction, without: changes)
            if removed.isEmpty, held.isEmpty { return transaction.installed }
            reason =
                removed.isEmpty
                ? "apt would change \(held.joined(separator: ", ")), which is held"
                : "apt would remove \(removed.joined(separator: ", "))"
        case .failure(let fault): reason = "apt-get \(fault.reason)"
        }
        for change in changes { try predict(alone: change) }
        let isExplained = changes.contains { change in
            state.predictions[change].map { $0.problem != nil || !$0.removed.isEmpty } ?? false
        }
        guard !isExplained, let reason else { return [] }
        if changes.count == 1 {
            state.predictions[first]?.problem = Refusal(reason)
            return []
        }
        for change in changes {
            state.predictions[change]?.problem = Refusal("together with the other packages of the site, \(reason)")
        }
        return []
    }

    /// The held packages that a transaction moves though they are not what it is about.
    private static func held(_ transaction: AptOutput.Transaction, without changes: [PackageChange]) -> [String] {
        let own = Set(changes.map { String($0.name.prefix { $0 != ":" }) })
        return transaction.held.filter { !own.contains(String($0.prefix { $0 != ":" })) }
    }
}
