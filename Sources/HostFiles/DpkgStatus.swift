public import Model

/// dpkg's status file (dpkg-query(1), deb-control(5)); each paragraph is read only when it is asked for.
public struct DpkgStatus: HostDocument {
    /// One package as dpkg knows it.
    public struct Package: Sendable, Hashable {
        public var name: String
        public var version: String
        public var architecture: String
        /// The first word of `Status`: what is wanted, such as `install` or `hold`.
        public var selection: String
        /// The third word of `Status`, such as `installed`, `config-files` or `half-configured`.
        public var state: String
        public var provides: [String]

        /// The second word of `Status`: `ok`, or `reinstreq` where dpkg has only a half of it.
        public var flag = "ok"

        public var isInstalled: Bool { state == "installed" }
        /// Whether more of it than its configuration files is there, in whatever state.
        public var isOnHost: Bool { state != "not-installed" && state != "config-files" }
        public var isHalf: Bool { isOnHost && flag.contains("reinst") }
        public var isHeld: Bool { selection == "hold" }
    }

    public let bytes: [UInt8]
    /// Where each package's paragraphs are, by name.
    private let paragraphs: [String: [Range<Int>]]
    /// Where the paragraphs are that provide others.
    private let providing: [Range<Int>]
    /// The changes of a simulation by name; nil for a removed package.
    private var changed: [String: Package?] = [:]

    public init(parsing bytes: [UInt8]) {
        self.bytes = bytes
        (paragraphs, providing) = Self.index(bytes)
    }

    private static func index(_ bytes: [UInt8]) -> (paragraphs: [String: [Range<Int>]], providing: [Range<Int>]) {
        var found: [String: [Range<Int>]] = [:], providing: [Range<Int>] = []
        let label = Array("Package: ".utf8), provides = Array("Provides:".utf8), newline = UInt8(ascii: "\n")
        bytes.withUnsafeBufferPointer { buffer in
            var position = 0, start = 0
            var name: String?, isProviding = false
            func begins(_ label: [UInt8], at position: Int, _ end: Int) -> Bool {
                end - position > label.count && buffer[position] == label[0]
                    && label.indices.allSatisfy { buffer[position + $0] == label[$0] }
            }
            func close(at end: Int) {
                if let name { found[name, default: []].append(start..<end) }
                if isProviding { providing.append(start..<end) }
                (name, isProviding) = (nil, false)
            }
            while position < buffer.count {
                var end = position
                while end < buffer.count, buffer[end] != newline { end += 1 }
                if end == position {
                    close(at: position)
                    start = end + 1
                } else if name == nil, begins(label, at: position, end) {
                    name = String(decoding: buffer[(position + label.count)..<end], as: UTF8.self)
                } else if begins(provides, at: position, end) {
                    isProviding = true
                }
                position = end + 1
            }
            close(at: buffer.count)
        }
        return (found, providing)
    }

    /// The package of a name, with or without its architecture; an installed one before others.
    public func package(named text: String) -> Package? {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard let name = parts.first else { return nil }
        if let entry = changed[text] { return entry }
        let candidates = (paragraphs[name] ?? []).compactMap { package(at: $0) }
            .filter {
                parts.count < 2 || $0.architecture == parts[1] || ($0.architecture == "all" && isNative(parts[1]))
            }
        return candidates.first(where: \.isInstalled) ?? candidates.first
    }

    /// Whether an architecture is the host's own: what is for all counts as its.
    private func isNative(_ architecture: String) -> Bool {
        architecture == "native"
            || (paragraphs["dpkg"] ?? []).contains { package(at: $0)?.architecture == architecture }
    }

    /// The installed packages that provide a virtual one.
    public func providers(of name: String) -> [Package] {
        providing.compactMap { package(at: $0) }.filter { $0.isInstalled && $0.provides.contains(name) }
            .sorted { $0.name < $1.name }
    }

    private func package(at range: Range<Int>) -> Package? {
        var fields: [Substring: Substring] = [:]
        for line in String(decoding: bytes[range], as: UTF8.self).textLines() {
            guard line.first != " ", let colon = line.firstIndex(of: ":") else { continue }
            fields[line[..<colon]] = line[line.index(after: colon)...].drop { $0 == " " }
        }
        let status = (fields["Status"] ?? "").split(separator: " ").map(String.init)
        guard let name = fields["Package"], status.count == 3 else { return nil }
        let provides = (fields["Provides"] ?? "").split(separator: ",").map { entry in
            String(entry.drop { $0 == " " }.prefix { $0 != " " })
        }
        return Package(
            name: String(name), version: String(fields["Version"] ?? ""),
            architecture: String(fields["Architecture"] ?? ""), selection: status[0], state: status[2],
            provides: provides, flag: status[1])
    }

    /// The database after the change, for a simulation.
    public mutating func apply(_ change: PackageChange) {
        let present = package(named: change.name)
        switch change.action {
        case .install, .upgrade:
            let name = String(change.name.prefix { $0 != ":" })
            var package =
                present
                ?? Package(
                    name: name, version: "", architecture: "", selection: "install", state: "installed", provides: [])
            package.state = "installed"
            package.flag = "ok"
            if !package.isHeld { package.selection = "install" }
            package.version = change.version ?? package.version
            changed[change.name] = package
        case .remove: changed[change.name] = Package?.none
        case .hold, .unhold:
            guard var package = present else { return }
            package.selection = change.action == .hold ? "hold" : "install"
            changed[change.name] = package
        }
    }
}
