/// The names of a host.
public struct HostName {
    /// In lower case; `localhost` where there is none.
    public let name: String
    /// With its domain where hosts(5) knows one, else the name.
    public let qualified: String

    public init(_ tree: some SourceTree) {
        var name = tree.isRunning ? tree.text("proc/sys/kernel/hostname") ?? "" : ""
        if name.isEmpty || name == "(none)" {
            name = tree.lines("etc/hostname").first { !$0.hasPrefix("#") }?.trimmed ?? ""
        }
        let short = name.isEmpty ? "localhost" : name.lowercased()
        self.name = short
        guard !short.contains(".") else {
            qualified = short
            return
        }
        for line in tree.lines("etc/hosts") where !line.hasPrefix("#") {
            let words = line.split { $0 == " " || $0 == "\t" }.dropFirst().map { $0.lowercased() }
            if words.contains(short), let full = words.first(where: { $0.hasPrefix("\(short).") }) {
                qualified = full
                return
            }
        }
        qualified = short
    }
}
