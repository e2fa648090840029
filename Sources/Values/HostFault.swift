/// Why the host did not do what was asked: operation, object and reason.
public struct HostFault: Error, Sendable, Hashable, CustomStringConvertible {
    public var operation: String
    public var object: String
    /// Such as `EROFS (read-only file system)`, or what was refused and why.
    public var reason: String
    public var kind: Kind

    /// What a caller may act on.
    public enum Kind: Sendable, Hashable {
        case other
        /// What the operation needs is not there, and may come with something else.
        case missing
        /// A source does not have it any more: newer lists may know where it is.
        case gone
        /// Where nothing may be written, the kernel lets nobody ask.
        case isolation
        /// What was tried does not answer as it must.
        case disproof
    }

    public init(_ operation: String, _ object: String, _ reason: String, kind: Kind = .other) {
        self.operation = operation
        self.object = object
        self.reason = reason
        self.kind = kind
    }

    /// Nothing is there: the fault of ENOENT (errno(3)).
    public static func absent(_ operation: String, _ object: String, kind: Kind = .other) -> HostFault {
        HostFault(operation, object, "ENOENT (no such file or directory)", kind: kind)
    }

    /// The name of the error of a system call (errno(3)), with which a reason begins that `ErrorNumber` has made; nil for another reason.
    public var errorName: String? {
        let name = reason.utf8.prefix { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) }
        let rest = reason.utf8.dropFirst(name.count)
        guard name.first == UInt8(ascii: "E"), name.count > 2, rest.isEmpty || rest.starts(with: " (".utf8) else {
            return nil
        }
        return String(decoding: name, as: UTF8.self)
    }

    public var text: String { "cannot \(operation) \(object): \(reason)" }
    /// The text again, so that an untyped error prints in words instead of Swift's notation.
    public var description: String { text }
}
