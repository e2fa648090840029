import HostFiles
public import Model

extension File: Importable {
    /// The files of /etc that no package brought as they are, the tables of cron, and the scripts of the administrator.
    public static func addImports(from host: some HostReading, to findings: inout Findings<File>) throws {
        var search = FileSearch(packaged: try PackagedFiles(reading: host))
        try search.search(.root.appending("etc"), on: host)
        try search.search(.root.appending("var/spool/cron/crontabs"), on: host)
        for folder in ["usr/local/bin", "usr/local/sbin"] { try search.search(.root.appending(folder), on: host) }
        let accounts = try AccountDatabase(reading: host)
        for found in search.found { add(found, accounts, to: &findings) }
        for path in search.hidden { findings.omit("\(path): not everybody may read it, so it may hold a secret") }
    }

    private static func add(
        _ found: FileSearch.Found, _ accounts: AccountDatabase, to findings: inout Findings<File>
    ) {
        let (path, status) = (found.path, found.status)
        let isTable = path.isBelowOrEqual(to: .root.appending("var/spool/cron"))
        guard isTable || status.permissions.bits & 0o004 != 0 else {
            return findings.omit("\(path): not everybody may read it, so it may hold a secret")
        }
        let content = Content(found.bytes)
        guard content.isText else { return findings.omit("\(path): it is no text") }
        var file = File()
        file.path = path
        file.content = .whole(content)
        if status.owner != 0 {
            file.owner = accounts.user(number: status.owner).map { .name($0.name) } ?? .number(status.owner)
        }
        if status.group != 0 {
            file.group = accounts.group(number: status.group).map { .name($0.name) } ?? .number(status.group)
        }
        if status.permissions.bits != 0o644 { file.mode = FileMode(status.permissions) }
        findings.add(file)
    }
}

/// Walks a folder for the files that people wrote.
private struct FileSearch {
    struct Found {
        var path: AbsolutePath
        var status: FileStatus
        var bytes: [UInt8]
    }

    private static let byteLimit = 256 << 10
    let packaged: PackagedFiles
    private(set) var found: [Found] = []
    /// What lies in folders that keep others out.
    private(set) var hidden: [AbsolutePath] = []

    init(packaged: PackagedFiles) {
        self.packaged = packaged
    }

    mutating func search(_ folder: AbsolutePath, on host: some HostReading, depth: Int = 0, isHidden: Bool = false)
        throws
    {
        guard depth < 16, found.count + hidden.count < 10_000 else { return }
        for name in try host.entries(of: folder) ?? [] {
            let path = folder.appending(name)
            guard !Self.isMade(path), let status = try host.status(of: path) else { continue }
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
            case .file, .link, .device, .fifo, .socket: break
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
        "etc/rc?.d/**", "etc/.updated", "etc/lodestar/**", "etc/hostname", "etc/hosts", "etc/fstab", "etc/timezone",
        "etc/localtime", "etc/locale.gen", "etc/default/locale", "etc/locale.conf", "etc/apt/sources.list",
        "etc/apt/sources.list.d/**", "etc/apt/trusted.gpg*", "etc/apt/trusted.gpg.d/**", "etc/apt/keyrings/**",
        "etc/udev/hwdb.bin", "etc/modules", "etc/network/run/**", "etc/cups/**",
        "etc/issue*", "etc/shells", "etc/environment", "etc/pam.d/common-*",
        "etc/console-setup/cached*", "etc/vconsole.conf", "etc/dhcp/**", "etc/initramfs-tools/conf.d/resume",
        "etc/kernel-img.conf", "etc/papersize", "etc/popularity-contest.conf", "etc/X11/**", "etc/xml/**",
        "etc/sgml/**",
        "etc/java*/**", "etc/.java/**", "etc/debian_version", "etc/os-release",
    ].map { Glob($0) }
}
