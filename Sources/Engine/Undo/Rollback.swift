public import Model

/// The trials of a catalog, and what they are about.
extension Catalog {
    /// The trials that a change at a position leads to, by one notification or several.
    func trials(after position: Int, _ outgoing: [[Edge]]) -> [Address] {
        var found: [Address] = [], seen: Set = [position], open = [position]
        while let next = open.popLast() {
            for edge in outgoing[next] where edge.isNotification && seen.insert(edge.to).inserted {
                if type(of: declarations[edge.to].resource).isProving { found.append(declarations[edge.to].address) }
                open.append(edge.to)
            }
        }
        return found
    }

    /// The resources of which a trial tells whether they work: all from which notifications lead to it, and what else of
    /// its composite bears no data, such as folders.
    func resources(triedBy trial: Address) -> Set<Address> {
        var found = Set<Address>(), seen = Set<Int>()
        let incoming = edgeLists.incoming
        var open = declarations.indices.filter { declarations[$0].address == trial }
        if let composite = open.first.flatMap({ declarations[$0].partOf?.address }) {
            for part in declarations where part.partOf?.address == composite && !type(of: part.resource).bearsData {
                found.insert(part.address)
            }
        }
        while let next = open.popLast() {
            for edge in incoming[next] where edge.isNotification && seen.insert(edge.from).inserted {
                found.insert(declarations[edge.from].address)
                open.append(edge.from)
            }
        }
        return found
    }
}

/// Brings back what was there before a trial that failed: an undo of what the trial is about, since the run in which it
/// became owed.
public struct Rollback {
    public let trial: Address
    public let disproof: Disproof
    /// What is held afterwards, as it is declared.
    let held: [Hold]
    public let outline: Undo.Outline
    let past: PastRun

    /// - Parameters:
    ///   - outcome: that of the trial.
    ///   - past: the runs from that on in which the trial became owed.
    /// - Returns: nil where the outcome is none of a trial, or nothing that it is about was changed but for starts.
    public init?(
        _ outcome: Outcome, in catalog: Catalog, of past: PastRun, on host: any HostReading, types: [ResourceType],
        ledger: [LedgerEntry]
    ) {
        guard let reason = outcome.reason?.disproof,
            let declaration = catalog.declarations.first(where: { $0.address == outcome.address }),
            type(of: declaration.resource).isProving
        else { return nil }
        let tried = catalog.resources(triedBy: outcome.address).intersection(past.addresses)
        guard
            past.changes.contains(where: {
                !tried.isDisjoint(with: $0.addresses) && types.restorable($0)?.formerIsActivity != true
            })
        else {
            return nil
        }
        trial = outcome.address
        let disproof = Disproof(
            trial: trial, fields: RecordedFields(of: declaration.resource), reason: reason)
        self.disproof = disproof
        self.past = past
        held = catalog.declarations.filter { tried.contains($0.address) }.map { declaration in
            Hold(
                address: declaration.address, run: past.number,
                fields: declaration.state == .present ? RecordedFields(of: declaration.resource) : nil, site: nil,
                disproof: disproof)
        }
        outline = Undo(past, on: host, types: types, ledger: ledger, only: tried).outline(
            for: catalog.host, leavesLost: true)
    }

    /// The state during it: the trial is no longer owed, and what is declared is not tried again.
    public func store(over store: any StateStore) -> UndoStore {
        UndoStore(over: store, of: past, outline, held: held, refreshed: [trial])
    }
}
