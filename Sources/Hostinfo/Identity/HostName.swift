import Values

/// The names of a host.
public struct HostName {
    /// The name in lower case; `localhost` where the host has no name.
    public let name: String
    /// With its domain where hosts(5) knows one, else the name.
    public let qualified: String

    public init(_ tree: some SourceTree) {
        var name = tree.isRunning ? tree.text("proc/sys/kernel/hostname") ?? "" : ""
        if name.isEmpty || name == "(none)" {
            name = tree.lines("etc/hostname").map(\.trimmed).first { !$0.isEmpty && !$0.hasPrefix("#") } ?? ""
        }
        let short = name.isEmpty ? "localhost" : name.lowercased()
        self.name = short
        guard !short.contains(".") else {
            qualified = short
            return
        }
        for line in tree.lines("etc/hosts") {
            // A comment begins anywhere (hosts(5)), and a line without an address does not count.
            let fields = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
            guard let address = fields.first, IPAddress(address.prefix { $0 != "%" }) != nil else { continue }
            let words = fields.dropFirst().map { $0.lowercased() }
            if words.contains(short), let full = words.first(where: { $0.hasPrefix("\(short).") }) {
                qualified = full
                return
            }
        }
        qualified = short
    }
}
