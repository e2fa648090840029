/// The bytes of a file, a password hash or a line, which may have come through `secret()`.
///
/// A content has no description and is not `Codable`, so that a secret cannot be printed or stored by accident.
public struct Content: Sendable, Hashable {
    public let bytes: [UInt8]
    /// Whether the bytes must never be shown or stored in clear text.
    public let isSecret: Bool
    /// Whether the bytes are only the `withheldDigest` of what was recorded: the ledger keeps no secret and no body.
    public let isWithheld: Bool

    public init(_ bytes: [UInt8], isSecret: Bool = false, isWithheld: Bool = false) {
        self.bytes = bytes
        self.isSecret = isSecret
        self.isWithheld = isWithheld
    }

    public init(_ text: String, isSecret: Bool = false) {
        self.init(Array(text.utf8), isSecret: isSecret)
    }

    /// Two contents are equal when their bytes are; where they came from does not matter.
    public static func == (left: Content, right: Content) -> Bool {
        left.bytes == right.bytes && left.isWithheld == right.isWithheld
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

    public var digest: Digest { Digest(of: bytes) }

    /// Whether a person can read it as text: valid UTF-8 without NUL.
    public var isText: Bool { !bytes.contains(0) && String(validating: bytes, as: UTF8.self) != nil }
}
