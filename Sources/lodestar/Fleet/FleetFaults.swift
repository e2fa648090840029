import Compiler
import Model

/// What is wrong, and on how many hosts.
struct FleetFaults: Sendable {
    struct Hosts: Sendable {
        var count = 0
        /// The first of them by their positions, a few.
        var first: [Int] = []

        /// What to do about it, in each host's words; two of them at most.
        var hints: Set<String?> = []
        /// nil where it is not the same for all of them.
        var hint: String? { hints.count == 1 ? hints.first ?? nil : nil }

        mutating func add(_ other: Hosts) {
            if hints.count < 2 { hints.formUnion(other.hints) }
            count += other.count
            first = Array((first + other.first).sorted().prefix(3))
        }
    }

    /// By the diagnostics without their hints, which may name what only one host has.
    private var hostsByFault: [Diagnostic: Hosts] = [:]
    private(set) var hosts: [Diagnostic: Hosts] = [:]
    /// What is wrong with the site whatever the host.
    var ofSite = Diagnostics()

    /// Compiles a site for all its hosts.
    init(of site: Site, identifiers: [String]) {
        let shared = SharedSite(site)
        let parts = FleetWork.run(identifiers.count, "compiling") {
            (compiler: SharedCompiler(shared), faults: FleetFaults())
        } add: { state, position in
            let target = state.compiler.target(ofHost: identifiers[position])
            state.faults.add(position, state.compiler.compilation(for: target).diagnostics)
        } finish: { state in
            var faults = state.faults
            faults.ofSite = state.compiler.diagnostics
            return faults
        }
        self.init()
        for part in parts {
            for (fault, others) in part.hostsByFault { hostsByFault[fault, default: Hosts()].add(others) }
            ofSite.add(contentsOf: part.ofSite)
        }
        for (fault, hosts) in hostsByFault {
            var diagnostic = fault
            diagnostic.hint = hosts.hint
            self.hosts[diagnostic] = hosts
        }
    }

    /// Whether some host has the fault, whatever is to be done about it there.
    func holds(_ diagnostic: Diagnostic) -> Bool {
        var fault = diagnostic
        fault.hint = nil
        return hostsByFault[fault] != nil
    }

    private init() {}

    private mutating func add(_ position: Int, _ diagnostics: Diagnostics) {
        var met: Set<Diagnostic> = []
        for diagnostic in diagnostics.list {
            var fault = diagnostic
            fault.hint = nil
            guard met.insert(fault).inserted else { continue }
            hostsByFault[fault, default: Hosts()].add(Hosts(count: 1, first: [position], hints: [diagnostic.hint]))
        }
    }
}
