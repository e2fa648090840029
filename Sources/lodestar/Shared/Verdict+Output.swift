import Model
import Signatures

/// A verdict in front of people, and as JSON.
extension Verdict {
    /// What was found, a line each.
    var lines: [String] { ["\(object):"] + steps.map { "  \($0)" } + (reason.map { ["  but \($0)"] } ?? []) }

    var datum: Datum {
        [
            "object": .string(object), "trusted": .bool(isTrusted),
            "key": fingerprint.map { .string("\($0)") } ?? .null,
            "signer": signer.map { .string($0) } ?? .null, "refusal": refusal.map { .string($0.rawValue) } ?? .null,
            "reason": reason.map { .string($0) } ?? .null, "steps": .list(steps.map { .string($0) }),
        ]
    }

    /// The text about a file that has nothing but its own signature.
    ///
    /// - Parameters:
    ///   - facts: what it says; empty where that is not to be believed.
    ///   - fault: why it is refused all the same.
    func text(of name: String, facts: [String], fault: String? = nil) -> String {
        let end =
            switch (isTrusted ? signer : nil, fault) {
            case (let signer?, nil): "trusted: signed by \(signer)"
            case (let signer?, let fault?): "refused: signed by \(signer), but \(fault)"
            case (nil, _): "not trusted"
            }
        return ([name] + facts.map { "  \($0)" } + lines + [end]).joined(separator: "\n")
    }
}
