public import Model

/// What apt remembers of the packages that came only because others need them (apt-mark(8)).
public struct AutomaticPackages: HostDocument {
    public let bytes: [UInt8]
    private let names: Set<String>

    public static let file = AbsolutePath.root.appending("var/lib/apt/extended_states")

    public init(parsing bytes: [UInt8]) {
        self.bytes = bytes
        var names: Set<String> = [], fields: [String: String] = [:]
        for line in FileLine.lines(of: bytes).lines.map(\.bodyText) + [""] {
            if line.isEmpty {
                if let name = fields["Package"], fields["Auto-Installed"] == "1" {
                    names.insert("\(name):\(fields["Architecture"] ?? "")")
                }
                fields = [:]
            } else if let colon = line.firstIndex(of: ":"), line.first != " " {
                fields[String(line[..<colon])] = line[line.index(after: colon)...].trimmed
            }
        }
        self.names = names
    }

    /// A package for all architectures stands there by that of the host.
    public func has(_ name: String, _ architecture: String) -> Bool {
        names.contains("\(name):\(architecture)")
            || (architecture == "all" && names.contains { $0.hasPrefix("\(name):") })
    }
}
