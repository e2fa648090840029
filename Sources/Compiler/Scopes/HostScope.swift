import Expressions
import Model

/// Everything that the expressions of one host share: its facts, labels and data, and what was read of them.
///
/// One compilation runs in one task; nothing here is shared between two.
final class HostScope: @unchecked Sendable {
    let record = ReadRecord()
    let files: SiteFiles
    let identity: HostIdentity
    let secrets: (any SecretReader)?
    /// Whether a secret was read since somebody last looked.
    var hasMetSecret = false
    var data: any LazyMap = RecordedData(DataLayers([], merge: [:]), ReadRecord())
    var labels: Value = .unknown
    /// The labels that the host has itself in the inventory.
    var ownLabels: [Datum.Member] = []
    /// Those, and the labels of its groups.
    var allLabels: [Datum.Member] = []
    let facts: Value
    let host: Value
    /// nil: the facts are not known.
    let factSource: (any FactSource)?
    var fleet: Value = .map(ValueMap())
    /// The labels that some host or group of the inventory has.
    var labelNames: Set<String> = []
    /// Of an old site that is compared with a new one: what both have in common.
    var differingFrom: SitePairing?
    var zoneOffset: (_ zone: String, _ seconds: Int64) -> Int? = { _, _ in nil }

    init(_ target: CompilationTarget, files: SiteFiles, secrets: (any SecretReader)?) {
        self.files = files
        self.secrets = secrets
        identity = target.identity
        facts = target.facts.map { [record] in .lazy(FactsMap($0, record)) } ?? .unknown
        factSource = target.facts
        host = .lazy(IdentityMap(target.identity, isKnown: target.facts != nil, record))
    }

    /// The value of an expression, and whether it came through a secret.
    func value(of expression: SiteExpression, in scope: LocalScope) throws(Diagnostic) -> (value: Value, isSecret: Bool)
    {
        let outer = hasMetSecret
        hasMetSecret = false
        defer { hasMetSecret = outer }
        do {
            let value = try expression.expression.evaluate(in: scope)
            return (value, hasMetSecret)
        } catch {
            var diagnostic = expression.diagnostic(for: error)
            if diagnostic.place == nil { diagnostic.place = expression.place }
            if hasMetSecret {
                // The message, and the names in the hint, may quote a part of the secret.
                diagnostic.message = "an expression with a secret cannot be evaluated"
                diagnostic.hint = nil
            }
            throw diagnostic
        }
    }

    /// A condition: true, false, or nil where it is not known.
    func condition(_ expression: SiteExpression, in scope: LocalScope) throws(Diagnostic) -> Bool? {
        let (value, isSecret) = try value(of: expression, in: scope)
        if isSecret { throw Diagnostic("expected a condition without secrets, found a secret", at: expression.place) }
        switch value {
        case .bool(let claim): return claim
        case .unknown: return nil
        default:
            throw Diagnostic("expected a condition that is true or false, found \(value.found)", at: expression.place)
        }
    }
}
