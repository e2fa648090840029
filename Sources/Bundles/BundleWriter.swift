import SystemFiles
public import Model
import SignedFiles

/// Writes a site as a bundle: the same bytes for the same commit.
public struct BundleWriter {
    public let list: BundleList
    private let site: any SiteReader

    /// Looks at each file of a site.
    ///
    /// - Parameters:
    ///   - name: what the site calls itself.
    ///   - commit: its 40 digits.
    ///   - created: the committer's date, in seconds since 1970.
    ///   - lifetime: for how many seconds from then on it counts; nil for ever.
    /// - Throws: for a site that does not fit into a bundle.
    public init(
        _ site: any SiteReader, named name: String, commit: String, subject: String, created: Int64, lifetime: Int64?
    ) throws(SourceFault) {
        self.site = site
        guard (0..<StrictObject.endOfTime).contains(created) else {
            throw SourceFault(.refused, "expected a commit of the years 1970 to 2242, found its date at \(created) s")
        }
        let files = try SourceFault.catching {
            try site.paths(below: "").sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { path in
                var byteCount = 0
                let digest = try Digest { (hash) throws(HostFault) in
                    try site.read(path) { (piece) throws(HostFault) in
                        byteCount += piece.count
                        try hash(piece)
                    }
                }
                return BundleList.File(
                    path: path, isExecutable: site.isExecutable(path), byteCount: byteCount, sha256: digest)
            }
        }
        try BundleLimits.check(files)
        let line = subject.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        list = BundleList(
            site: name, commit: commit, subject: line.cut(toBytes: BundleLimits.textSize), created: created,
            expires: lifetime.map { created + $0 },
            files: files)
        // What is written can be read.
        _ = try BundleList(parsing: list.bytes)
    }

    /// Hands over the bundle, some bytes at a time.
    ///
    /// - Parameter signature: the lines of `ssh-keygen -Y sign` over the list; nil for a bundle that nobody has signed.
    public func write(signature: [UInt8]?, to sink: ByteStream.Sink) throws(HostFault) {
        let list = self.list.bytes
        try put(header(BundleList.name, 0o644, list.count) + list, sink)
        try put(TarHeader.zeros(after: list.count), sink)
        if let signature {
            try put(header(BundleList.signatureName, 0o644, signature.count) + signature, sink)
            try put(TarHeader.zeros(after: signature.count), sink)
        }
        for file in self.list.files {
            try put(header(file.path, file.mode, file.byteCount), sink)
            // As many bytes as were looked at, and the same.
            let stream = ByteStream(file.path, byteCount: file.byteCount, sha256: file.sha256.bytes, of: site)
            let digest = try Digest { (hash) throws(HostFault) in
                try stream.read { (piece) throws(HostFault) in
                    try hash(piece)
                    try sink(piece)
                }
            }
            guard digest == file.sha256 else { throw stream.change }
            try put(TarHeader.zeros(after: file.byteCount), sink)
        }
        try put(TarHeader.end, sink)
    }

    private func header(_ name: String, _ mode: Int, _ byteCount: Int) throws(HostFault) -> [UInt8] {
        guard
            let block = TarHeader.block(
                ofFile: Array(name.utf8), mode: mode, byteCount: byteCount, time: Int(list.created))
        else { throw HostFault("write", name, "a bundle has no header for it") }
        return block
    }

    private func put(_ bytes: [UInt8], _ sink: ByteStream.Sink) throws(HostFault) {
        try FileContent.whole(Content(bytes)).read(sink)
    }
}
