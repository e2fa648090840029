public import Model

/// What a step of a resource found, or a run left.
public struct Image: Sendable, Hashable {
    public enum Subject: Sendable, Hashable {
        case path(PathImage)
        /// What is more than files, as a declaration says it; nil: nothing was there.
        case resource(RecordedFields?)
        /// More than files, and no declaration says what: a command.
        case unsaid
    }

    /// The resource whose steps changed it.
    public var address: Address
    public var subject: Subject

    public init(address: Address, subject: Subject) {
        self.address = address
        self.subject = subject
    }
}

/// What was at a path at one moment.
public struct PathImage: Sendable, Hashable {
    public enum Body: Sendable, Hashable {
        /// There is none: nothing at the path, a directory, a device.
        case none
        case content([UInt8])
        case digest(Digest)
        /// A digest that is salted with the path, of a file with a secret.
        case sealed(Digest)
        case link(String)
        case withheld(Withheld)
    }

    /// Why a body was not kept.
    public enum Withheld: String, Sendable {
        /// The step leaves it as it is.
        case untouched
        case secret
        /// It has more bytes than are kept.
        case size
        /// The directory goes with everything below it.
        case tree
        /// A directory that a person fills: a home.
        case data
        case unreadable
    }

    public var path: AbsolutePath
    /// nil: nothing was there.
    public var status: FileStatus?
    public var body: Body

    public init(path: AbsolutePath, status: FileStatus?, body: Body) {
        self.path = path
        self.status = status
        self.body = body
    }
}

extension PathImage {
    /// The largest content that is kept, in bytes.
    private static let contentLimit = 1 << 20
    /// The largest content that is read once more for its digest, in bytes.
    private static let digestLimit = 256 << 20

    /// Reads what is at a path before a step changes it. What cannot be read is left out: the step will say why.
    ///
    /// - Parameter withheld: why the body is not to be kept; nil where it is.
    init(before step: FileStep, withheld: Withheld?, on host: some HostReading) {
        let status = try? host.status(of: step.path)
        self.init(path: step.path, status: status, body: .none)
        switch status?.kind {
        case .file?:
            body = withheld.map { .withheld($0) } ?? Self.content(of: path, status?.byteCount ?? 0, on: host)
        case .link?: body = (try? host.linkTarget(of: path)).map { .link($0) } ?? .withheld(.unreadable)
        case .directory?, nil: if let reason = step.withheldReason { body = .withheld(reason) }
        case .device?, .fifo?, .socket?: body = .withheld(.unreadable)
        }
    }

    private static func content(of path: AbsolutePath, _ byteCount: Int, on host: some HostReading) -> Body {
        if byteCount > contentLimit { return .withheld(.size) }
        return (try? host.contents(of: path, limit: contentLimit)).map { .content($0) } ?? .withheld(.unreadable)
    }

    /// What is kept of the bytes that a run leaves.
    enum Keeping: Int {
        /// The run left them as they were: a body is never read for its owner or mode.
        case nothing
        /// Of a file that others write too: their lines stay when it is brought back.
        case content
        case digest, seal
    }

    /// Reads what a run left at a path.
    ///
    /// - Parameter written: the digest of what was written there, where that is known.
    init(after path: AbsolutePath, keeping: Keeping, written: Digest? = nil, on host: some HostReading) {
        let status = try? host.status(of: path)
        self.init(path: path, status: status, body: .none)
        switch status?.kind {
        case .file?:
            if keeping == .nothing {
                body = .withheld(.untouched)
                return
            }
            guard status?.byteCount ?? 0 <= Self.digestLimit else {
                body = .withheld(.size)
                return
            }
            if keeping == .content { body = Self.content(of: path, status?.byteCount ?? 0, on: host) }
            if case .content = body { return }
            body = (written ?? (try? host.digest(of: path))).map { .digest($0) } ?? .withheld(.unreadable)
            if keeping == .seal { body = sealedBody }
        case .link?: body = (try? host.linkTarget(of: path)).map { .link($0) } ?? .withheld(.unreadable)
        case .directory?, .device?, .fifo?, .socket?, nil: break
        }
    }

    private var sealedBody: Body { body.digest.map { .sealed(Digest(of: "\(path) \($0.hexadecimal)")) } ?? body }

    /// Whether both say the same of what is at the path; false where one of them cannot tell.
    func isSame(as other: PathImage) -> Bool { hasSameAttributes(as: other) && hasSameBody(as: other) }

    func hasSameAttributes(as other: PathImage) -> Bool {
        guard let status, let otherStatus = other.status else { return status == nil && other.status == nil }
        guard status.kind == otherStatus.kind, status.owner == otherStatus.owner, status.group == otherStatus.group
        else { return false }
        return status.kind == .link || status.permissions == otherStatus.permissions
    }

    private func hasSameBody(as other: PathImage) -> Bool {
        switch (body, other.body) {
        case (.none, .none), (.withheld(.untouched), _), (_, .withheld(.untouched)): true
        case (.link(let target), .link(let other)): target == other
        case (.sealed(let digest), _): other.sealedBody == .sealed(digest)
        case (_, .sealed(let digest)): sealedBody == .sealed(digest)
        default: body.digest.map { $0 == other.body.digest } ?? false
        }
    }
}

extension PathImage.Body {
    var digest: Digest? {
        switch self {
        case .content(let bytes): Digest(of: bytes)
        case .digest(let digest): digest
        case .none, .sealed, .link, .withheld: nil
        }
    }
}

extension FileStep {
    /// Why what was at the path can never be brought back whole.
    fileprivate var withheldReason: PathImage.Withheld? {
        switch self {
        case .remove(let removal): removal.isRecursive ? .tree : nil
        case .makeDirectory(let creation): creation.skeleton == nil ? nil : .data
        case .write, .edit, .makeLink, .setAttributes, .setKernelValue, .makeKey: nil
        }
    }
}
