import Compiler
import Engine
import Model

/// Who gets in on each host of an inventory by what the site declares for it.
struct FleetAccess {
    private var hosts: [(id: String, access: Access)] = []

    /// Each host is judged as if the root were its own: what is declared nowhere is told by the root, and not listed.
    init(_ session: Session, on hostSession: HostSession) throws {
        let identifiers = session.site.value.hostIdentifiers
        guard !identifiers.isEmpty else {
            Terminal.report("\(session.source.text): error: expected hosts in the inventory, found none")
            Terminal.report("  hint: `hosts: {ID: {}}` in inventory.yaml names them")
            throw ExitStatus.refused
        }
        let compiler = SharedCompiler(SharedSite(session.site.value))
        for id in identifiers {
            let compilation = compiler.compilation(for: compiler.target(ofHost: id))
            var diagnostics = compiler.diagnostics
            diagnostics.add(contentsOf: compilation.diagnostics)
            Terminal.report(diagnostics)
            guard let catalog = compilation.catalog else { throw ExitStatus.refused }
            var access = try hostSession.access(after: catalog)
            access.ways.removeAll { $0.source.address == nil }
            hosts.append((id, access))
        }
    }

    var accounts: Set<String> { hosts.reduce(into: []) { $0.formUnion($1.access.accounts) } }

    /// Only what is about one account; nil keeps all.
    mutating func keep(_ account: String?) {
        for index in hosts.indices { hosts[index].access.keep(account) }
    }

    /// What several hosts have in common stands once, with their names.
    private struct Line: Hashable {
        var claim: String
        var text: String
    }

    func text(base: String) -> String {
        var claims: [String] = [], lines: [String: [Line]] = [:], names: [Line: [String]] = [:]
        for (id, access) in hosts {
            for way in access.ways {
                let line = Line(claim: way.claim, text: "\(way.label)  \(way.source.origin)")
                if lines[way.claim] == nil { claims.append(way.claim) }
                if names[line] == nil { lines[way.claim, default: []].append(line) }
                if names[line]?.last != id { names[line, default: []].append(id) }
            }
        }
        var text: [String] = []
        for claim in claims.sorted() {
            text.append(claim)
            for line in lines[claim] ?? [] {
                let hosts = names[line] ?? []
                let all = hosts.count == self.hosts.count && hosts.count > 1
                text.append("  \(line.text)  on \(all ? "all \(hosts.count) hosts" : hosts.joined(separator: ", "))")
            }
        }
        if text.isEmpty { text.append("nobody can log in or become root by what the site declares") }
        text.append("note: sshd, sudo and shells are those of \(base); what hosts have beside the site is not listed")
        for remark in remarks { text.append("note: \(remark)") }
        return text.map(\.printable).joined(separator: "\n")
    }

    /// What is not resolved, with the hosts that it is about.
    private var remarks: [String] {
        var order: [String] = [], names: [String: [String]] = [:]
        for (id, access) in hosts {
            for remark in access.remarks {
                if names[remark] == nil { order.append(remark) }
                names[remark, default: []].append(id)
            }
        }
        return order.map { remark in
            let hosts = names[remark] ?? []
            return hosts.count == self.hosts.count ? remark : "\(hosts.joined(separator: ", ")): \(remark)"
        }
    }

    /// As `lodestar access --fleet --format json` prints it.
    var datum: Datum {
        ["hosts": .list(hosts.map { ["host": .string($0.id), "access": $0.access.datum] })]
    }
}
