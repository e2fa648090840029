public import Model

/// A file of sysctl.d(5), as far as it sets single parameters.
public struct KernelSettings: HostDocument {
    public let bytes: [UInt8]
    private let values: [KernelKey: String]

    public init(parsing bytes: [UInt8]) {
        self.bytes = bytes
        var values: [KernelKey: String] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(\.trimmed)
            guard parts.count == 2, let first = parts[0].first, first != "#", first != ";" else { continue }
            guard let key = KernelKey((first == "-" ? parts[0].dropFirst() : parts[0][...]).trimmed) else {
                continue
            }
            values[key] = parts[1]
        }
        self.values = values
    }

    /// The last value that the file gives to a parameter.
    public func value(of key: KernelKey) -> String? { values[key] }

    private static let folders = ["etc", "run", "usr/local/lib", "usr/lib", "lib"].map {
        AbsolutePath.root.appending("\($0)/sysctl.d")
    }

    /// The files that are read after one of /etc/sysctl.d, in their order. A file hides those of its name in the later
    /// folders, and a link to /dev/null is such a file.
    public static func files(after name: String, on host: some HostReading) throws(HostFault) -> [AbsolutePath] {
        var found: [String: AbsolutePath] = [:]
        for folder in folders {
            for file in try host.entries(of: folder) ?? []
            where file.hasSuffix(".conf") && name.utf8.lexicographicallyPrecedes(file.utf8) && found[file] == nil {
                found[file] = folder.appending(file)
            }
        }
        return found.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map(\.value)
    }
}
