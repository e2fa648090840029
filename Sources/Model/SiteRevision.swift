/// What a site of a commit is called in plans, in the history and in reports.
public enum SiteRevision {
    /// - Parameters:
    ///   - commit: its 40 digits.
    ///   - signer: who has signed it; nil where nobody asked.
    public static func text(_ commit: String, subject: String, signer: String?) -> String {
        "\(commit.prefix(12)) \(subject)".trimmed
            + (signer.map { ", signed by \($0.printableLine(columns: 60))" } ?? "")
    }
}
