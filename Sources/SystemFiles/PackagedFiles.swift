public import Model

/// Which files of /etc come from packages, and as what.
public struct PackagedFiles {
    /// The MD5 of each configuration file as its package brought it (deb-conffiles(5)).
    private var digests: [String: String] = [:]
    /// Other files of packages.
    private var others: Set<String> = []

    private static let folder = AbsolutePath.root.appending("var/lib/dpkg")

    /// - Throws: what cannot be read.
    public init(reading host: some HostReading) throws(HostFault) {
        guard let status = try host.document(ConfigurationDigests.self, at: Self.folder.appending("status")) else {
            return
        }
        digests = status.digests
        let lists = Self.folder.appending("info")
        for name in try host.entries(of: lists) ?? [] where name.hasSuffix(".list") {
            others.formUnion(try host.document(PackageFileList.self, at: lists.appending(name))?.paths ?? [])
        }
        let registry = AbsolutePath.root.appending("var/lib/ucf/hashfile")
        guard try host.status(of: registry)?.kind == .file else { return }
        digests.merge(try host.document(UCFDigests.self, at: registry)?.digests ?? [:]) { $1 }
    }

    /// Whether a file is as its package brought it.
    public func areUnchanged(_ path: AbsolutePath, _ bytes: [UInt8], on host: some HostReading) -> Bool {
        if let digest = digests[path.text] { return digest == PackageDigest.text(of: bytes) }
        if others.contains(path.text) { return true }
        // What scripts of packages copy once (base-files, libpam-runtime).
        return ["base-files", "libc-bin", "pam"].contains { folder in
            let source = AbsolutePath.root.appending("usr/share/\(folder)/\(path.name)")
            return (try? host.contents(of: source, limit: bytes.count)) == bytes
        }
    }

    public func hold(_ path: AbsolutePath) -> Bool { digests[path.text] != nil || others.contains(path.text) }
}

/// The digests of configuration files that dpkg's status file has.
private struct ConfigurationDigests: HostDocument {
    let bytes: [UInt8]
    let digests: [String: String]

    init(parsing bytes: [UInt8]) {
        self.bytes = bytes
        var digests: [String: String] = [:], isInside = false
        for line in String(decoding: bytes, as: UTF8.self).textLines() {
            if line.hasPrefix("Conffiles:") {
                isInside = true
            } else if line.first != " " {
                isInside = false
            } else if isInside {
                let words = line.split(separator: " ")
                if words.count >= 2, !words.contains("obsolete") { digests[String(words[0])] = String(words[1]) }
            }
        }
        self.digests = digests
    }
}

/// What a package brought below /etc, by its list of files.
private struct PackageFileList: HostDocument {
    let bytes: [UInt8]
    let paths: [String]

    init(parsing bytes: [UInt8]) {
        self.bytes = bytes
        paths = String(decoding: bytes, as: UTF8.self).textLines().filter { $0.hasPrefix("/etc/") }.map { String($0) }
    }
}

/// The digests of configuration files that ucf(1) wrote.
private struct UCFDigests: HostDocument {
    let bytes: [UInt8]
    let digests: [String: String]

    init(parsing bytes: [UInt8]) {
        self.bytes = bytes
        var digests: [String: String] = [:]
        for line in String(decoding: bytes, as: UTF8.self).textLines() {
            let words = line.split(separator: " ")
            if words.count == 2 { digests[String(words[1])] = String(words[0]) }
        }
        self.digests = digests
    }
}
