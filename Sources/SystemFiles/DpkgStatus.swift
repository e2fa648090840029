public import Model

/// dpkg's status file (dpkg-query(1), deb-control(5)); each paragraph is read only when it is asked for.
public struct DpkgStatus: PackageDatabase {
    public let bytes: [UInt8]
    /// Where each package's paragraphs are, by name.
    private let paragraphs: [String: [Range<Int>]]
    /// Where the paragraphs are that provide others.
    private let providing: [Range<Int>]
    /// What a simulation changed; nil: removed.
    private var changed: [String: InstalledPackage?] = [:]

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

    public func package(named text: String) -> InstalledPackage? {
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

    public func providers(of name: String) -> [InstalledPackage] {
        providing.compactMap { package(at: $0) }.filter { $0.isInstalled && $0.provides.contains(name) }
            .sorted { $0.name < $1.name }
    }

    /// The packages beyond a base system, sorted by their names: no priority says that each host has them, and no other
    /// package needs them. A held one is always among them.
    public var chosen: [(package: InstalledPackage, isForeign: Bool)] {
        let basic = ["Essential: yes", "Priority: required", "Priority: important", "Priority: standard"]
        var needed: Set<String> = []
        let found = paragraphs.values.joined().compactMap { range -> (InstalledPackage, isBasic: Bool)? in
            let lines = String(decoding: bytes[range], as: UTF8.self).textLines()
            for line in lines where line.contains("Depends: ") || line.hasPrefix("Recommends: ") {
                needed.formUnion(Self.names(in: line.drop { $0 != " " }))
            }
            let isBasic = lines.contains { basic.contains(String($0)) }
            return package(at: range).flatMap { $0.isOnHost ? ($0, isBasic) : nil }
        }.filter { package, isBasic in package.isHeld || !(isBasic || needed.contains(package.name)) }.map(\.0)
        return found.sorted { ($0.name, $0.architecture) < ($1.name, $1.architecture) }
            .map { ($0, $0.architecture != "all" && !isNative($0.architecture)) }
    }

    /// The names in a list of dependencies (deb-control(5)).
    private static func names(in list: Substring) -> [String] {
        list.split(whereSeparator: { $0 == "," || $0 == "|" }).map { entry in
            String(entry.drop { $0 == " " }.prefix { $0 != " " && $0 != "(" && $0 != ":" })
        }
    }

    private func package(at range: Range<Int>) -> InstalledPackage? {
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
        // What is wanted, whether dpkg has only a half of it (`reinstreq`), and how far it came.
        let (selection, flag, state) = (status[0], status[1], status[2])
        let isOnHost = state != "not-installed" && state != "config-files"
        return InstalledPackage(
            name: String(name), version: String(fields["Version"] ?? ""),
            architecture: String(fields["Architecture"] ?? ""), state: state, isInstalled: state == "installed",
            isOnHost: isOnHost, isHalf: isOnHost && flag.contains("reinst"),
            hasRemains: state == "config-files", isHeld: selection == "hold",
            provides: provides)
    }

    public mutating func apply(_ change: PackageChange) {
        let present = package(named: change.name)
        switch change.action {
        case .install, .upgrade:
            let name = String(change.name.prefix { $0 != ":" })
            var package =
                present
                ?? InstalledPackage(
                    name: name, version: "", architecture: "", state: "installed", isInstalled: true, isOnHost: true)
            (package.state, package.isInstalled, package.isOnHost, package.isHalf) = ("installed", true, true, false)
            package.version = change.version ?? package.version
            changed[change.name] = package
        case .remove, .purge: changed[change.name] = InstalledPackage?.none
        case .hold, .unhold:
            guard var package = present else { return }
            package.isHeld = change.action == .hold
            changed[change.name] = package
        }
    }
}

extension PackageManager {
    /// apt over dpkg, of Debian and what is made from it.
    public static let apt = PackageManager(
        "apt", database: AbsolutePath.root.appending("var/lib/dpkg/status"), DpkgStatus.self)

    /// The managers that Lodestar knows, and only those that are tested.
    static let known = [apt]
}

extension HostReading {
    /// The manager whose database the host has; nil where no known one has any.
    public var packageManager: PackageManager? {
        get throws(HostFault) {
            for manager in PackageManager.known where try status(of: manager.database) != nil { return manager }
            return nil
        }
    }

    /// What is installed; nil where there is no known package manager.
    public var packageDatabase: (any PackageDatabase)? {
        get throws(HostFault) { try packageManager?.packages(on: self) }
    }
}
