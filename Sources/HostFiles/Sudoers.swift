public import Model

/// A file of sudoers(5): its entries as texts that are equal where sudo reads the same, and what it includes.
public struct SudoersFile: HostDocument {
    public let bytes: [UInt8]
    /// User specifications and settings in their order, without comments and needless blanks.
    public let entries: [String]
    let includes: [(path: AbsolutePath, isFolder: Bool)]

    public init(parsing bytes: [UInt8]) {
        self.bytes = bytes
        var entries: [String] = [], includes: [(AbsolutePath, Bool)] = [], open = ""
        for line in FileLine.lines(of: bytes).lines.map(\.bodyText) {
            if line.utf8.last == UInt8(ascii: "\\") {
                open += line.dropLast()
                continue
            }
            let text = (open + line).trimmed
            open = ""
            let words = text.split(whereSeparator: \.isWhitespace), first = words.first.map { $0.dropFirst() } ?? ""
            let isDirective = text.first == "@" || text.first == "#"
            if isDirective, words.count == 2, first == "include" || first == "includedir",
                let path = AbsolutePath(String(words[1]))
            {
                includes.append((path, first == "includedir"))
            } else {
                let entry = Self.plain(text)
                if !entry.isEmpty { entries.append(Self.withIdentity(entry)) }
            }
        }
        self.entries = entries
        self.includes = includes
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
        for scalar in text.unicodeScalars {
            if !isEscaped, !isQuoted {
                if scalar == "#" { break }
                if scalar == " " || scalar == "\t" {
                    hasBlank = true
                    continue
                }
            }
            if hasBlank, let last = result.last, !separators.contains(last), !separators.contains(scalar) {
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

/// What sudo reads on a host, as far as its files tell.
public struct Sudoers {
    /// The files in their order; of two entries for one command the last one counts.
    public private(set) var files: [(path: AbsolutePath, document: SudoersFile)] = []
    /// The folders of which every file is read.
    public private(set) var folders: [AbsolutePath] = []

    public static let main = AbsolutePath.root.appending("etc/sudoers")

    public init(reading host: some HostReading) throws(HostFault) { try read(Self.main, on: host) }

    private mutating func read(_ path: AbsolutePath, on host: some HostReading) throws(HostFault) {
        guard !files.contains(where: { $0.path == path }), files.count < 1000,
            let document = try host.document(SudoersFile.self, at: path)
        else { return }
        files.append((path, document))
        for include in document.includes {
            guard include.isFolder else {
                try read(include.path, on: host)
                continue
            }
            folders.append(include.path)
            // Names with a dot and those of copies are passed over.
            for name in try host.entries(of: include.path) ?? [] where !name.contains(".") && name.last != "~" {
                try read(include.path.appending(name), on: host)
            }
        }
    }

    /// The first file that says what a line says; not one of Lodestar's, which goes with its declaration.
    public func file(with line: String) -> AbsolutePath? {
        let entry = SudoersFile.plain(line)
        return files.first { !$0.path.name.hasPrefix(Self.prefix) && $0.document.entries.contains(entry) }?.path
    }

    /// How the names of Lodestar's files begin.
    public static let prefix = "lodestar-"
}
