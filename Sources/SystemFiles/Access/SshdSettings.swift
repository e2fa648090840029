public import Model

/// All that sshd reads, in its order.
public struct SshdDirectives: Sendable {
    public struct Directive: Sendable {
        /// The keyword in lower case, then its arguments.
        public var words: [String]
        /// The criteria of the Match blocks that it stands in, of which all must hold.
        var conditions: [[String]]
        public var path: AbsolutePath
        /// Where its file is, through all links.
        var place: AbsolutePath
        var line: Int
        /// As it stands in the file.
        var text: String
        /// The line that begins its Match block, as it stands; nil outside of one.
        var block: String?

        public var isInMatch: Bool { !conditions.isEmpty }
        public var value: String { words.dropFirst().joined(separator: " ") }
    }

    public private(set) var all: [Directive] = []
    /// The files that are read, and those that would be if they were there.
    private(set) var named: [AbsolutePath] = []
    /// The folders of which every file is read whose name matches.
    private(set) var patterns: [(folder: AbsolutePath, names: Glob)] = []

    static let folder = AbsolutePath.root.appending("etc/ssh")
    static let main = folder.appending("sshd_config")

    init(reading host: some HostReading) throws(HostFault) { try read(Self.main, [], nil, depth: 0, on: host) }

    /// What sshd would read with a file at a place.
    public init(reading host: some HostReading, with file: SshdFile, at place: AbsolutePath) throws(HostFault) {
        let change = GuardedChange(at: try host.place(of: place), .file(file.bytes))
        self = try SshdDirectives(reading: Prospect(host, change))
    }

    private mutating func read(
        _ path: AbsolutePath, _ outer: [[String]], _ outerBlock: String?, depth: Int, on host: some HostReading
    ) throws(HostFault) {
        named.append(path)
        let place = try host.target(of: path)
        guard try host.status(of: place)?.kind == .file, let file = try host.document(SshdFile.self, at: place) else {
            return
        }
        var conditions = outer, block = outerBlock
        for (line, text, words) in file.directives {
            switch words[0] {
            case "match": (conditions, block) = (outer + [Array(words.dropFirst())], text)
            case "include" where depth < 16:
                for included in try self.included(words.dropFirst(), on: host) {
                    try read(included, conditions, block, depth: depth + 1, on: host)
                }
            default:
                all.append(
                    Directive(
                        words: words, conditions: conditions, path: path, place: place, line: line, text: text,
                        block: block))
            }
        }
    }

    /// The files of an Include, in the order of glob(3).
    private mutating func included(
        _ patterns: some Sequence<String>, on host: some HostReading
    ) throws(HostFault) -> [AbsolutePath] {
        var paths: [AbsolutePath] = []
        for pattern in patterns {
            let start = pattern.hasPrefix("/") ? AbsolutePath.root : Self.folder
            var found = [start]
            let parts = pattern.split(separator: "/").filter { $0 != "." }.map(String.init)
            for (index, part) in parts.enumerated() {
                guard part.has("*") || part.has("?") else {
                    found = found.compactMap { part == ".." ? $0.parent : AbsolutePath($0.appending(part).text) }
                    continue
                }
                let glob = Glob(part)
                var next: [AbsolutePath] = []
                for folder in found {
                    if index == parts.count - 1 { self.patterns.append((folder, glob)) }
                    for name in try host.entries(of: host.target(of: folder)) ?? []
                    where glob.matches(name) && (!name.hasPrefix(".") || part.hasPrefix(".")) {
                        next.append(folder.appending(name))
                    }
                }
                found = next
            }
            paths += found
        }
        return paths
    }

    /// An absolute path, or a relative one below a directory; nil for what is no canonical path then.
    static func path(_ text: String, in directory: AbsolutePath) -> AbsolutePath? {
        let whole = text.hasPrefix("/") ? text : "\(directory.text)/\(text)"
        if let path = AbsolutePath(whole) { return path }
        let parts = whole.split(separator: "/").filter { $0 != "." }
        return parts.contains("..") ? nil : AbsolutePath("/" + parts.joined(separator: "/"))
    }
}

/// The settings of sshd for one account: of each keyword the first value that counts, one in a Match block before others.
struct SshdSettings {
    private var global: [String: SshdDirectives.Directive] = [:]
    private var matched: [String: SshdDirectives.Directive] = [:]
    private var lists: [String: (global: [SshdDirectives.Directive], matched: [SshdDirectives.Directive])] = [:]
    /// The criteria by which a keyword has another value for some connections.
    private(set) var uncertain: [String: String] = [:]

    /// Keywords that are added up instead.
    private static let additive: Set = ["allowusers", "denyusers", "allowgroups", "denygroups"]

    /// - Parameter wanted: the one keyword that is asked for; nil for all.
    init(of holder: KeyHolder, in directives: SshdDirectives, only wanted: String? = nil) {
        // By index: a loop over the directives would copy each of them.
        for index in directives.all.indices where wanted == nil || directives.all[index].words[0] == wanted {
            let directive = directives.all[index], keyword = directive.words[0]
            switch directive.conditions.map({ Self.truth(of: $0, for: holder) }).min() ?? .yes {
            case .no: break
            case .maybe:
                let unclear = directive.conditions.filter { Self.truth(of: $0, for: holder) == .maybe }
                uncertain[keyword] = uncertain[keyword] ?? unclear.last?.joined(separator: " ")
            case .yes where Self.additive.contains(keyword):
                if directive.conditions.isEmpty {
                    lists[keyword, default: ([], [])].global.append(directive)
                } else {
                    lists[keyword, default: ([], [])].matched.append(directive)
                }
            case .yes:
                if directive.conditions.isEmpty {
                    global[keyword] = global[keyword] ?? directive
                } else {
                    matched[keyword] = matched[keyword] ?? directive
                }
            }
        }
    }

    func directive(_ keyword: String) -> SshdDirectives.Directive? { matched[keyword] ?? global[keyword] }

    /// The arguments of a keyword; nil where nobody set it.
    subscript(keyword: String) -> [String]? { directive(keyword).map { Array($0.words.dropFirst()) } }

    /// The first argument in lower case, but for `none`.
    func file(_ keyword: String) -> String? {
        self[keyword]?.first.flatMap { $0.lowercased() == "none" ? nil : $0 }
    }

    func isOn(_ keyword: String, standard: Bool) -> Bool {
        self[keyword]?.first.map { ["yes", "true"].contains($0.lowercased()) } ?? standard
    }

    /// The patterns of a keyword that is added up, each with where it stands.
    func patterns(_ keyword: String) -> [(text: String, directive: SshdDirectives.Directive)] {
        guard let list = lists[keyword] else { return [] }
        let directives = list.matched.isEmpty ? list.global : list.matched
        return directives.flatMap { directive in directive.words.dropFirst().map { ($0, directive) } }
    }

    /// Whether the criteria of a Match line are about accounts alone, and not about connections.
    static func isOfAccount(_ criteria: [String]) -> Bool {
        var words = criteria[...]
        while let word = words.popFirst() {
            if word.lowercased() == "all" { continue }
            if !word.has("=") { _ = words.popFirst() }
            guard ["user", "group", "invalid-user"].contains(word.prefix { $0 != "=" }.lowercased()) else {
                return false
            }
        }
        return true
    }

    /// Whether the criteria of a Match line hold for an account.
    private static func truth(of criteria: [String], for holder: KeyHolder) -> Truth {
        var result = Truth.yes, words = criteria[...]
        while let word = words.popFirst() {
            if word.lowercased() == "all" { continue }
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            let pattern = parts.count == 2 ? parts[1] : words.popFirst() ?? ""
            switch parts.first?.lowercased() {
            case "user": result = min(result, Wildcards.matchesList(pattern, [holder.name.text]) ? .yes : .no)
            case "group": result = min(result, Wildcards.matchesList(pattern, holder.groups) ? .yes : .no)
            case "invalid-user": result = .no
            default: result = min(result, .maybe)
            }
        }
        return result
    }
}

/// Yes and no, and what depends on the connection.
private enum Truth: Int, Comparable {
    case no, maybe, yes

    static func < (left: Truth, right: Truth) -> Bool { left.rawValue < right.rawValue }
}

/// The patterns of ssh_config(5).
enum Wildcards {
    /// Whether one of the patterns between commas matches one of the texts, and no pattern behind a `!` matches any of them.
    static func matchesList(_ list: String, _ texts: [String]) -> Bool {
        var isFound = false
        for pattern in list.split(separator: ",") {
            let isNegated = pattern.hasPrefix("!")
            let glob = Glob(String(isNegated ? pattern.dropFirst() : pattern))
            guard texts.contains(where: glob.matches) else { continue }
            if isNegated { return false }
            isFound = true
        }
        return isFound
    }
}
