import Model

/// The rules, aliases and settings of sudoers(5), in their order.
struct SudoPolicy: Sendable {
    /// One word of a list; a `!` in front takes away.
    struct Item: Sendable, Hashable {
        var text: String
        var isNegated: Bool

        /// - Parameter word: as `SudoersFile.plain` leaves it.
        init(_ word: String) {
            var rest = Substring(word), isNegated = false
            while rest.first == "!" {
                rest.removeFirst()
                isNegated.toggle()
            }
            text = String(rest)
            self.isNegated = isNegated
        }
    }

    /// One command of a rule, and for whom it is.
    struct Rule: Sendable {
        var users: [Item]
        var hosts: [Item]
        /// nil where none is said: whoever `runas_default` is.
        var runAs: [Item]?
        var command: Item
        var needsPassword: Bool?
        var path: AbsolutePath
        var line: Int
    }

    /// One word of a Defaults line, and whom it is about.
    struct Setting: Sendable {
        /// The list behind `:`; nil for everybody.
        var users: [Item]?
        var name: String
        var value: String?
        var isOn: Bool
    }

    enum Alias: String {
        case user = "User_Alias"
        case runAs = "Runas_Alias"
        case host = "Host_Alias"
        case command = "Cmnd_Alias"
    }

    private(set) var rules: [Rule] = []
    private(set) var settings: [Setting] = []
    private var aliases: [Alias: [String: [Item]]] = [:]
    /// Lines that were not understood.
    private(set) var remarks: [String] = []

    init(_ sudoers: Sudoers) {
        for file in sudoers.files {
            for (line, text) in file.document.texts where !read(text, file.path, line) {
                remarks.append("\(file.path):\(line): this line of sudoers is not understood")
            }
        }
        remarks += sudoers.unsafe.map { "sudo does not read \($0): others than root may write it" }
    }

    func items(_ kind: Alias, named name: String) -> [Item]? { aliases[kind]?[name] }

    private mutating func read(_ text: String, _ path: AbsolutePath, _ line: Int) -> Bool {
        if text.hasPrefix("Defaults") { return readSettings(text) }
        let plain = SudoersFile.plain(text)
        for (word, kind) in [
            ("User_Alias ", Alias.user), ("Runas_Alias ", .runAs), ("Host_Alias ", .host), ("Cmnd_Alias ", .command),
            ("Cmd_Alias ", .command),
        ] where plain.hasPrefix(word) {
            return readAliases(plain.dropFirst(word.count), kind)
        }
        return readRule(plain, path, line)
    }

    private mutating func readAliases(_ text: Substring, _ kind: Alias) -> Bool {
        for definition in Self.parts(of: text, at: ":") {
            let sides = Self.parts(of: definition, at: "=", limit: 2)
            guard sides.count == 2 else { return false }
            aliases[kind, default: [:]][String(sides[0]).trimmed] = Self.items(sides[1])
        }
        return true
    }

    private mutating func readSettings(_ text: String) -> Bool {
        var rest = text.dropFirst("Defaults".count), users: [Item]?
        switch rest.first {
        case ":":
            let words = Self.parts(of: rest.dropFirst().drop { $0 == " " }, at: " ", limit: 2)
            users = Self.items(words[0])
            rest = words.count > 1 ? words[1] : ""
        // Those of hosts, commands and other accounts say nothing about passwords of people.
        case "@", "!", ">": return true
        default: break
        }
        for part in Self.parts(of: rest, at: ",") {
            let item = Item(SudoersFile.plain(part.trimmed)),
                sides = Self.parts(of: Substring(item.text), at: "=", limit: 2)
            let value = sides.count > 1 ? String(sides[1].filter { $0 != "\"" }) : nil
            settings.append(Setting(users: users, name: String(sides[0]), value: value, isOn: !item.isNegated))
        }
        return true
    }

    private mutating func readRule(_ text: String, _ path: AbsolutePath, _ line: Int) -> Bool {
        let sides = Self.parts(of: Substring(text), at: " ", limit: 2)
        guard sides.count == 2 else { return false }
        let users = Self.items(sides[0])
        var rest = sides[1]
        while !rest.isEmpty {
            let halves = Self.parts(of: rest, at: "=", limit: 2)
            guard halves.count == 2 else { return false }
            let hosts = Self.items(halves[0])
            var runAs: [Item]?, needsPassword: Bool?
            rest = halves[1]
            while true {
                if rest.first == "(" {
                    guard let end = rest.firstIndex(of: ")") else { return false }
                    let accounts = Self.parts(of: rest[rest.index(after: rest.startIndex)..<end], at: ":")[0]
                    runAs = accounts.isEmpty ? [] : Self.items(accounts)
                    rest = rest[rest.index(after: end)...]
                }
                while let tag = Self.tag(of: &rest) {
                    if tag == "NOPASSWD" { needsPassword = false }
                    if tag == "PASSWD" { needsPassword = true }
                }
                let command = Self.command(of: &rest)
                guard !command.isEmpty else { return false }
                rules.append(
                    Rule(
                        users: users, hosts: hosts, runAs: runAs, command: Item(command),
                        needsPassword: needsPassword, path: path, line: line))
                guard let separator = rest.popFirst() else { return true }
                if separator == ":" { break }
            }
        }
        return true
    }

    /// A tag such as `NOPASSWD:` or an option such as `CWD=/srv`, taken from the front.
    private static func tag(of rest: inout Substring) -> String? {
        while rest.first == " " { rest.removeFirst() }
        let word = rest.prefix { $0.isASCII && ($0.isUppercase || $0 == "_") }
        let next = rest.dropFirst(word.count)
        guard !word.isEmpty, let sign = next.first, sign == ":" || sign == "=", !(sign == ":" && word == "ALL") else {
            return nil
        }
        rest = next.dropFirst()
        if sign == "=" {
            let value = parts(of: rest, at: " ", limit: 2)[0]
            rest = rest.dropFirst(value.count)
        }
        return String(word)
    }

    /// The command in front, up to a `,` or a `:`; a digest before it is left out.
    private static func command(of rest: inout Substring) -> String {
        while rest.hasPrefix("sha"), let colon = rest.firstIndex(of: ":"),
            rest[..<colon].dropFirst(3).allSatisfy(\.isNumber)
        {
            rest = parts(of: rest[rest.index(after: colon)...].drop { $0 == " " }, at: " ", limit: 2).last ?? ""
        }
        let comma = parts(of: rest, at: ",", limit: 2)[0], colon = parts(of: rest, at: ":", limit: 2)[0]
        let command = comma.count < colon.count ? comma : colon
        rest = rest.dropFirst(command.count)
        return String(command)
    }

    private static func items(_ list: Substring) -> [Item] { parts(of: list, at: ",").map { Item(String($0)) } }

    /// Parts between separators that no backslash precedes and no quotes hold.
    private static func parts(of text: Substring, at separator: Character, limit: Int = .max) -> [Substring] {
        var parts: [Substring] = [], start = text.startIndex, index = text.startIndex
        var isEscaped = false, isQuoted = false
        while index < text.endIndex {
            let character = text[index], next = text.index(after: index)
            if character == separator, !isEscaped, !isQuoted, parts.count + 1 < limit {
                parts.append(text[start..<index])
                start = next
            }
            if character == "\"", !isEscaped { isQuoted.toggle() }
            isEscaped = character == "\\" && !isEscaped
            index = next
        }
        return parts + [text[start...]]
    }
}

extension SudoPolicy.Item {
    /// Without quotes, and without the backslashes that take away a meaning.
    var unquoted: String {
        var result = "", isEscaped = false
        for character in text {
            if !isEscaped, character == "\\" || character == "\"" {
                isEscaped = character == "\\"
                continue
            }
            isEscaped = false
            result.append(character)
        }
        return result
    }
}
