/// The list of modules inside an image, which the mini OS reads: a module a line, after what it needs, its columns by tabs:
/// `always` or `device`, its path, the names that it needs by commas, its patterns by blanks.
public struct ModuleList: Sendable {
    public struct Entry: Sendable, Hashable {
        public var name: String
        /// Below the folder of modules.
        public var path: String
        public var needs: [String]
        /// Patterns of devices; the module is loaded for the first device that one of them fits.
        public var aliases: [String]
        /// Whether it is loaded without a device that asks for it.
        public var isAlways: Bool
    }

    /// In the folder of modules.
    public static let fileName = "modules.lodestar"

    public var entries: [Entry]

    init(_ modules: [KernelModule], always: Set<String>) {
        entries = modules.map {
            Entry(
                name: $0.name, path: $0.path, needs: $0.dependencies + $0.softDependencies, aliases: $0.aliases,
                isAlways: always.contains($0.name))
        }
    }

    /// Lines that are none are passed over.
    public init(parsing text: String) {
        entries = text.split(separator: "\n").compactMap { line in
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard columns.count == 4 else { return nil }
            return Entry(
                name: KernelModule.name(of: String(columns[1])), path: String(columns[1]),
                needs: columns[2].split(separator: ",").map(String.init),
                aliases: columns[3].split(separator: " ").map(String.init), isAlways: columns[0] == "always")
        }
    }

    public var text: String {
        entries.map { entry in
            [
                entry.isAlways ? "always" : "device", entry.path, entry.needs.joined(separator: ","),
                entry.aliases.joined(separator: " "),
            ].joined(separator: "\t") + "\n"
        }.joined()
    }
}
