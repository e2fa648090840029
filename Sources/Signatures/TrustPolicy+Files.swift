extension TrustPolicy {
    /// What Lodestar's own signatures are made of, each for a namespace of its own: one for another purpose counts for nothing.
    public enum Purpose: String, Sendable {
        case bundle, image
        case install

        public var namespace: String { "lodestar-\(rawValue)" }
        /// What it is called in front of people.
        var noun: String { self == .install ? "token" : rawValue }
    }

    /// What is to be said of what a file says of itself.
    ///
    /// - Parameters:
    ///   - bytes: what the signature is of.
    ///   - signature: the lines of `ssh-keygen -Y sign`; nil where there are none.
    ///   - now: seconds since 1970.
    ///   - read: when it says that it was made, in seconds since 1970, and why it does not count now, nil where it does; it is read
    ///     for nobody whose key does not count.
    /// - Throws: what `read` throws, for somebody who counts.
    public func verdict<Fault: Error>(
        on purpose: Purpose, _ bytes: [UInt8], signature: [UInt8]?, now: Int64,
        read: () throws(Fault) -> (made: Int64, objection: String?)
    ) throws(Fault) -> Verdict {
        var verdict = Verdict(of: purpose.noun), fault: Fault?
        judge(signature, of: bytes, for: purpose.namespace, now: now, &verdict) { verdict in
            do throws(Fault) {
                let (made, objection) = try read()
                guard let objection else { return made }
                verdict.refuse(.validity, objection)
                return nil
            } catch {
                fault = error
                return nil
            }
        }
        if let fault { throw fault }
        return verdict
    }
}
