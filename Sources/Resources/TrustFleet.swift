import Model

/// Both sides of a trust, as far as one host needs them: the other side with what its facts tell, and the host itself.
struct TrustFleet: Sendable, Hashable {
    var from: [TrustMember] = []
    var to: [TrustMember] = []
    /// The ids of hosts that may be on a side, which only their facts would tell.
    var unknownFrom: [String] = []
    var unknownTo: [String] = []
    /// Whether this host is on a side.
    let isFrom: Bool
    let isTo: Bool

    /// - Throws: where two hosts claim one name, one address or one key, and the host would believe them.
    init(from: HostChoice, to: HostChoice, of trust: SSHTrust, in site: some SitePayloads) throws(Diagnostic) {
        let host = site.thisHost
        (isFrom, isTo) = (from.hasThisHost == true, to.hasThisHost == true)
        func members(_ choice: HostChoice, all: Bool) throws(Diagnostic) -> [TrustMember] {
            let members = all ? choice.members : choice.members.filter { $0.id == host }
            if let id = members.map(\.id).first(where: { !NamedKeys.isName($0) }) {
                throw Diagnostic("expected hosts whose ids have no blanks and signs, found `\(id)`", at: nil)
            }
            return members.map { TrustMember($0, of: trust) }
        }
        self.from = try members(from, all: isTo)
        self.to = try members(to, all: isFrom)
        if isTo { unknownFrom = from.unknown.filter { NamedKeys.isName($0) } }
        if isFrom { unknownTo = to.unknown }
        func shown(_ key: PublicKey) -> String { "\(key.type) ...\(key.blob.suffix(12))" }
        let rivals = [
            // By a certificate, a host is believed under its names wherever the authority is.
            isFrom || trust.mode == .ca ? self.to.rivals(among: site.names) : nil,
            self.to.rivals("each host key") { $0.hostKeys.map { ($0.key.blob, shown($0.key)) } },
            self.from.rivals("each key") { $0.userKey.map { [($0.blob, shown($0))] } ?? [] },
            trust.addresses && trust.mode == .keys
                ? self.from.rivals("each address") { $0.address.map { [($0.text, $0.text)] } ?? [] } : nil,
        ]
        if let fault = rivals.compactMap({ $0 }).first { throw fault }
    }

    /// What is not known yet.
    ///
    /// - Parameter authority: its key, where the site has one.
    func notes(_ mode: TrustMode, _ authority: PublicKey?) -> [Problem] {
        func note(
            _ property: String, _ all: [TrustMember], _ unknown: [String], _ what: String,
            _ isKnown: (TrustMember) -> Bool
        ) -> [Problem] {
            let missing = (all.filter { !isKnown($0) }.map(\.id) + unknown).sorted()
            if missing.isEmpty { return [] }
            let listed = missing.prefix(5).joined(separator: ", ") + (missing.count > 5 ? " and more" : "")
            return [
                Problem(
                    at: property,
                    "\(missing.count) of \(all.count + unknown.count) hosts have not reported their \(what): \(listed)")
            ]
        }
        var notes: [Problem] = []
        if isTo {
            notes +=
                mode == .keys
                ? note("from", from, unknownFrom, "key") { $0.userKey != nil }
                : note("from", from, unknownFrom, "certificate, and keep their keys") { $0.isCertified(by: authority) }
        }
        if isFrom {
            notes += note("to", to, unknownTo, "names and host keys", \.isReachable)
            if mode == .ca {
                notes += note("to", to.filter(\.isReachable), [], "certificate, and are known by their keys") {
                    $0.isCertifiedHost(by: authority)
                }
            }
        }
        return notes
    }
}
