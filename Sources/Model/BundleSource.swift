/// `FILE.site.tar` or `https://HOST/PATH/NAME.site.tar`: a site in one file; or either with `#COMMIT`, which must be of that commit.
public struct BundleSource: Sendable, Hashable {
    /// The path of the file on this host, or where it is on the web.
    public var path: String
    /// The commit that it must be of, by its 40 digits; nil for any.
    public var commit: String?

    /// What the names of all bundles end with.
    public static let suffix = ".site.tar"

    public init(path: String, commit: String? = nil) { (self.path, self.commit) = (path, commit) }

    /// What is said of one somewhere else that is not on the web.
    public static let elsewhere = (
        reason: "expected a repository or a bundle, found a bundle that is neither of this host nor on the web",
        hint: "https://HOST/PATH/NAME\(suffix) is one; plain http only leads to this very host"
    )

    /// Whether it is on the web, whether or not that can be asked.
    public var isOnWeb: Bool { WebAddress.isMeant(by: path) }

    /// Where it is on the web; nil for one of this host, and for an address that cannot be asked.
    public var address: WebAddress? { isOnWeb ? WebAddress(path) : nil }

    /// Why its address cannot be asked, in words; nil where it can, and for a bundle of this host.
    public var addressProblem: String? {
        guard isOnWeb, let problem = WebAddress.problem(of: path) else { return nil }
        return "expected the address of a bundle: \(problem)"
    }

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
