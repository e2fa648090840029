public import Model
import SignedFiles
import Values

/// What a bundle says of itself in its first entry: which commit it is, and each of its files.
public struct BundleList: Sendable, Hashable {
    public struct File: Sendable, Hashable {
        /// From the top of the site.
        public var path: String
        public var isExecutable: Bool
        public var byteCount: Int
        public var sha256: Digest

        public init(path: String, isExecutable: Bool, byteCount: Int, sha256: Digest) {
            (self.path, self.isExecutable, self.byteCount, self.sha256) = (path, isExecutable, byteCount, sha256)
        }
    }

    /// What the site calls itself.
    public var site: String
    /// 40 digits.
    public var commit: String
    /// The first line of its message, for people.
    public var subject: String
    /// The committer's date, in seconds since 1970.
    public var created: Int64
    /// From then on it counts no more; nil: never.
    public var expires: Int64?
    /// In the order of the bytes of their paths.
    public var files: [File]

    public init(
        site: String, commit: String, subject: String, created: Int64, expires: Int64? = nil, files: [File]
    ) {
        (self.site, self.commit, self.subject) = (site, commit, subject)
        (self.created, self.expires, self.files) = (created, expires, files)
    }

    /// Why it does not count at some time, in words; nil where it does.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - latest: when it was made at the latest, in seconds since 1970; nil where no clock says so.
    public func objection(now: Int64, latest: Int64?) -> String? { lifetime.objection(now: now, latest: latest) }

    private var lifetime: Lifetime { Lifetime(created: created, expires: expires) }

    public static let format = 1
    /// The names of the first entries of a bundle.
    public static let name = "BUNDLE", signatureName = "BUNDLE.sig"

    /// The bytes of the first entry.
    public var bytes: [UInt8] {
        var members: [Datum.Member] = [
            .init("format", .int(Int64(Self.format))), .init("site", .string(site)), .init("commit", .string(commit)),
            .init("subject", .string(subject)),
        ]
        members += lifetime.members
        members.append(.init("files", .list(files.map(\.datum))))
        return Array("\(Datum.map(members).json)\n".utf8)
    }
}

extension BundleList.File {
    /// As the modes of git.
    static let plain = "100644", executable = "100755"

    /// The permissions in the headers of tar.
    var mode: Int { isExecutable ? 0o755 : 0o644 }

    fileprivate var datum: Datum {
        [
            "path": .string(path), "mode": .string(isExecutable ? Self.executable : Self.plain),
            "bytes": .int(Int64(byteCount)), "sha256": .string(sha256.hexadecimal),
        ]
    }
}
