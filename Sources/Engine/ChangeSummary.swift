public import Model

extension ShownText {
    /// One line; a content is shown by its size and digest.
    public var line: String {
        switch self {
        case .text(let text): text.isEmpty ? "(empty)" : Self.shortened(text).printable
        case .content(let content): "\(content.bytes.count) bytes, \(content.digest)"
        case .digest(let byteCount, let digest): "\(byteCount) bytes, \(digest)"
        case .secret: "(secret)"
        }
    }
}

extension ShownText {
    /// How many characters of a text stand in one line.
    private static let lineLimit = 500

    /// A long text without its end; of a list, whole elements and how many more there are.
    private static func shortened(_ text: String) -> String {
        guard text.utf8.count > lineLimit else { return text }
        var rest = text.split(separator: ", ", omittingEmptySubsequences: false)[...], shown: [Substring] = [],
            count = 0
        while let next = rest.first, count + next.utf8.count <= lineLimit {
            count += next.utf8.count + 2
            shown.append(next)
            rest.removeFirst()
        }
        if !shown.isEmpty { return "\(shown.joined(separator: ", ")) and \(rest.count) more" }
        return "\(String(text.unicodeScalars.prefix(lineLimit)))... (\(text.unicodeScalars.count) characters)"
    }
}

extension [Change] {
    /// One line for each change, `property: old -> new`, for reports and the history.
    public var summary: String {
        map { change in
            let old = change.old.map { $0.line + " -> " } ?? ""
            return "\(change.property): \(old)\(change.new?.line ?? "(none)")"
        }.joined(separator: "\n")
    }
}
