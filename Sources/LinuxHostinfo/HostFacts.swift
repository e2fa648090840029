import Hostinfo
import SystemCalls
public import Values

/// The facts of a host, each read when it is asked for and then remembered: the system's from its root, the hardware's
/// from the kernel, the site's own from `/etc/lodestar/facts.d`.
public final class HostFacts: FactSource, @unchecked Sendable {
    private let tree: HostTree
    private let collector: FactCollector<RememberingTree>
    private let custom: CustomFacts
    private var known: [String: Datum?] = [:]
    private var customFaults: [FactFault] = []

    /// The facts of a tree: this host's, or those that `hostinfo capture` stored in a folder.
    ///
    /// - Parameter digest: SHA-256.
    public init(tree: HostTree, digest: @escaping ([UInt8]) -> [UInt8]) {
        self.tree = tree
        let remembering = RememberingTree(tree)
        collector = FactCollector(remembering, today: SystemClock.today, digest: digest)
        custom = CustomFacts(tree)
    }

    public var names: [String] { (FactCollector<RememberingTree>.names + ["custom"]).sorted() }

    public func fact(_ name: String) throws(HostFault) -> Datum? {
        if let value = known[name] { return value }
        let value = name == "custom" ? try collectCustom() : collector.fact(name)
        known[name] = .some(value)
        return value
    }

    public func faults(of name: String) -> [FactFault] { name == "custom" ? customFaults : [] }

    private func collectCustom() throws(HostFault) -> Datum {
        let collected = try custom.facts()
        customFaults = collected.faults
        return collected.value
    }
}

/// A tree that reads each source once: several facts share files such as the tables of the firmware.
final class RememberingTree: SourceTree {
    private let tree: any SourceTree
    private var readings: [String: SourceReading] = [:]

    init(_ tree: any SourceTree) {
        self.tree = tree
    }

    var isRunning: Bool { tree.isRunning }

    func read(_ path: String) -> SourceReading {
        if let reading = readings[path] { return reading }
        let reading = tree.read(path)
        readings[path] = reading
        return reading
    }

    func read(_ path: String, below folder: String) -> SourceReading { tree.read(path, below: folder) }
    func has(_ path: String) -> Bool { tree.has(path) }
    func names(in path: String) -> [String]? { tree.names(in: path) }
    func linkTarget(_ path: String) -> String? { tree.linkTarget(path) }
    func distrust(_ path: String) -> String? { tree.distrust(path) }
    func space(at path: String) -> FileSpace? { tree.space(at: path) }
    func spaces(at paths: [String]) -> [FileSpace?] { tree.spaces(at: paths) }
    func layout() -> NetworkLayout { tree.layout() }
}
