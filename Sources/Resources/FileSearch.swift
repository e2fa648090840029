import SystemFiles
import Model

/// Walks a folder for the files that people wrote.
struct FileSearch {
    struct Found {
        var path: AbsolutePath
        var status: FileStatus
        var bytes: [UInt8]
    }

    private static let byteLimit = 256 << 10
    private let packaged: PackagedFiles
    /// What other types say line by line.
    private let said: Set<AbsolutePath>
    private(set) var found: [Found] = []
    /// What lies in folders that keep others out.
    private(set) var hidden: [AbsolutePath] = []
    /// What is too large for a site.
    private(set) var large: [AbsolutePath] = []
    private(set) var links: [AbsolutePath] = []
    /// Where the search ended, if it was too much.
    private(set) var unsearched: AbsolutePath?

    init(reading host: some HostReading) throws {
        packaged = try PackagedFiles(reading: host)
        said = try FilesOfLines.said(on: host)
        for folder in ["etc", "var/spool/cron/crontabs", "usr/local/bin", "usr/local/sbin"] {
            try search(.root.appending(folder), on: host)
        }
    }

    private mutating func search(
        _ folder: AbsolutePath, on host: some HostReading, depth: Int = 0, isHidden: Bool = false
    )
        throws
    {
        guard depth < 16, found.count + hidden.count + links.count < 10_000 else {
            unsearched = unsearched ?? folder
            return
        }
        for name in try host.entries(of: folder) ?? [] {
            let path = folder.appending(name)
            guard !Self.isMade(path), !said.contains(path), let status = try host.status(of: path) else { continue }
            switch status.kind {
            case .directory:
                let isClosed = isHidden || status.permissions.bits & 0o001 == 0
                try search(path, on: host, depth: depth + 1, isHidden: isClosed)
            case .file where (1...Self.byteLimit).contains(status.byteCount):
                let bytes = try host.contents(of: path, limit: Self.byteLimit)
                if packaged.areUnchanged(path, bytes, on: host) { continue }
                if isHidden {
                    hidden.append(path)
                } else {
                    found.append(Found(path: path, status: status, bytes: bytes))
                }
            case .file where status.byteCount > 0:
                if !packaged.hold(path) { large.append(path) }
            case .link:
                if !packaged.hold(path), !isHidden { links.append(path) }
            case .file, .device, .fifo, .socket: break
            }
        }
    }

    /// Whether programs make the file, or another type speaks of it.
    private static func isMade(_ path: AbsolutePath) -> Bool {
        let name = path.name
        if name.hasSuffix("~") || name.hasSuffix(".dpkg-old") || name.hasSuffix(".dpkg-dist") { return true }
        return made.contains { $0.matches(String(path.text.dropFirst())) }
    }

    private static let made = [
        "etc/passwd*", "etc/group*", "etc/shadow*", "etc/gshadow*", "etc/subuid*", "etc/subgid*", "etc/.pwd.lock",
        "etc/machine-id", "etc/ld.so.cache", "etc/mtab", "etc/adjtime", "etc/mailcap", "etc/resolv.conf",
        "etc/ssh/ssh_host_*", "etc/ssl/certs/**", "etc/ssl/private/**", "etc/ca-certificates.conf",
        "etc/alternatives/**",
        "etc/rc?.d/**", "etc/.updated", "etc/.git/**", "etc/dpkg/origins/default", "etc/.etckeeper", "etc/lodestar/**",
        "etc/hostname", "etc/hosts", "etc/fstab", "etc/timezone",
        "etc/localtime", "etc/sudoers", "etc/sudoers.d/**", "etc/locale.gen", "etc/default/locale", "etc/locale.conf",
        "etc/apt/sources.list",
        "etc/apt/sources.list.d/**", "etc/apt/trusted.gpg*", "etc/apt/trusted.gpg.d/**", "etc/apt/keyrings/**",
        "etc/udev/hwdb.bin", "etc/modules", "etc/network/run/**", "etc/cups/**",
        "etc/issue*", "etc/shells", "etc/environment", "etc/pam.d/common-*",
        "etc/console-setup/cached*", "etc/vconsole.conf", "etc/dhcp/**", "etc/initramfs-tools/conf.d/resume",
        "etc/kernel-img.conf", "etc/papersize", "etc/popularity-contest.conf", "etc/X11/**", "etc/xml/**",
        "etc/sgml/**",
        "etc/java*/**", "etc/.java/**", "etc/debian_version", "etc/os-release",
    ].map { Glob($0) }
}
