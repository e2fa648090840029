public import Model

/// A record of apt_preferences(5): how much apt wants versions of packages.
public struct PackagePinRecord: Sendable, Hashable {
    /// Names, globs, regular expressions between slashes, `src:` and a name.
    public var packages: [String]
    /// What stands behind `Pin:`, with one blank between its words.
    public var pin: String
    public var priority: Int

    public init(packages: [String], pin: String, priority: Int) {
        (self.packages, self.pin, self.priority) = (packages, pin, priority)
    }

    /// The record as apt reads it.
    public var text: String {
        "Package: \(packages.joined(separator: " "))\nPin: \(pin)\nPin-Priority: \(priority)\n"
    }

    /// The records that apt reads on a host, by their files and in its order: the first one for a package counts.
    public static func all(on host: some HostReading) throws(HostFault) -> [(file: AbsolutePath, record: Self)] {
        var found: [(file: AbsolutePath, record: Self)] = []
        for file in try files(on: host) {
            found += (try host.document(PackagePins.self, at: file)?.records ?? []).map { (file, $0) }
        }
        return found
    }

    /// The main file, then those of the folder whose names apt takes.
    public static func files(on host: some HostReading) throws(HostFault) -> [AbsolutePath] {
        let main = AbsolutePath.root.appending("etc/apt/preferences")
        let names = try host.entries(of: folder) ?? []
        let taken = names.filter { name in
            let ending = name.split(separator: ".", omittingEmptySubsequences: false).dropFirst().last
            return name.isASCIIWord(or: "-_.") && name.first != "." && (ending == nil || ending == "pref")
        }
        let sorted = taken.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return (try host.status(of: main) == nil ? [] : [main]) + sorted.map(folder.appending)
    }

    public static let folder = AbsolutePath.root.appending("etc/apt/preferences.d")
}

/// A file of preferences of apt.
public struct PackagePins: HostDocument {
    public let bytes: [UInt8]
    public let records: [PackagePinRecord]
    /// Whether all of its stanzas are whole records; what they explain does not count.
    public let isPlain: Bool

    public init(parsing bytes: [UInt8]) {
        self.bytes = bytes
        let stanzas = Stanzas.fields(of: bytes).filter { $0.contains { $0.name != "explanation" } }
        records = stanzas.compactMap { fields in
            func words(_ name: String) -> [String]? {
                fields.last { $0.name == name }?.text.split(whereSeparator: \.isWhitespace).map(String.init)
            }
            guard let packages = words("package"), let pin = words("pin"), let priority = words("pin-priority"),
                let number = Int(priority.joined())
            else { return nil }
            return PackagePinRecord(packages: packages, pin: pin.joined(separator: " "), priority: number)
        }
        isPlain = records.count == stanzas.count
    }
}
