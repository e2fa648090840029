extension TrustPolicy {
    /// What signatures of bundles are made for.
    public static let bundleNamespace = "lodestar-bundle"

    /// What is to be said of the list of a bundle.
    ///
    /// - Parameters:
    ///   - bytes: the list.
    ///   - signature: the lines of `ssh-keygen -Y sign`; nil where there are none.
    ///   - now: seconds since 1970.
    ///   - read: when the list says that it was made, in seconds since 1970, and why it does not count now, nil where it does; it is
    ///     read for nobody whose key does not count.
    /// - Throws: what `read` throws, for a list of somebody who counts.
    public func verdict<Fault: Error>(
        onBundle bytes: [UInt8], signature: [UInt8]?, now: Int64,
        read: () throws(Fault) -> (made: Int64, objection: String?)
    ) throws(Fault) -> Verdict {
        var verdict = Verdict(of: "bundle"), fault: Fault?
        judge(signature, of: bytes, for: Self.bundleNamespace, now: now, &verdict) { verdict in
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
