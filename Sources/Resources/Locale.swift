public import SystemFiles
public import Model

/// The locale of the host: LANG in its file, and the locale itself, made where it is missing.
public struct Locale: Resource, Removable {
    public var host = ThisHost.this
    public var lang = LocaleName.posix

    public init() {}

    public static let typeName = "locale"
    public static let doc = """
        The locale of the host: LANG in /etc/default/locale or /etc/locale.conf, whichever the host has; other variables \
        stay. A locale that is not there is added to /etc/locale.gen and made by locale-gen(8); it stays when LANG goes.
        """
    public static let bearsData = true
    public static let fields: [Field<Locale>] = [
        Field("host", always: \.host, .key, doc: "Always `this`.", examples: ["this"]),
        Field(
            "lang", always: \.lang, isRequired: true, doc: "The locale's name, as setlocale(3) takes it.",
            examples: ["de_DE.UTF-8", "C.UTF-8"]),
    ]
    public static let examples = ["this: {lang: C.UTF-8}"]

    private static let debian = AbsolutePath.root.appending("etc/default/locale")
    private static let systemd = AbsolutePath.root.appending("etc/locale.conf")
    private static let list = AbsolutePath.root.appending("etc/locale.gen")
    private static let supported = ["local/", ""].map { AbsolutePath.root.appending("usr/\($0)share/i18n/SUPPORTED") }
    private static let assignment = "^\\s*(?:export\\s+)?LANG="

    public var objects: [HostObject] { [.line(Self.debian, "LANG"), .line(Self.systemd, "LANG")] }
    public var needs: [Need] { [Need(.package("locales"), "locales"), Need(.path(Self.list), "list of locales")] }
    public var probes: [Probe] { [.locales] }

    public struct Observed: Sendable {
        /// Where LANG is, or is to be.
        var files: [AbsolutePath]
        /// What the files say; nil where one says nothing.
        var langs: [String?]
        var isMade: Bool
        /// The line of /etc/locale.gen that makes the locale.
        var line: String?
        var problem: Refusal?
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        var files: [AbsolutePath] = [], leadsOn = false
        for path in [Self.debian, Self.systemd] {
            guard let status = try host.status(of: path) else { continue }
            // Debian 13 has a link to the other file.
            if path == Self.debian, status.kind == .link {
                leadsOn = try ["../locale.conf", Self.systemd.text].contains(host.linkTarget(of: path))
                if leadsOn { continue }
            }
            try status.mustBe(.file, at: path)
            files.append(path)
        }
        if files.isEmpty {
            let isDebian = try !leadsOn && host.status(of: AbsolutePath.root.appending("etc/debian_version")) != nil
            files = [isDebian ? Self.debian : Self.systemd]
        }
        var observed = Observed(files: files, langs: try files.map { try value(in: $0, on: host) }, isMade: false)
        switch try host.answer(to: .locales) {
        case .texts(let names): observed.isMade = names.contains { LocaleName($0) == lang }
        case let answer: observed.problem = Refusal("which locales there are cannot be told: \(answer.uncertainty)")
        }
        if !observed.isMade, observed.problem == nil { try findLine(into: &observed, on: host) }
        return observed
    }

    private func value(in file: AbsolutePath, on host: some HostReading) throws -> String? {
        guard let document = try host.document(TextLines.self, at: file),
            let last = try document.positions(of: LineEdit(text: Content(""), match: Self.assignment)).last
        else { return nil }
        let line = String(decoding: document.body(at: last), as: UTF8.self)
        let value = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)[1].trimmed
        return value.count > 1 && value.first == value.last && "\"'".contains(value.prefix(1))
            ? String(value.dropFirst().dropLast()) : value
    }

    private func findLine(into observed: inout Observed, on host: some HostReading) throws {
        var names: [String] = []
        for path in Self.supported {
            guard let document = try host.document(TextLines.self, at: path) else { continue }
            for position in 0..<document.count {
                let words = String(decoding: document.body(at: position), as: UTF8.self).split(separator: " ")
                guard words.count == 2, let name = LocaleName(String(words[0])) else { continue }
                names.append(name.text)
                if observed.line == nil, LocaleName.names(madeBy: words.joined(separator: " ")).contains(lang.listed) {
                    observed.line = words.joined(separator: " ")
                }
            }
        }
        if observed.line != nil { return }
        let wanted = lang.text.lowercased()
        let near =
            names.first { $0.lowercased() == wanted }.map { "did you mean `\($0)`?" }
            ?? Spelling.nearest(to: lang.text, among: names.filter { $0.lowercased().prefix(2) == wanted.prefix(2) })
        observed.problem =
            names.isEmpty
            ? Refusal(
                "the locale \(lang.text) is not there", hint: "the package locales makes locales", isMissing: true)
            : Refusal(
                "no locale is called \(lang.text)", hint: near ?? "\(Self.supported[1]) lists them", isMissing: true)
    }

    public func isPresent(in observed: Observed) -> Bool { observed.langs.contains { $0 != nil } }

    private func isSaid(_ value: String?) -> Bool { value.flatMap { LocaleName($0) } == lang }

    public func changes(from observed: Observed?) -> [Change] {
        guard let observed else { return [] }
        if let other = observed.langs.first(where: { !isSaid($0) }) {
            return [Change("lang", from: other.map { .text($0) }, to: lang.shown)]
        }
        return observed.isMade ? [] : [Change("lang", from: .text("\(lang.text), which is not there"), to: lang.shown)]
    }

    /// First the locale, then its name: programs complain of one that is not there.
    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        guard let observed else { return [] }
        if let problem = observed.problem { throw problem }
        var steps: [Step] = []
        if let line = observed.line {
            let pattern = line.replacing(".", with: "\\.").replacing(" ", with: "\\s+")
            let edit = LineEdit(text: Content(line), match: "^[\\s#]*\(pattern)\\s*$")
            steps = [.editFile(FileEdit(Self.list, edit, creation: Attributes())), .system(.makeLocales)]
        }
        let edit = LineEdit(text: Content("LANG=\(lang.text)"), match: Self.assignment)
        return steps
            + zip(observed.files, observed.langs).filter { !isSaid($0.1) }.map {
                .editFile(FileEdit($0.0, edit, creation: Attributes()))
            }
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] {
        let edit = LineEdit(text: Content(""), match: Self.assignment, isPresent: false)
        return zip(observed.files, observed.langs).filter { $0.1 != nil }.map {
            .editFile(FileEdit($0.0, edit, removesEmpty: true))
        }
    }

    public func remarks(on observed: Observed?, of host: some HostReading, before changes: [Change]) throws -> [String]
    {
        let all = LineEdit(text: Content(""), match: "^\\s*(?:export\\s+)?LC_ALL=[\"']?[A-Za-z]")
        return try [Self.debian, Self.systemd].filter {
            try host.status(of: $0)?.kind == .file
                && host.document(TextLines.self, at: $0)?.positions(of: all).isEmpty == false
        }.map { "\($0) sets LC_ALL, which has the last word" }
    }
}

/// Which one is set is a file; those that were made stay.
extension Locale: Restorable {
    public func former(_ observed: Observed?) -> Locale? { self }
}
