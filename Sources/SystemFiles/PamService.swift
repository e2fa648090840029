public import Model

/// A service of PAM (pam.d(5)).
public struct PamService: HostDocument {
    public let bytes: [UInt8]
    /// Its lines, joined where they go on.
    private var rules: [(line: Int, words: [String])] = []

    public init(parsing bytes: [UInt8]) {
        self.bytes = bytes
        var open = "", start: Int?
        for (index, line) in FileLine.lines(of: bytes).lines.map(\.bodyText).enumerated() {
            let text = open + line.prefix { $0 != "#" }
            if text.hasSuffix("\\") {
                open = String(text.dropLast()) + " "
                start = start ?? index + 1
                continue
            }
            let words = Self.words(of: text)
            if !words.isEmpty { rules.append((start ?? index + 1, words)) }
            (open, start) = ("", nil)
        }
    }

    /// Words at blanks; what stands in brackets is one.
    private static func words(of text: String) -> [String] {
        var words: [String] = [], word = "", isInside = false
        for character in text + " " {
            if character == "[" { isInside = true }
            if character == "]" { isInside = false }
            if !isInside, character == " " || character == "\t" {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        return words + (word.isEmpty ? [] : [word])
    }

    private static let kinds: Set = ["auth", "account", "password", "session"]
    private static let controls: Set = ["required", "requisite", "sufficient", "optional", "include", "substack"]

    /// Why PAM would not take it; nil where its form is right and what it names is there.
    public func problem(on host: some HostReading) throws(HostFault) -> String? {
        for (line, words) in rules {
            if words[0] == "@include" {
                guard words.count == 2, try Self.isThere(words[1], on: host) else {
                    return "line \(line): expected the name of a file in \(Self.folder) after @include"
                }
                continue
            }
            let kind = words[0].lowercased().drop { $0 == "-" }
            guard Self.kinds.contains(String(kind)) else {
                return "line \(line): expected auth, account, password, session or @include, found `\(words[0])`"
            }
            guard words.count >= 3, words[1].hasPrefix("[") || Self.controls.contains(words[1].lowercased()) else {
                return "line \(line): expected a control such as required and a module"
            }
            if ["include", "substack"].contains(words[1].lowercased()) {
                guard try Self.isThere(words[2], on: host) else {
                    return "line \(line): there is no \(Self.path(words[2])?.text ?? words[2])"
                }
            } else if !words[0].hasPrefix("-"), try !hasModule(words[2], on: host) {
                return "line \(line): there is no module \(words[2])"
            }
        }
        return nil
    }

    static let folder = AbsolutePath.root.appending("etc/pam.d")

    /// Where an included service is; nil for what is no path.
    static func path(_ name: String) -> AbsolutePath? {
        name.hasPrefix("/") ? AbsolutePath(name) : AbsolutePath(folder.appending(name).text)
    }

    private static func isThere(_ name: String, on host: some HostReading) throws(HostFault) -> Bool {
        guard let path = path(name) else { return false }
        return try host.status(of: host.target(of: path)) != nil
    }

    enum Rule {
        case include(String)
        /// Another service that ends for itself.
        case substack(String)
        case module(String, control: String)
    }

    /// The rules of one kind in their order; the control in lower case.
    func rules(of kind: String) -> [Rule] {
        rules.compactMap { _, words in
            if words[0] == "@include" { return words.count > 1 ? .include(words[1]) : nil }
            guard words.count > 2, words[0].lowercased().drop(while: { $0 == "-" }) == kind else { return nil }
            let control = words[1].lowercased()
            if control == "include" { return .include(words[2]) }
            if control == "substack" { return .substack(words[2]) }
            return .module(words[2], control: control)
        }
    }

    /// The services that it includes.
    var includes: [String] {
        rules.compactMap { _, words in
            if words[0] == "@include" { return words.count > 1 ? words[1] : nil }
            let isInclude = words.count > 2 && ["include", "substack"].contains(words[1].lowercased())
            return isInclude ? words[2] : nil
        }
    }

    private func hasModule(_ name: String, on host: some HostReading) throws(HostFault) -> Bool {
        if name.hasPrefix("/") {
            return try AbsolutePath(name).map { (path) throws(HostFault) in try host.status(of: path) != nil } ?? false
        }
        for folder in ["usr/lib", "usr/lib64", "lib", "lib64"].map({ AbsolutePath.root.appending($0) }) {
            if try host.status(of: folder.appending("security/\(name)")) != nil { return true }
            for triplet in try host.entries(of: folder) ?? [] where triplet.contains("-linux-") {
                if try host.status(of: folder.appending("\(triplet)/security/\(name)")) != nil { return true }
            }
        }
        return false
    }
}
