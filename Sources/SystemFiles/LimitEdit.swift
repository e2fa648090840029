public import Model

/// Sets one limit in a file of limits.conf(5), or takes its line out.
public struct LimitEdit: DocumentEdit {
    public var limit: LimitLine
    public var isPresent: Bool

    public init(_ limit: LimitLine, isPresent: Bool = true) {
        self.limit = limit
        self.isPresent = isPresent
    }

    public var isSecret: Bool { false }

    public func apply(to document: inout TextLines) {
        let found = document.limits.filter { $0.line.isAbout(limit) }
        if isPresent, let last = found.last {
            if last.line.value == limit.value, found.count == 1 { return }
            document.replace(last.position, with: Array(limit.text.utf8))
            return document.remove(found.dropLast().map(\.position))
        }
        if !isPresent { return document.remove(found.map(\.position)) }
        document.insert([Array(limit.text.utf8)], at: document.count)
    }
}

/// A line of limits.conf(5): what pam_limits reads of it.
public struct LimitLine: Sendable, Hashable {
    /// A name, `@` and a group, `*`, or a range of numbers.
    public var domain: String
    /// `soft`, `hard`, or `-` for both.
    public var type: String
    public var item: String
    /// In lower case.
    public var value: String

    public init(domain: String, type: String, item: String, value: String) {
        self.domain = domain
        self.type = type
        self.item = item
        self.value = value
    }

    init?(_ text: String) {
        let words = text.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" || $0.isNewline }
        guard words.count > 3 else { return nil }
        domain = String(words[0])
        type = words[1].lowercased()
        item = words[2].lowercased()
        let value = words[3].lowercased()
        let isUnlimited = value == "infinity" || (value == "-1" && item != "nice" && item != "priority")
        self.value = isUnlimited ? "unlimited" : Int(value).map { String($0) } ?? value
    }

    /// Whether the other line is the same one but for its value.
    func isAbout(_ other: LimitLine) -> Bool {
        domain == other.domain && item == other.item && type == other.type
    }

    /// Whether it sets one of the two, `soft` or `hard`, that the other one sets too.
    func sets(_ type: String, of other: LimitLine) -> Bool {
        domain == other.domain && item == other.item && (self.type == type || self.type == "-")
    }

    /// Which of the two it sets.
    var types: [String] { type == "-" ? ["soft", "hard"] : [type] }

    var text: String { "\(domain) \(type) \(item) \(value)" }
}

extension TextLines {
    var limits: [(position: Int, line: LimitLine)] {
        lines.enumerated().compactMap { position, line in LimitLine(line.bodyText).map { (position, $0) } }
    }

    /// The limits of the file; nil where a line says something else.
    public var limitLines: [LimitLine]? {
        let others = lines.filter { !$0.isBlankOrComment && LimitLine($0.bodyText) == nil }
        return others.isEmpty ? limits.map(\.line) : nil
    }

    /// The value that the file gives to the same limit in a line of its own.
    public func value(of limit: LimitLine) -> String? { limits.last { $0.line.isAbout(limit) }?.line.value }
}

/// The files that pam_limits reads, in their order: of one domain, the last line counts.
public struct Limits {
    private let files: [(path: AbsolutePath, lines: [LimitLine])]

    private static let folder = AbsolutePath.root.appending("etc/security/limits.d")

    /// Where the files are, in their order, whether or not they are there.
    public static func paths(on host: some HostReading) throws(HostFault) -> [AbsolutePath] {
        let names = try host.entries(of: folder) ?? []
        let found = names.filter { $0.hasSuffix(".conf") && $0.first != "." }.sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        return [AbsolutePath.root.appending("etc/security/limits.conf")] + found.map(folder.appending)
    }

    /// - Parameter own: the file that is left out.
    public init(reading host: some HostReading, without own: AbsolutePath) throws(HostFault) {
        var files: [(AbsolutePath, [LimitLine])] = []
        for path in try Self.paths(on: host) {
            guard path != own, let document = try host.document(TextLines.self, at: path) else { continue }
            files.append((path, document.limits.map(\.line)))
        }
        self.files = files
    }

    /// The values that these files give, soft before hard, with the files that set them; nil for one that is not set.
    public func values(of limit: LimitLine) -> [(path: AbsolutePath, value: String)?] {
        limit.types.map { type in
            for file in files.reversed() {
                if let line = file.lines.last(where: { $0.sets(type, of: limit) }) { return (file.path, line.value) }
            }
            return nil
        }
    }
}
