import Values

extension FactCollector {
    /// os-release(5), with the release of the kernel.
    var operatingSystem: Datum {
        var values: [String: String] = [:]
        for path in ["etc/os-release", "usr/lib/os-release"] where values.isEmpty {
            if case .bytes(let bytes) = tree.read(path) { values = ShellAssignments(bytes).values }
        }
        let id = values["ID"] ?? "linux"
        let families = [id] + (values["ID_LIKE"] ?? "").split(separator: " ").map(String.init)
        let known = [
            ("debian", "debian"), ("rhel", "redhat"), ("fedora", "redhat"), ("suse", "suse"), ("arch", "arch"),
        ]
        let family = known.first { families.contains($0.0) }?.1 ?? id
        return [
            "id": .string(id), "family": .string(family), "version": .string(values["VERSION_ID"] ?? ""),
            "codename": .string(values["VERSION_CODENAME"] ?? ""), "name": .string(values["PRETTY_NAME"] ?? id),
            "kernel": .string(tree.text("proc/sys/kernel/osrelease") ?? ""),
        ]
    }

    var kernel: Datum {
        func text(_ name: String) -> Datum { .string(tree.text("proc/sys/kernel/\(name)") ?? "") }
        return ["release": text("osrelease"), "version": text("version"), "arch": text("arch")]
    }

    var initSystem: String {
        if tree.has(tree.isRunning ? "run/systemd/system" : "usr/lib/systemd/system") { return "systemd" }
        return tree.has(tree.isRunning ? "run/openrc" : "sbin/openrc") ? "openrc" : "other"
    }

    var packageManager: String? {
        let managers = [
            ("usr/bin/apt-get", "apt"), ("usr/bin/dnf", "dnf"), ("usr/bin/yum", "yum"), ("usr/bin/zypper", "zypper"),
            ("usr/bin/pacman", "pacman"), ("sbin/apk", "apk"),
        ]
        return managers.first { tree.has($0.0) }?.1
    }

    /// Where `/etc/localtime` points below zoneinfo, else what `/etc/timezone` says; UTC without both (localtime(5)).
    var timeZone: String {
        if let target = tree.linkTarget("etc/localtime"), let folder = target.firstRange(of: "zoneinfo/") {
            return String(target[folder.upperBound...])
        }
        let text = tree.text("etc/timezone") ?? ""
        return text.isEmpty ? "UTC" : text
    }

    /// proc(5): `btime` of /proc/stat in seconds since 1970.
    var boot: Datum {
        let line = tree.lines("proc/stat").first { $0.hasPrefix("btime ") }
        let seconds = line.flatMap { Int64($0.dropFirst(6)) }
        return [
            "id": Datum(tree.text("proc/sys/kernel/random/boot_id")),
            "time": Datum(seconds.map { Timestamp.text(seconds: $0) }),
            "command_line": .string(tree.text("proc/cmdline") ?? ""),
        ]
    }
}
