import Values

/// Whether a commit or a tag is to be trusted, and why, step by step.
public struct Verdict: Sendable, Hashable {
    public enum Refusal: String, Sendable, Hashable {
        /// The object is not as git writes it.
        case form
        case unsigned
        /// The signature is none that is taken, or of something else.
        case signature
        case unknownKey
        /// The key is not allowed now, or was not then.
        case validity
        case revoked
        /// The tag is another one than it was taken for.
        case mismatch
    }

    /// `commit` or `tag`.
    public let object: String
    /// What was found, in order.
    public private(set) var steps: [String] = []
    /// nil where it is trusted.
    public private(set) var refusal: Refusal?
    /// Why it is not trusted, in words; nil where it is.
    public private(set) var reason: String?
    /// Whose key it is, as the allowed signers have it, else the fingerprint.
    public private(set) var signer: String?
    public internal(set) var fingerprint: Fingerprint?

    init(of object: String) { self.object = object }

    public var isTrusted: Bool { refusal == nil && signer != nil }

    mutating func note(_ step: String) { steps.append(step) }

    mutating func accept(_ signer: String) { self.signer = signer }

    mutating func refuse(_ refusal: Refusal, _ reason: String) {
        (self.refusal, self.reason) = (refusal, reason)
    }
}

/// A time in UTC for people.
struct Moment: CustomStringConvertible {
    let seconds: Int64

    init(_ seconds: Int64) { self.seconds = seconds }

    var description: String {
        // A committer may say anything.
        guard (0..<253_402_300_800).contains(seconds) else { return "\(seconds) s" }
        let (date, second) = CivilDate.clock(at: seconds)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(date) \(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))Z"
    }
}
