public import Model

/// A configuration file of sshd (sshd_config(5)): its directives as words.
public struct SshdFile: HostDocument {
    public let bytes: [UInt8]
    /// The keyword in lower case, then its arguments.
    let directives: [[String]]

    public init(parsing bytes: [UInt8]) {
        self.bytes = bytes
        directives = FileLine.lines(of: bytes).lines.compactMap { line in
            var words = Self.words(of: line.bodyText)
            guard let keyword = words.first else { return nil }
            words[0] = keyword.lowercased()
            return words
        }
    }

    /// Words at blanks, the first one also at `=`; quotes hold blanks, `#` begins a comment.
    private static func words(of line: String) -> [String] {
        var words: [String] = [], word = "", quote: Unicode.Scalar?, isOpen = false
        func end() {
            if isOpen { words.append(word) }
            (word, isOpen) = ("", false)
        }
        for scalar in line.unicodeScalars {
            if let open = quote {
                if scalar == open { quote = nil } else { word.unicodeScalars.append(scalar) }
            } else if scalar == "\"" || scalar == "'" {
                (quote, isOpen) = (scalar, true)
            } else if scalar == " " || scalar == "\t" || (scalar == "=" && words.count + (isOpen ? 1 : 0) <= 1) {
                end()
            } else if scalar == "#", !isOpen {
                break
            } else {
                word.unicodeScalars.append(scalar)
                isOpen = true
            }
        }
        end()
        return words
    }
}

/// Whom sshd would let in by keys.
public struct KeyHolder: Sendable {
    public var name: AccountName
    /// nil for an account that is yet to be made.
    public var uid: UInt32?
    public var gid: UInt32?
    public var home: AbsolutePath
    public var groups: [String]

    public init(name: AccountName, uid: UInt32?, gid: UInt32?, home: AbsolutePath, groups: [String]) {
        self.name = name
        self.uid = uid
        self.gid = gid
        self.home = home
        self.groups = groups
    }
}

/// Where sshd looks for the keys of an account.
public struct KeyPlaces: Sendable {
    /// In the order of AuthorizedKeysFile.
    public var files: [AbsolutePath]
    /// A remark on the files for a person; nil where all is plain.
    public var remark: String?
}

extension KeyPlaces {
    private static let folder = AbsolutePath.root.appending("etc/ssh")

    /// - Throws: where a configuration file cannot be read.
    public init(of holder: KeyHolder, on host: some HostReading) throws(HostFault) {
        var search = KeyFileSearch(holder: holder)
        if let file = try host.document(SshdFile.self, at: Self.folder.appending("sshd_config")) {
            try Self.read(file, .yes, isInMatch: false, depth: 0, on: host, &search)
        }
        let words = search.matched ?? search.global ?? [".ssh/authorized_keys", ".ssh/authorized_keys2"]
        files = words.first?.lowercased() == "none" ? [] : words.compactMap { Self.path($0, holder) }
        if files.isEmpty {
            remark = "sshd reads no key file of \(holder.name): AuthorizedKeysFile is \(words.joined(separator: " "))"
        } else if let condition = search.uncertain {
            remark = "sshd_config has another AuthorizedKeysFile for some connections (Match \(condition))"
        }
    }

    private static func read(
        _ file: SshdFile, _ active: Truth, isInMatch: Bool, depth: Int, on host: some HostReading,
        _ search: inout KeyFileSearch
    ) throws(HostFault) {
        var state = active, isInMatch = isInMatch, condition = ""
        for words in file.directives {
            switch words[0] {
            case "match":
                state = min(active, search.truth(of: words.dropFirst()))
                (isInMatch, condition) = (true, words.dropFirst().joined(separator: " "))
            case "include" where depth < 16:
                for path in try included(words.dropFirst(), on: host) {
                    guard let inner = try host.document(SshdFile.self, at: path) else { continue }
                    try read(inner, state, isInMatch: isInMatch, depth: depth + 1, on: host, &search)
                }
            case "authorizedkeysfile":
                search.meet(Array(words.dropFirst()), state, isInMatch: isInMatch, condition)
            default: break
            }
        }
    }

    /// The files of an Include, patterns in the last component only.
    private static func included(
        _ patterns: some Sequence<String>, on host: some HostReading
    ) throws(HostFault) -> [AbsolutePath] {
        var paths: [AbsolutePath] = []
        for pattern in patterns {
            guard let whole = PathText.path(pattern, in: folder), let parent = whole.parent else { continue }
            if !whole.name.has("*"), !whole.name.has("?") {
                paths.append(whole)
                continue
            }
            let glob = Glob(whole.name)
            for name in try host.entries(of: parent) ?? []
            where glob.matches(name) && !name.hasPrefix(".") {
                paths.append(parent.appending(name))
            }
        }
        return paths
    }

    /// The tokens of sshd_config(5) filled in; a relative path is below the home.
    private static func path(_ pattern: String, _ holder: KeyHolder) -> AbsolutePath? {
        var text = "", isToken = false
        for scalar in pattern.unicodeScalars {
            guard isToken else {
                if scalar == "%" { isToken = true } else { text.unicodeScalars.append(scalar) }
                continue
            }
            isToken = false
            switch scalar {
            case "h": text += holder.home.text
            case "u": text += holder.name.text
            case "U":
                guard let uid = holder.uid else { return nil }
                text += String(uid)
            case "%": text += "%"
            default: return nil
            }
        }
        return PathText.path(text, in: holder.home)
    }
}

/// Yes and no, and what depends on the connection.
private enum Truth: Int, Comparable {
    case no, maybe, yes

    static func < (left: Truth, right: Truth) -> Bool { left.rawValue < right.rawValue }
}

/// The values of AuthorizedKeysFile for one account: the first that counts.
private struct KeyFileSearch {
    let holder: KeyHolder
    var global: [String]?
    var matched: [String]?
    var uncertain: String?

    init(holder: KeyHolder) {
        self.holder = holder
    }

    mutating func meet(_ words: [String], _ state: Truth, isInMatch: Bool, _ condition: String) {
        switch state {
        case .no: break
        case .maybe: uncertain = uncertain ?? condition
        case .yes where isInMatch: matched = matched ?? words
        case .yes: global = global ?? words
        }
    }

    /// Whether the criteria of a Match line hold for the account.
    func truth(of criteria: some Sequence<String>) -> Truth {
        var result = Truth.yes, words = Array(criteria)[...]
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

/// The patterns of ssh_config(5).
private enum Wildcards {
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

private enum PathText {
    /// An absolute path, or a relative one below a directory; nil for what is no canonical path then.
    static func path(_ text: String, in directory: AbsolutePath) -> AbsolutePath? {
        let whole = text.hasPrefix("/") ? text : "\(directory.text)/\(text)"
        let parts = whole.split(separator: "/").filter { $0 != "." }
        return parts.contains("..") ? nil : AbsolutePath("/" + parts.joined(separator: "/"))
    }
}
