import Bundles
import Model
import Signatures

/// What was found about a bundle. Nothing of what it says of itself is known where nobody who counts has signed it.
struct BundleInspection: SourceJudgement {
    private let bundle: OpenBundle
    /// What it says of itself; nil where that is not to be believed.
    let list: BundleList?
    let verdicts: [Verdict]
    /// Why it does not count now, whoever has signed it.
    private let objection: String?

    static let filesClaim = "each with the bytes that the list says; nothing else"

    /// - Parameter trust: nil where nobody was said to count: then the bundle is taken as it is.
    init(_ bundle: OpenBundle, by trust: SourceTrust?, now: Int64) throws(SourceFault) {
        self.bundle = bundle
        guard let trust else {
            let list = try bundle.list()
            (self.list, verdicts, objection) = (list, [], list.objection(now: now, latest: nil))
            return
        }
        let verdict = try bundle.verdict(by: trust.policy, now: trust.now, latest: trust.latest)
        verdicts = [verdict]
        objection = verdict.isTrusted ? nil : verdict.reason ?? "nobody has signed it"
        list = verdict.isTrusted ? try bundle.list() : nil
    }

    var knownCommit: String? { list?.commit }
    var subject: String { list?.subject ?? "" }

    var facts: [String] {
        guard let list else { return [] }
        let end = list.expires.map { ", counts until \(Timestamp.text(seconds: $0))" } ?? ""
        return ["the site `\(list.site)`, of \(Timestamp.text(seconds: list.created))\(end)"]
    }

    /// Whether two bundles begin alike: then they are the same, if both are whole.
    func isLike(_ other: OpenBundle) -> Bool {
        bundle.listBytes == other.listBytes && bundle.signature == other.signature
    }

    /// Reads all of it.
    ///
    /// - Parameter copy: is handed all bytes in their order, each after it was looked at.
    func site(copy: ([UInt8]) throws(HostFault) -> Void = { _ in }) throws(SourceFault) -> BundleSite {
        if let objection {
            throw SourceFault(
                .untrusted, "expected a bundle that is trusted, found one that is not: \(objection)",
                hint: "`lodestar source verify` says step by step what was found")
        }
        return try bundle.site(signedBy: signer, copy: copy)
    }

    func files() throws(SourceFault) -> any SiteReader { try site() }
}
