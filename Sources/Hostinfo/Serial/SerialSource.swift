/// Where a serial may come from, in the order of sn-spec/1 §1.
public enum SerialSource: String, Sendable, CaseIterable {
    case override = "S0"
    case system = "S1"
    case vendorUUID = "S2"
    case chassis = "S3"
    case board = "S4"
    case platform = "S5"
    case virtualUUID = "S6"
    case uuid = "S7"
    case card = "S8"

    /// The order on a machine: a virtual one is known by its UUID before the parts that it pretends to have.
    public static func order(isVirtual: Bool) -> [SerialSource] {
        isVirtual
            ? [.override, .system, .vendorUUID, .virtualUUID, .chassis, .board, .platform, .card]
            : [.override, .system, .vendorUUID, .chassis, .board, .platform, .uuid, .card]
    }

    /// How strong a source is, whatever the machine: 0 the strongest.
    var rank: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }
}

/// The object that a serial belongs to.
public enum SerialKind: String, Sendable {
    case override, system, derived, chassis, board, soc, lpar, vm, uuid, mac
}

/// How far a serial can be trusted.
public enum SerialConfidence: String, Sendable {
    /// The maker or the operator gave it to this machine.
    case authoritative
    /// A rule makes the serial stand for the machine.
    case derived
    /// The serial may change when a part is replaced.
    case provisional
    case none
}

/// One value that a source had, and what became of it.
public struct SerialCandidate: Sendable, Hashable {
    public enum Verdict: Sendable, Hashable {
        case valid
        /// A rule V1 to V9, or a word such as `encoding` or `shared-chassis`, and the reason in words.
        case rejected(rule: String, reason: String)
        /// The source has no value; the reason in words.
        case absent(String)
    }

    public var source: SerialSource
    public var kind: SerialKind
    /// The place of the value, such as `SMBIOS type 1`.
    public var origin: String
    /// The value as it was read.
    public var raw: [UInt8]
    /// The value as it would be reported; nil if it cannot be decoded.
    public var value: String?
    public var verdict: Verdict
    public var confidence: SerialConfidence

    public init(
        _ source: SerialSource, _ kind: SerialKind, origin: String, raw: [UInt8] = [], value: String? = nil,
        verdict: Verdict = .valid, confidence: SerialConfidence = .derived
    ) {
        self.source = source
        self.kind = kind
        self.origin = origin
        self.raw = raw
        self.value = value
        self.verdict = verdict
        self.confidence = confidence
    }

    public var isValid: Bool { verdict == .valid && value != nil }
}
