public import Model

/// A file of sysctl.d(5), as far as it sets single parameters.
public struct KernelSettings: HostDocument {
    public let bytes: [UInt8]
    private let values: [KernelKey: String]
    /// The parameters in their order, each once.
    public let keys: [KernelKey]
    /// Whether lines say more than parameters and values: patterns, and what may fail.
    public let hasMore: Bool

    public init(parsing bytes: [UInt8]) {
        self.bytes = bytes
        var values: [KernelKey: String] = [:], keys: [KernelKey] = [], hasMore = false
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(\.trimmed)
            guard let first = parts[0].first, first != "#", first != ";" else { continue }
            let name = (first == "-" ? parts[0].dropFirst() : parts[0][...]).trimmed
            if first == "-" || parts.count < 2 { hasMore = true }
            guard parts.count == 2, let key = KernelKey(name) else {
                hasMore = true
                continue
            }
            if values.updateValue(parts[1], forKey: key) == nil { keys.append(key) }
        }
        self.values = values
        self.keys = keys
        self.hasMore = hasMore
    }

    /// The last value that the file gives to a parameter.
    public func value(of key: KernelKey) -> String? { values[key] }

    /// What all files together make of a parameter at boot: the last that names it; nil where none does.
    public static func value(of key: KernelKey, on host: some HostReading) throws(HostFault) -> String? {
        for path in try host.dropIns(in: "sysctl.d").reversed() {
            // Debian's 99-sysctl.conf may lead to a file that is not there.
            if let value = (try? host.document(KernelSettings.self, at: path))?.value(of: key) { return value }
        }
        return nil
    }

    /// The files that are read after one of /etc/sysctl.d, in their order.
    public static func files(after name: String, on host: some HostReading) throws(HostFault) -> [AbsolutePath] {
        try host.dropIns(in: "sysctl.d").filter { name.utf8.lexicographicallyPrecedes($0.name.utf8) }
    }
}
