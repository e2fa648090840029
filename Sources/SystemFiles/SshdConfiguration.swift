public import Model

/// A configuration file of sshd (sshd_config(5)): its directives as words.
public struct SshdFile: HostDocument {
    public let bytes: [UInt8]
    /// The keyword in lower case, then its arguments; each with the number of its line.
    let directives: [(line: Int, text: String, words: [String])]

    public init(parsing bytes: [UInt8]) {
        self.bytes = bytes
        directives = FileLine.lines(of: bytes).lines.enumerated().compactMap { number, line in
            var words = Self.words(of: line.bodyText)
            guard let keyword = words.first?.lowercased() else { return nil }
            words[0] = Self.synonyms[keyword] ?? keyword
            return (number + 1, line.bodyText, words)
        }
    }

    /// Older words for one thing (servconf.c of OpenSSH 9.2).
    private static let synonyms = [
        "challengeresponseauthentication": "kbdinteractiveauthentication",
        "skeyauthentication": "kbdinteractiveauthentication", "dsaauthentication": "pubkeyauthentication",
    ]

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

    public init(_ entry: UserEntry, home: AbsolutePath, in accounts: AccountDatabase) {
        let primary = accounts.group(number: entry.gid)?.name
        let groups = accounts.groups(of: entry.name) + (primary.map { [$0] } ?? [])
        self.init(name: entry.name, uid: entry.uid, gid: entry.gid, home: home, groups: groups.map(\.text))
    }
}

/// Where sshd looks for the keys of an account.
public struct KeyPlaces: Sendable {
    /// In the order of AuthorizedKeysFile.
    public var files: [AbsolutePath]
    /// A remark on the files for a person; nil where all is plain.
    public var remark: String?

    private static let keyword = "authorizedkeysfile"

    /// - Throws: where a configuration file cannot be read.
    public init(of holder: KeyHolder, on host: some HostReading) throws(HostFault) {
        let directives = try SshdDirectives(reading: host)
        self.init(of: holder, by: SshdSettings(of: holder, in: directives, only: Self.keyword))
    }

    init(of holder: KeyHolder, by settings: SshdSettings) {
        let words = settings[Self.keyword] ?? [".ssh/authorized_keys", ".ssh/authorized_keys2"]
        files = words.first?.lowercased() == "none" ? [] : words.compactMap { holder.path($0) }
        if files.isEmpty {
            remark = "sshd reads no key file of \(holder.name): AuthorizedKeysFile is \(words.joined(separator: " "))"
        } else if let condition = settings.uncertain[Self.keyword] {
            remark = "sshd_config has another AuthorizedKeysFile for some connections (Match \(condition))"
        }
    }
}

extension KeyHolder {
    /// The tokens of sshd_config(5) filled in; a relative path is below the home.
    func path(_ pattern: String) -> AbsolutePath? {
        if !pattern.has("%") { return SshdDirectives.path(pattern, in: home) }
        var text = "", isToken = false
        for scalar in pattern.unicodeScalars {
            guard isToken else {
                if scalar == "%" { isToken = true } else { text.unicodeScalars.append(scalar) }
                continue
            }
            isToken = false
            switch scalar {
            case "h": text += home.text
            case "u": text += name.text
            case "U":
                guard let uid else { return nil }
                text += String(uid)
            case "%": text += "%"
            default: return nil
            }
        }
        return SshdDirectives.path(text, in: home)
    }
}
