import Model
import Scheduling
import SystemCalls

/// The host that foreign schedules come from: its root, and where things lie below it.
struct HostOfSchedules {
    /// Without a slash at its end; empty for the running one.
    let root: String

    init(root: String) {
        let path = LocalFiles.absolute(root)
        self.root = path == "/" ? "" : path
    }

    /// Where a file lies below the root, without following links; nil elsewhere.
    func place(of path: String) -> String? {
        let path = Self.canonical(path)
        guard !root.isEmpty else { return path }
        return path.hasPrefix("\(root)/") ? String(path.dropFirst(root.count)) : nil
    }

    /// The file that is meant: below the root where it is there, else as it is named.
    func found(_ path: String) -> String {
        guard !root.isEmpty, path.hasPrefix("/"), place(of: path) == nil else { return path }
        return LocalStatus(of: root + path, followsLinks: false) != nil ? root + path : path
    }

    /// From the root of the file system, without `.` and `..`; links stay.
    private static func canonical(_ path: String) -> String {
        var parts: [Substring] = []
        let whole = path.hasPrefix("/") ? path : "\(LocalFiles.absolute("."))/\(path)"
        for part in whole.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// The time zone that its cron runs in: what its service is started with, else what /etc/localtime links to, `local`
    /// where the name is not known, UTC without that link (localtime(5)).
    var zone: String {
        for file in ["/etc/default/cron", "/etc/sysconfig/crond"] {
            if let name = serviceZone(in: root + file) { return name }
        }
        let path = "\(root)/etc/localtime"
        guard LocalStatus(of: path, followsLinks: false) != nil else { return "UTC" }
        for target in [LocalFiles.linkTarget(path), root.isEmpty ? LocalFiles.absolute(path) : nil] {
            if let name = target.flatMap(Self.zoneName) { return name }
        }
        // A copy: what Debian wrote beside it, where that is the same.
        if let bytes = try? LocalFiles.contents(of: path, limit: 1 << 20),
            let text = try? LocalFiles.contents(of: "\(root)/etc/timezone", limit: 4096),
            let name = String(decoding: text, as: UTF8.self).textLines().first.map(String.init),
            let named = try? LocalFiles.contents(of: "\(root)/usr/share/zoneinfo/\(name)", limit: 1 << 20),
            named == bytes
        {
            return name
        }
        return "local"
    }

    /// `TZ=` in the environment of the service.
    private func serviceZone(in path: String) -> String? {
        guard let bytes = try? LocalFiles.contents(of: path, limit: 1 << 20) else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).textLines().map { line in
            line.drop { $0 == " " || $0 == "\t" }
        }
        let set = lines.last { $0.hasPrefix("TZ=") || $0.hasPrefix("export TZ=") }
        guard let value = set?.split(separator: "=", maxSplits: 1).last?.filter({ !"\"'".contains($0) }) else {
            return nil
        }
        let name = value.hasPrefix(":") ? String(value.dropFirst()) : value
        return LocalFiles.exists("/usr/share/zoneinfo/\(name)") && !name.isEmpty && !name.hasPrefix("/") ? name : nil
    }

    private static func zoneName(_ target: String) -> String? {
        guard let folder = target.firstRange(of: "zoneinfo/") else { return nil }
        var name = target[folder.upperBound...]
        for variant in ["posix/", "right/"] where name.hasPrefix(variant) { name = name.dropFirst(variant.count) }
        if ["Etc/UTC", "UTC", "Etc/UCT", "Universal", "Zulu"].contains(name) { return "UTC" }
        return name.isEmpty ? nil : String(name)
    }

    /// The accounts of the root's passwd file by their names; nil where the root has no such file.
    var accounts: [String: UInt32]? {
        guard let bytes = try? LocalFiles.contents(of: "\(root)/etc/passwd", limit: 16 << 20) else { return nil }
        var accounts: [String: UInt32] = [:]
        for line in String(decoding: bytes, as: UTF8.self).textLines() {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            if fields.count > 2, let number = UInt32(fields[2]) { accounts[String(fields[0])] = number }
        }
        return accounts
    }

    var cron: CronFileRules {
        let hasCrond = LocalFiles.exists("\(root)/usr/sbin/crond"), hasCron = LocalFiles.exists("\(root)/usr/sbin/cron")
        return CronFileRules(hasCrond && !hasCron ? .cronie : .debian)
    }
}
