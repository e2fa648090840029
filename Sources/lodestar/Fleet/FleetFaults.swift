import Compiler
import Model

/// What is wrong, and on how many hosts.
struct FleetFaults: Sendable {
    struct Hosts: Sendable {
        var count = 0
        /// The first of them by their positions, a few.
        var first: [Int] = []

        mutating func add(_ other: Hosts) {
            count += other.count
            first = Array((first + other.first).sorted().prefix(3))
        }
    }

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
            for (diagnostic, others) in part.hosts { hosts[diagnostic, default: Hosts()].add(others) }
            ofSite.add(contentsOf: part.ofSite)
        }
    }

    private init() {}

    private mutating func add(_ position: Int, _ diagnostics: Diagnostics) {
        for diagnostic in Set(diagnostics.list) {
            hosts[diagnostic, default: Hosts()].add(Hosts(count: 1, first: [position]))
        }
    }
}
