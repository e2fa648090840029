import Model

/// The knowledge of packages that lasts for one run.
package final class PackageManagerState {
    /// The changes that the catalog declares: those that are needed are one transaction.
    var expected: [PackageChange] = []
    /// The predictions of changes, until packages change.
    var predictions: [PackageChange: PackagePrediction] = [:]
    /// Names of which there is no package: others provide them.
    var virtual: Set<String> = []
    /// Whether the lists were refreshed in this run, and what went wrong with that.
    var hasRefreshed = false
    var refreshProblem: String?
    /// How long a lock of another process is waited for, by all of a batch together.
    package var patience = Duration.seconds(60)
    var waited = Duration.zero

    /// The packages that may go.
    var declaredAbsent: Set<String> {
        Set(expected.filter { $0.action.isRemoval }.map(\.name))
    }
}
