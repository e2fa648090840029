public import Model

/// A file of sudoers(5): its entries as texts that are equal where sudo reads the same, and what it includes.
public struct SudoersFile: HostDocument {
    public let bytes: [UInt8]
    /// User specifications and settings in their order, without comments and needless blanks.
    public let entries: [String]
    /// The same as they stand in the file, each with the number of its first line.
    let texts: [(line: Int, text: String)]
    let includes: [(path: String, isFolder: Bool)]
    /// The numbers of the lines that include others.
    let includeLines: Set<Int>

    public init(parsing bytes: [UInt8]) {
        self.bytes = bytes
        var entries: [String] = [], texts: [(Int, String)] = [], includes: [(String, Bool)] = [], open = "", start: Int?
        var includeLines: Set<Int> = []
        for (number, line) in FileLine.lines(of: bytes).lines.map(\.bodyText).enumerated() {
            if line.utf8.last == UInt8(ascii: "\\") {
                open += line.dropLast()
                start = start ?? number + 1
                continue
            }
            let text = (open + line).trimmed, place = start ?? number + 1
            (open, start) = ("", nil)
            let words = text.split(whereSeparator: \.isWhitespace), first = words.first.map { $0.dropFirst() } ?? ""
            let isDirective = text.first == "@" || text.first == "#"
            if isDirective, words.count == 2, first == "include" || first == "includedir" {
                includes.append((words[1].filter { $0 != "\"" }, first == "includedir"))
                includeLines.insert(number + 1)
            } else {
                let entry = Self.plain(text)
                if entry.isEmpty { continue }
                entries.append(Self.withIdentity(entry))
                texts.append((place, text))
            }
        }
        self.entries = entries
        self.texts = texts
        self.includes = includes
        self.includeLines = includeLines
    }

    /// A rule that does not say as whom says root (`runas_default`).
    private static func withIdentity(_ entry: String) -> String {
        guard let sign = entry.firstIndex(of: "="), isRule(entry) else { return entry }
        let rest = entry[entry.index(after: sign)...]
        return rest.first == "(" ? entry : "\(entry[...sign])(root)\(rest)"
    }

    /// Whether an entry says who may run what, and is no setting and no alias.
    public static func isRule(_ entry: String) -> Bool {
        let others = ["Defaults", "User_Alias", "Runas_Alias", "Host_Alias", "Cmnd_Alias", "Cmd_Alias"]
        return !others.contains { entry.hasPrefix($0) }
    }

    /// An entry without the comment behind it, and with blanks only where they part words.
    public static func plain(_ text: String) -> String {
        var result = String.UnicodeScalarView(), isEscaped = false, isQuoted = false, hasBlank = false
        let separators = ",:=()!".unicodeScalars
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            if !isEscaped, !isQuoted {
                // Before a digit it begins a number: `#1000`, `%#27`.
                if scalar == "#" {
                    let isNumber = scalars.dropFirst(index + 1).first.map { ("0"..."9").contains($0) } ?? false
                    guard isNumber, result.last.map({ "%,:(!".unicodeScalars.contains($0) }) ?? true else { break }
                }
                if scalar == " " || scalar == "\t" {
                    hasBlank = true
                    continue
                }
            }
            // Before a `!` it may part the accounts from the hosts.
            if hasBlank, let last = result.last, !separators.contains(last),
                scalar == "!" || !separators.contains(scalar)
            {
                result.append(" ")
            }
            hasBlank = false
            result.append(scalar)
            if scalar == "\"", !isEscaped { isQuoted.toggle() }
            isEscaped = scalar == "\\" && !isEscaped
        }
        return String(result)
    }
}

extension HostReading {
    /// The host's own name; empty where it has none.
    var ownName: String {
        get throws(HostFault) {
            let places = ["etc/hostname"] + (isRunning ? ["proc/sys/kernel/hostname"] : [])
            for path in places.map({ AbsolutePath.root.appending($0) }) {
                guard try status(of: path)?.kind == .file else { continue }
                let lines = FileLine.lines(of: try contents(of: path, limit: 1 << 12)).lines
                if let line = lines.first(where: { !$0.isBlankOrComment }) { return line.bodyText.trimmed }
            }
            return ""
        }
    }
}

/// What sudo reads on a host, as far as its files tell.
public struct Sudoers {
    public struct File: Sendable {
        /// As sudo is told of it.
        public var path: AbsolutePath
        /// Where it is, through all links.
        public var place: AbsolutePath
        public var document: SudoersFile
    }

    /// The files in their order; of two entries for one command the last one counts.
    public private(set) var files: [File] = []
    /// The folders of which every file is read.
    public private(set) var folders: [AbsolutePath] = []
    /// The files that sudo passes over, since somebody else may write them.
    private(set) var unsafe: [AbsolutePath] = []
    /// The files that are read by their names, whether or not they are there.
    private(set) var named: [AbsolutePath] = []

    public static let main = AbsolutePath.root.appending("etc/sudoers")

    public init(reading host: some HostReading) throws(HostFault) { try read(Self.main, on: host) }

    private mutating func read(_ path: AbsolutePath, on host: some HostReading) throws(HostFault) {
        guard !files.contains(where: { $0.path == path }), files.count < 1000 else { return }
        let place = try host.target(of: path)
        guard let status = try host.status(of: place) else { return }
        if Self.passesOver(status) || status.kind == .link {
            if status.kind != .directory { unsafe.append(path) }
            return
        }
        guard let document = try host.document(SudoersFile.self, at: place) else { return }
        files.append(File(path: path, place: place, document: document))
        for include in document.includes {
            var text = include.path
            if text.contains("%h") { text.replace("%h", with: try host.ownName.prefix { $0 != "." }) }
            guard let place = path.parent.flatMap({ $0.target(ofLink: text) }) else { continue }
            guard include.isFolder else {
                named.append(place)
                try read(place, on: host)
                continue
            }
            folders.append(place)
            // Names with a dot and those of copies are passed over.
            for name in try host.entries(of: host.target(of: place)) ?? [] where !name.contains(".") && name.last != "~"
            {
                try read(place.appending(name), on: host)
            }
        }
    }

    /// Whether sudo reads no such file, since others than root may write it (sudo_secure_file() of sudo 1.9).
    public static func passesOver(_ status: FileStatus) -> Bool {
        let bits = status.permissions.bits
        return status.owner != 0 || bits & 0o002 != 0 || (bits & 0o020 != 0 && status.group != 0)
    }

    /// The first file that says what a line says; not one of Lodestar's, which goes with its declaration.
    public func file(with line: String) -> AbsolutePath? {
        let entry = SudoersFile.plain(line)
        return files.first { !$0.path.name.hasPrefix(Self.prefix) && $0.document.entries.contains(entry) }?.path
    }

    /// How the names of Lodestar's files begin.
    public static let prefix = "lodestar-"
}
