public import Values

/// Where a site is read from: a directory, a git commit, a bundle, a map in memory.
public protocol SiteReader: Sendable {
    /// The regular files below a folder of the site, as sorted paths from its root; hidden ones left out.
    func paths(below folder: String) throws(SiteFault) -> [String]
    /// The bytes of a file; nil when there is none.
    func contents(of path: String) throws(SiteFault) -> [UInt8]?
    /// The size of a file in bytes; nil when there is none.
    func byteCount(of path: String) throws(SiteFault) -> Int?
    /// Hands over the bytes of a file, some at a time.
    func read(_ path: String, _ sink: ByteStream.Sink) throws(HostFault)
    /// Some bytes of a file; nil where the reader cannot begin in the middle of one, or the file is shorter.
    func part(of path: String, _ range: Range<Int>) throws(SiteFault) -> [UInt8]?
    /// What is there and is no plain file, such as a link, by its path, with its kind in words: it is no part of the site.
    func leftOut() throws(SiteFault) -> [(path: String, kind: String)]
    /// Whether the file's owner may execute it.
    func isExecutable(_ path: String) -> Bool
    /// What the site is called in plans: a commit with its subject, or where the files came from.
    var revision: String { get }
}

extension SiteReader {
    public func part(of path: String, _ range: Range<Int>) -> [UInt8]? { nil }
    public func leftOut() -> [(path: String, kind: String)] { [] }
}

extension ByteStream {
    /// A file of a site.
    public init(_ path: String, byteCount: Int, sha256: [UInt8], of site: any SiteReader) {
        self.init(path, byteCount: byteCount, sha256: sha256) { (sink) throws(HostFault) in try site.read(path, sink) }
    }
}

/// A site or one of its files cannot be read.
public struct SiteFault: Error, Sendable, Hashable {
    public var path: String
    public var reason: String

    public init(_ path: String, _ reason: String) {
        self.path = path
        self.reason = reason
    }
}

/// Decrypts the site's secrets.
public protocol SecretReader: Sendable {
    /// The text of a secret file in age format.
    ///
    /// - Returns: nil without an identity: the value is not known here.
    func plaintext(of file: [UInt8], named name: String) throws(SecretFault) -> [UInt8]?
}

/// A secret cannot be decrypted; the reason never quotes it.
public struct SecretFault: Error, Sendable, Hashable {
    public var reason: String

    public init(_ reason: String) {
        self.reason = reason
    }
}
