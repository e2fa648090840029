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
            "time": Datum(seconds.map { InstantText.text(of: $0) }),
            "command_line": .string(tree.text("proc/cmdline") ?? ""),
        ]
    }

    /// The public keys that sshd(8) shows, with their fingerprints as ssh-keygen(1) prints them.
    var hostKeys: Datum {
        let names = (tree.names(in: "etc/ssh") ?? []).filter { $0.hasPrefix("ssh_host_") && $0.hasSuffix("_key.pub") }
        return .list(
            names.compactMap { name -> Datum? in
                let words = tree.lines("etc/ssh/\(name)").first?.split(separator: " ") ?? []
                guard words.count >= 2, let blob = BaseText.bytes(of: String(words[1])) else { return nil }
                let fingerprint = digest.map { "SHA256:\(BaseText.text(of: $0(blob)))" }
                return [
                    "type": .string(String(words[0])), "fingerprint": Datum(fingerprint),
                    "file": .string("/etc/ssh/\(name)"),
                ]
            })
    }
}

/// Instants as text.
enum InstantText {
    /// RFC 3339 in UTC.
    static func text(of seconds: Int64) -> String {
        func two(_ number: Int64) -> String { (number < 10 ? "0" : "") + String(number) }
        let day = seconds >= 0 ? seconds / 86400 : 0, rest = max(0, seconds) % 86400
        return "\(CivilDate(daysSinceEpoch: Int(day)))T\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))Z"
    }
}

/// Base64 (RFC 4648 §4) as keys and fingerprints use it: read with padding, written without.
enum BaseText {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func bytes(of text: String) -> [UInt8]? {
        var bytes: [UInt8] = [], bits: UInt32 = 0, count = 0
        for digit in text.utf8 where digit != UInt8(ascii: "=") {
            guard let value = digits.firstIndex(of: digit) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
                bits &= (1 << UInt32(count)) - 1
            }
        }
        return bytes
    }

    static func text(of bytes: [UInt8]) -> String {
        var text: [UInt8] = [], bits: UInt32 = 0, count: UInt32 = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(digits[Int(bits >> count & 63)])
            }
            bits &= (1 << count) - 1
        }
        if count > 0 { text.append(digits[Int(bits << (6 - count) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }
}
