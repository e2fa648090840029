import Glibc
public import Model

/// The facts of a host, each read when it is asked for: the system's from its root, the hardware's from the kernel.
public final class HostFacts: FactSource, @unchecked Sendable {
    private let root: String
    private var known: [String: Datum?] = [:]

    public init(root: String) {
        self.root = root == "/" ? "" : root
    }

    public let names = ["cpu", "fqdn", "hostname", "init", "kernel", "memory", "os"]

    public func fact(_ name: String) throws(HostFault) -> Datum? {
        if let value = known[name] { return value }
        let value = try read(name)
        known[name] = .some(value)
        return value
    }

    private func read(_ name: String) throws(HostFault) -> Datum? {
        switch name {
        case "os": return try operatingSystem()
        case "hostname": return .string(try hostname())
        case "fqdn": return .string(try qualifiedName())
        case "kernel": return kernel()
        case "cpu": return try processors()
        case "memory": return try memory()
        case "init": return .string(initSystem)
        default: return nil
        }
    }

    private func lines(_ path: String) throws(HostFault) -> [Substring] {
        guard let bytes = try LocalFiles.contents(of: path, limit: 4 << 20) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    }

    /// os-release(5).
    private func operatingSystem() throws(HostFault) -> Datum {
        var values: [String: String] = [:]
        var found = try lines("\(root)/etc/os-release")
        if found.isEmpty { found = try lines("\(root)/usr/lib/os-release") }
        for line in found {
            guard let equals = line.firstIndex(of: "="), !line.hasPrefix("#") else { continue }
            var value = line[line.index(after: equals)...]
            if let quote = value.first, quote == "\"" || quote == "'", value.last == quote, value.count > 1 {
                value = value.dropFirst().dropLast()
            }
            values[String(line[..<equals])] = String(value)
        }
        let id = values["ID"] ?? "linux"
        let families = [id] + (values["ID_LIKE"] ?? "").split(separator: " ").map(String.init)
        let family =
            families.contains("debian")
            ? "debian" : families.contains("rhel") || families.contains("fedora") ? "redhat" : id
        return [
            "id": .string(id), "family": .string(family), "version": .string(values["VERSION_ID"] ?? ""),
            "codename": .string(values["VERSION_CODENAME"] ?? ""), "name": .string(values["PRETTY_NAME"] ?? id),
        ]
    }

    /// hostname(5) of the root, which the running kernel's need not be.
    private func hostname() throws(HostFault) -> String {
        if root.isEmpty {
            var name = [UInt8](repeating: 0, count: 256)
            let isKnown = name.withUnsafeMutableBytes { bytes in
                bytes.withMemoryRebound(to: CChar.self) { $0.baseAddress.map { gethostname($0, 255) == 0 } ?? false }
            }
            if isKnown { return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self).lowercased() }
        }
        let first = try lines("\(root)/etc/hostname").first { !$0.hasPrefix("#") }
        return first.map { $0.trimmed.lowercased() } ?? "localhost"
    }

    /// The name with its domain, as the root's hosts(5) says; without one the host's name.
    private func qualifiedName() throws(HostFault) -> String {
        let name = try hostname()
        if name.contains(".") { return name }
        for line in try lines("\(root)/etc/hosts") where !line.hasPrefix("#") {
            let words = line.split { $0 == " " || $0 == "\t" }.dropFirst().map { $0.lowercased() }
            if words.contains(name), let full = words.first(where: { $0.hasPrefix("\(name).") }) { return full }
        }
        return name
    }

    private func kernel() -> Datum {
        var names = utsname()
        uname(&names)
        func text<Field>(_ field: Field) -> Datum {
            withUnsafeBytes(of: field) { .string(String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)) }
        }
        return ["release": text(names.release), "version": text(names.version), "arch": text(names.machine)]
    }

    private func processors() throws(HostFault) -> Datum {
        let model = try lines("/proc/cpuinfo").first { $0.hasPrefix("model name") }?.split(separator: ":", maxSplits: 1)
            .last
        return ["count": .int(Int64(sysconf(Int32(_SC_NPROCESSORS_ONLN)))), "model": .string(model?.trimmed ?? "")]
    }

    /// proc(5), /proc/meminfo: kibibytes.
    private func memory() throws(HostFault) -> Datum {
        let line = try lines("/proc/meminfo").first { $0.hasPrefix("MemTotal:") }
        let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap { Int64($0) } ?? 0
        return ["total_bytes": .int(kibibytes * 1024)]
    }

    private var initSystem: String {
        var status = stat()
        let folder = root.isEmpty ? "/run/systemd/system" : "\(root)/usr/lib/systemd/system"
        return stat(folder, &status) == 0 ? "systemd" : "other"
    }
}

extension Substring {
    var trimmed: String {
        var rest = self
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}
