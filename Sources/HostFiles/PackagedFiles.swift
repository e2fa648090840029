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
        let limit = 256 << 20
        let status = Self.folder.appending("status")
        guard try host.status(of: status) != nil else { return }
        readDigests(String(decoding: try host.contents(of: status, limit: limit), as: UTF8.self))
        let lists = Self.folder.appending("info")
        for name in try host.entries(of: lists) ?? [] where name.hasSuffix(".list") {
            let text = String(decoding: try host.contents(of: lists.appending(name), limit: limit), as: UTF8.self)
            for line in text.textLines() where line.hasPrefix("/etc/") { others.insert(String(line)) }
        }
        let registry = AbsolutePath.root.appending("var/lib/ucf/hashfile")
        guard try host.status(of: registry)?.kind == .file else { return }
        for line in String(decoding: try host.contents(of: registry, limit: limit), as: UTF8.self).textLines() {
            let words = line.split(separator: " ")
            if words.count == 2 { digests[String(words[1])] = String(words[0]) }
        }
    }

    private mutating func readDigests(_ text: String) {
        var isInside = false
        for line in text.textLines() {
            if line.hasPrefix("Conffiles:") {
                isInside = true
            } else if line.first != " " {
                isInside = false
            } else if isInside {
                let words = line.split(separator: " ")
                if words.count >= 2, !words.contains("obsolete") { digests[String(words[0])] = String(words[1]) }
            }
        }
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
