import Compiler
import Engine
import LinuxHost
import Model

/// Skips observing where the memo of the last run that found everything in place still holds.
extension HostSession {
    /// The plan with nothing to do, where a memo of an earlier run tells so.
    ///
    /// - Parameter isRead: whether what was read then is read again and compared, whatever its times say.
    /// - Returns: nil where anything may differ: everything has to be observed.
    func inPlacePlan(
        _ memo: InPlaceMemo?, state: any StateReading, revision: String, isRead: Bool
    ) throws -> Plan? {
        guard let memo else { return nil }
        let isInLine = try Terminal.reportingFaults {
            try state.ledgerDigest() == memo.archive.catalog.digest && state.pendingRefreshes().isEmpty
        }
        guard isInLine, memo.records.allSatisfy({ $0.holds(on: host, isRead: isRead) }) else { return nil }
        var catalog = memo.archive.catalog
        guard catalog.declarations.allSatisfy({ $0.isInPlace(on: host) }) else { return nil }
        catalog.revision = revision
        return Plan(inPlace: memo.inPlaceCount, of: catalog)
    }
}

extension ObservationRecorder {
    /// The memo of a plan that found everything in place; nil where too much was changed a moment ago, or
    /// where there is something to say each time.
    func memo(of plan: Plan, _ archive: CatalogArchive) -> InPlaceMemo? {
        let volatile = volatilePositions
        guard racyCount * 20 <= plan.inPlaceCount, plan.remarks.isEmpty else { return nil }
        return InPlaceMemo(of: archive, volatile: volatile, inPlaceCount: plan.inPlaceCount, records: settledRecords)
    }
}
