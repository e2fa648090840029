public import Model

/// The name of a locale, such as `de_DE.UTF-8` (setlocale(3)); two spellings of its character set are one.
public struct LocaleName: Sendable, Hashable, TextValue {
    public let text: String

    /// What a resource has before its fields are decoded.
    public static let posix = LocaleName(unchecked: "C")

    private init(unchecked text: String) {
        self.text = text
    }

    public init?(_ text: String) {
        guard text.utf8.first?.isASCIILetter == true, text.isASCIIWord(or: "_.@-"), text.utf8.count <= 64 else {
            return nil
        }
        self.text = text
    }

    public static let expectation = "the name of a locale such as de_DE.UTF-8"

    /// The name as `locale -a` lists it: the C library writes `UTF-8` as `utf8`.
    public var listed: String {
        let (name, modifier) = Self.parts(text, at: "@")
        let (language, set) = Self.parts(name, at: ".")
        return language + (set.map { ".\(Self.normal($0))" } ?? "") + (modifier.map { "@\($0)" } ?? "")
    }

    /// The names under which a line of locale.gen(5) makes a locale.
    public static func names(madeBy line: String) -> [String] {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, let name = LocaleName(String(words[0])) else { return [] }
        let (whole, modifier) = parts(name.text, at: "@")
        let language = parts(whole, at: ".").0, set = words[1].filter { $0 != "-" }.lowercased()
        return Set([name.listed, "\(language).\(set)" + (modifier.map { "@\($0)" } ?? "")]).sorted()
    }

    private static func parts(_ text: String, at separator: Character) -> (String, String?) {
        let parts = text.split(separator: separator, maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return (parts[0], parts.count > 1 ? parts[1] : nil)
    }

    /// A character set in lower case, with nothing but letters and digits; `iso` before one of digits only.
    private static func normal(_ set: String) -> String {
        let plain = set.lowercased().filter { $0.isLetter || $0.isNumber }
        return plain.allSatisfy(\.isNumber) ? "iso\(plain)" : plain
    }

    public static func == (left: LocaleName, right: LocaleName) -> Bool { left.listed == right.listed }
    public func hash(into hasher: inout Hasher) { hasher.combine(listed) }

    public static var shape: Shape { .text(pattern: "^[A-Za-z][A-Za-z0-9_.@-]{0,63}$") }
}
