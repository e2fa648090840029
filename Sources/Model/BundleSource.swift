/// `FILE.site.tar`: a site in one file; or `FILE.site.tar#COMMIT`, which must be of that commit.
public struct BundleSource: Sendable, Hashable {
    public var path: String
    /// The commit that it must be of, by its 40 digits; nil for any.
    public var commit: String?

    /// What the names of all bundles end with.
    public static let suffix = ".site.tar"

    public init(path: String, commit: String? = nil) { (self.path, self.commit) = (path, commit) }

    /// What is said of one that is named by an address.
    public static let elsewhere = (
        reason: "expected a repository or a bundle of this host, found a bundle somewhere else",
        hint: "fetch it first, such as by `curl -fO`; its name on this host is a site"
    )

    /// - Returns: nil for a text that names no bundle.
    init?(parsing text: String) {
        if Self.isName(text) {
            self.init(path: text)
            return
        }
        guard let mark = text.lastIndex(of: "#"), Self.isName(text[..<mark]) else { return nil }
        self.init(path: String(text[..<mark]), commit: String(text[text.index(after: mark)...]))
    }

    /// Whether a text is the name of a bundle, here or somewhere else.
    public static func isName(_ text: some StringProtocol) -> Bool {
        text.hasSuffix(suffix) && text.utf8.count > suffix.utf8.count
    }

    public var text: String { path + (commit.map { "#\($0)" } ?? "") }
}
