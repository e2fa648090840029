/// Whose signatures count.
public struct TrustPolicy: Sendable, Hashable {
    public var signers: AllowedSigners?
    public var keys: Set<Fingerprint>
    public var revoked: RevokedKeys?

    /// What signatures of git are made for.
    public static let namespace = "git"

    public init(signers: AllowedSigners? = nil, keys: Set<Fingerprint> = [], revoked: RevokedKeys? = nil) {
        self.signers = signers
        self.keys = keys
        self.revoked = revoked
    }

    /// What is to be said of a commit.
    ///
    /// - Parameter now: seconds since 1970.
    public func verdict(onCommit bytes: [UInt8], now: Int64) -> Verdict {
        var verdict = Verdict(of: "commit")
        do throws(SignedObject.Fault) {
            judge(try SignedObject(commit: bytes), now: now, &verdict)
        } catch {
            verdict.refuse(.form, error.reason)
        }
        return verdict
    }

    /// What is to be said of an annotated tag.
    ///
    /// - Parameters:
    ///   - name: what it was called where it was found; nil where that was by its digits.
    ///   - commit: the digits of the commit that it was taken for.
    public func verdict(onTag bytes: [UInt8], named name: String?, of commit: String, now: Int64) -> Verdict {
        var verdict = Verdict(of: "tag")
        do throws(SignedObject.Fault) {
            let tag = try SignedObject(tag: bytes)
            guard let tagged = tag.tagged, tagged.id == commit else {
                verdict.refuse(.mismatch, "the tag is of another commit")
                return verdict
            }
            guard tagged.name.utf8.elementsEqual((name ?? tagged.name).utf8) else {
                verdict.refuse(.mismatch, "the tag `\(name ?? "")` says that its name is `\(tagged.name)`")
                return verdict
            }
            verdict.note("it is of this commit and has the name `\(tagged.name)`")
            judge(tag, now: now, &verdict)
        } catch {
            verdict.refuse(.form, error.reason)
        }
        return verdict
    }

    private func judge(_ object: SignedObject, now: Int64, _ verdict: inout Verdict) {
        verdict.note(
            "its form is git's; made by \(object.maker.name) <\(object.maker.address)> at \(Moment(object.maker.time))")
        judge(object.signature, of: object.payload, for: Self.namespace, now: now, &verdict) { _ in object.maker.time }
    }

    /// Judges a signature of some bytes.
    ///
    /// - Parameters:
    ///   - lines: the signature; nil where there is none.
    ///   - made: when the bytes say that they were made, asked when the signature is a good one; nil after a refusal.
    func judge(
        _ lines: [UInt8]?, of payload: [UInt8], for namespace: String, now: Int64, _ verdict: inout Verdict,
        made: (inout Verdict) -> Int64?
    ) {
        guard let lines else { return verdict.refuse(.unsigned, "the \(verdict.object) bears no signature") }
        let signature: SSHSignature
        do throws(SSHSignature.Fault) {
            signature = try SSHSignature(armored: lines)
        } catch {
            return verdict.refuse(.signature, "the signature is not taken: \(error.reason)")
        }
        let key = signature.key
        verdict.fingerprint = key.fingerprint
        verdict.note("it bears an SSH signature by a key of the type \(key.kind.rawValue), \(key.fingerprint)")
        guard signature.namespace == namespace else {
            return verdict.refuse(
                .signature, "the signature is for the namespace `\(signature.namespace)`, not `\(namespace)`")
        }
        guard signature.isValid(of: payload, for: namespace) else {
            return verdict.refuse(.signature, "the signature is not one of these bytes by this key")
        }
        verdict.note("the signature is one of these bytes by this key, for `\(namespace)` (\(signature.hash))")
        if let revoked {
            guard !revoked.contains(key) else {
                return verdict.refuse(.revoked, "the key is revoked in \(revoked.path)")
            }
            verdict.note("the key is not revoked in \(revoked.path)")
        }
        // Nothing of what it says is read for a key that is nobody's.
        var first = verdict
        allow(key, namespace, [now], &first)
        guard first.isTrusted, let made = made(&verdict) else {
            if verdict.refusal == nil { verdict = first }
            return
        }
        allow(key, namespace, [now, made], &verdict)
    }

    private func allow(_ key: SigningKey, _ namespace: String, _ times: [Int64], _ verdict: inout Verdict) {
        let answer = signers?.answer(for: key, namespace: namespace, at: times) ?? .unknown,
            path = signers?.path ?? ""
        if case .allowed(let entry) = answer {
            verdict.note("\(path):\(entry.line) allows the key of \(entry.principals), now and when it was made")
            return verdict.accept(entry.principals)
        }
        if keys.contains(key.fingerprint) {
            verdict.note("the key is one of those that were named by their fingerprints")
            return verdict.accept("\(key.fingerprint)")
        }
        switch answer {
        case .allowed: break
        case .unknown: verdict.refuse(.unknownKey, "nobody allows the key \(key.fingerprint)")
        case .authority(let entry):
            verdict.refuse(.unknownKey, "\(path):\(entry.line) has the key as an authority for certificates only")
        case .namespace(let entry):
            verdict.refuse(.unknownKey, "\(path):\(entry.line) allows the key for `\(entry.namespaces ?? "")` only")
        case .early(let entry, let time):
            verdict.refuse(
                .validity,
                "\(path):\(entry.line) allows the key from \(Moment(entry.validAfter ?? 0)) on, not at \(Moment(time))")
        case .late(let entry, let time):
            verdict.refuse(
                .validity,
                "\(path):\(entry.line) allows the key until \(Moment(entry.validBefore ?? 0)), not at \(Moment(time))")
        }
    }
}
