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

        public var isInstalled: Bool { state == "installed" }
        public var isHeld: Bool { selection == "hold" }
    }

    public let bytes: [UInt8]
    /// Where each package's paragraphs are, by name.
    private let paragraphs: [String: [Range<Int>]]
    /// What a simulation changed; nil: removed.
    private var changed: [String: Package?] = [:]

    public init(parsing bytes: [UInt8]) {
        self.bytes = bytes
        paragraphs = Self.index(bytes)
    }

    private static func index(_ bytes: [UInt8]) -> [String: [Range<Int>]] {
        var found: [String: [Range<Int>]] = [:]
        let label = Array("Package: ".utf8), newline = UInt8(ascii: "\n")
        bytes.withUnsafeBufferPointer { buffer in
            var position = 0, start = 0
            var name: String?
            func close(at end: Int) {
                if let name { found[name, default: []].append(start..<end) }
                name = nil
            }
            while position < buffer.count {
                var end = position
                while end < buffer.count, buffer[end] != newline { end += 1 }
                if end == position {
                    close(at: position)
                    start = end + 1
                } else if name == nil, end - position > label.count, buffer[position] == label[0],
                    label.indices.allSatisfy({ buffer[position + $0] == label[$0] })
                {
                    name = String(decoding: buffer[(position + label.count)..<end], as: UTF8.self)
                }
                position = end + 1
            }
            close(at: buffer.count)
        }
        return found
    }

    /// The package of a name, with or without its architecture; an installed one before others.
    public func package(named text: String) -> Package? {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard let name = parts.first else { return nil }
        if let entry = changed[text] { return entry }
        let candidates = (paragraphs[name] ?? []).compactMap { package(at: $0) }
            .filter { parts.count < 2 || $0.architecture == parts[1] }
        return candidates.first(where: \.isInstalled) ?? candidates.first
    }

    /// The installed packages that provide a virtual one. Reads the whole file.
    public func providers(of name: String) -> [Package] {
        paragraphs.values.joined().compactMap { package(at: $0) }.filter {
            $0.isInstalled && $0.provides.contains(name)
        }
        .sorted { $0.name < $1.name }
    }

    private func package(at range: Range<Int>) -> Package? {
        var fields: [Substring: Substring] = [:]
        for line in String(decoding: bytes[range], as: UTF8.self).split(separator: "\n") {
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
            provides: provides)
    }

    /// What the database would hold after the change, for a simulation.
    public mutating func apply(_ change: PackageChange) {
        let present = package(named: change.name)
        switch change.action {
        case .install:
            let name = String(change.name.prefix { $0 != ":" })
            var package =
                present
                ?? Package(
                    name: name, version: "", architecture: "", selection: "install", state: "installed", provides: [])
            package.state = "installed"
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
