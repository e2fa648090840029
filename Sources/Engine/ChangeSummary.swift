public import Model

extension ShownText {
    /// One line; a content is shown by its size and digest.
    public var line: String {
        switch self {
        case .text(let text): text.isEmpty ? "(empty)" : text.printable
        case .content(let content): "\(content.bytes.count) bytes, \(content.digest)"
        case .digest(let byteCount, let digest): "\(byteCount) bytes, \(digest)"
        case .secret: "(secret)"
        }
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
