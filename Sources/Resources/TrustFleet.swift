import Model

/// Both sides of a trust, as the facts of their hosts tell.
struct TrustFleet: Sendable, Hashable {
    var from: [TrustMember]
    var to: [TrustMember]
    /// The ids of hosts that may be on a side, which only their facts would tell.
    var unknownFrom: [String]
    var unknownTo: [String]
    /// Whether this host is on a side.
    var isFrom: Bool
    var isTo: Bool

    /// - Throws: where two hosts claim one name, one address or one key, and the trust would believe them.
    init(from: HostChoice, to: HostChoice, of trust: SSHTrust) throws(Diagnostic) {
        func members(_ choice: HostChoice) throws(Diagnostic) -> [TrustMember] {
            if let id = (choice.members.map(\.id) + choice.unknown).first(where: { !NamedKeys.isName($0) }) {
                throw Diagnostic("expected hosts whose ids have no blanks and signs, found `\(id)`", at: nil)
            }
            return choice.members.map { TrustMember($0, of: trust.name.text, user: trust.from.user) }
        }
        self.from = try members(from)
        self.to = try members(to)
        (unknownFrom, unknownTo) = (from.unknown, to.unknown)
        (isFrom, isTo) = (from.hasThisHost == true, to.hasThisHost == true)
        let all = self.from + self.to.filter { host in !self.from.contains { $0.id == host.id } }
        let rivals = [
            self.to.rivals("each name") { $0.names.map { ($0, $0.text) } },
            all.rivals("each host key") {
                $0.hostKeys.map { ($0.key.blob, "\($0.key.type) ...\($0.key.blob.suffix(12))") }
            },
            self.from.rivals("each key") {
                $0.userKey.map { [($0.blob, "\($0.type) ...\($0.blob.suffix(12))")] } ?? []
            },
            trust.addresses ? self.from.rivals("each address") { $0.address.map { [($0, $0.text)] } ?? [] } : nil,
        ]
        if let fault = rivals.compactMap({ $0 }).first { throw fault }
    }

    /// What is not known yet.
    var notes: [Problem] {
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
        return note("from", from, unknownFrom, "key") { $0.userKey != nil }
            + note("to", to, unknownTo, "names and host keys", \.isReachable)
    }
}
