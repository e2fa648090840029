public import Model
public import Signatures
import SignedFiles

/// A token as a file has it, a line of JSON and the lines of a signature: nothing of it is believed yet.
public struct SignedToken {
    private let bytes: [UInt8]
    private let signature: [UInt8]?

    /// The most bytes of a file.
    public static let limit = 256 << 10

    private static let origin = StrictObject.Origin(InstallToken.name, madeBy: "lodestar install token")

    /// - Parameter file: all bytes of the file.
    public init(_ file: [UInt8]) throws(SourceFault) {
        guard file.count <= Self.limit else { throw Self.origin.fault("expected at most 256 KiB, found more") }
        guard let end = file.firstIndex(of: UInt8(ascii: "\n")) else {
            throw Self.origin.fault("expected a line of JSON and a signature, found no line")
        }
        bytes = Array(file[...end])
        let rest = Array(file[(end + 1)...])
        signature = rest.isEmpty ? nil : rest
    }

    /// What is to be said of who has signed it. What it says is read only for somebody who counts.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970, never before the program was made.
    ///   - latest: when it was made at the latest, in seconds since 1970; nil where no clock says so.
    /// - Throws: for a text that is no token, of somebody who counts.
    public func verdict(by policy: TrustPolicy, now: Int64, latest: Int64?) throws(SourceFault) -> Verdict {
        try policy.verdict(on: .install, bytes, signature: signature, now: now) { () throws(SourceFault) in
            let lifetime = try token().lifetime
            return (lifetime.created, lifetime.objection(now: now, latest: latest))
        }
    }

    /// The token of somebody who counts.
    ///
    /// - Throws: 79 (`untrusted`) for one that nobody who counts has signed, or that does not count now.
    public func token(
        verifiedBy policy: TrustPolicy, now: Int64, latest: Int64?
    ) throws(SourceFault) -> (token: InstallToken, signer: String) {
        let verdict = try verdict(by: policy, now: now, latest: latest)
        guard verdict.isTrusted, let signer = verdict.signer else {
            throw SourceFault(
                .untrusted,
                "expected a token that is trusted, found one that is not: \(verdict.reason ?? "nobody has signed it")",
                hint: "`lodestar install verify` says step by step what was found")
        }
        return (try token(), signer)
    }

    /// What it says, which only a verdict makes true: the one text of a token and no other.
    public func token() throws(SourceFault) -> InstallToken {
        let object = try StrictObject(
            parsing: bytes, of: Self.origin, "its line", format: InstallToken.format,
            required: ["sn", "disks", "created", "expires"], more: ["wipe", "reinstall"])
        let lifetime = try object.lifetime()
        let token = InstallToken(
            sn: try object.text("sn"), disks: try object.texts("disks"),
            wipe: object.has("wipe") ? try object.texts("wipe") : [],
            reinstall: object.has("reinstall") ? try object.text("reinstall") : nil, created: lifetime.created,
            expires: lifetime.expires ?? lifetime.created)
        if let problem = token.problem { throw Self.origin.fault(problem) }
        guard token.bytes == bytes else {
            throw Self.origin.fault("expected the text that `lodestar install token` writes, found the same otherwise")
        }
        return token
    }
}
