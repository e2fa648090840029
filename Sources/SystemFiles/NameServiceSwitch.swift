public import Model

/// /etc/nsswitch.conf (nsswitch.conf(5)): where the C library looks for names.
public struct NameServiceSwitch: HostDocument {
    public let bytes: [UInt8]
    private var sources: [String: [String]] = [:]

    public init(parsing bytes: [UInt8]) {
        self.bytes = bytes
        for line in FileLine.lines(of: bytes).lines {
            let text = line.bodyText.prefix { $0 != "#" }
            let parts = text.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let name = parts[0].split(whereSeparator: \.isWhitespace).first else { continue }
            let words = parts[1].split { $0.isWhitespace || $0 == "[" || $0 == "]" }
            sources[String(name)] = words.map(String.init).filter { !$0.contains("=") }
        }
    }

    /// Whether a database has sources besides the files of the host.
    public func hasOthers(_ database: NameDatabase) -> Bool {
        let words = sources[database.rawValue] ?? (database == .initgroups ? sources["group"] : nil) ?? ["files"]
        return words.contains { $0 != "files" }
    }
}
