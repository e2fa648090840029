import SystemFiles
public import Model

extension SudoRule: Importable {
    /// The rules that people wrote; of settings and aliases nothing can be said.
    public static func addImports(from host: some HostReading, to findings: inout Findings<SudoRule>) throws {
        let packaged = try PackagedFiles(reading: host)
        var names: Set<String> = []
        for file in try Sudoers(reading: host).files
        where !packaged.areUnchanged(file.path, file.document.bytes, on: host) {
            let path = file.path
            for entry in file.document.entries where path != Sudoers.main || !usual.contains(entry) {
                guard var rule = SudoRule(entry) else {
                    findings.omit("\(path): no sudo_rule says `\(entry)`")
                    continue
                }
                let stem = (path == Sudoers.main ? rule.who : path.name).filter { $0 != "%" && $0 != "\"" }
                rule.name = stem
                var count = 1
                while !names.insert(rule.name).inserted {
                    count += 1
                    rule.name = "\(stem)-\(count)"
                }
                findings.add(rule)
            }
        }
    }

    /// What Debian's own file says.
    private static let usual: Set = ["root ALL=(ALL:ALL)ALL", "%sudo ALL=(ALL:ALL)ALL"]

    /// The first of those who may.
    private var who: String { users.first?.name.text ?? groups.first?.text ?? "" }

    /// A rule of sudoers(5); nil where it says what the type cannot.
    private init?(_ entry: String) {
        self.init()
        let sides = SudoText(entry).parts(at: "=", limit: 2)
        let left = sides[0].split(separator: " ")
        guard SudoersFile.isRule(entry), sides.count == 2, left.count == 2, sides[1].first == "(",
            let end = sides[1].firstIndex(of: ")")
        else { return nil }
        for word in left[0].split(separator: ",") {
            let name = word.filter { $0 != "\"" }
            if name.first == "%", let group = AccountName(String(name.dropFirst())) {
                groups.append(group)
            } else if let account = AccountName(String(name)) {
                users.append(SudoAccount(account))
            } else {
                return nil
            }
        }
        let hosts = left[1].split(separator: ",").map { SudoHost($0.replacing(scalar: "\\", with: "")) }
        let identity = sides[1][sides[1].index(after: sides[1].startIndex)..<end].filter { $0 != "\"" }
        guard let runAs = try? SudoIdentity(decoding: Node(.string(identity), at: .nowhere)) else { return nil }
        self.hosts = hosts.compactMap(\.self)
        self.runAs = runAs
        var rest = sides[1][sides[1].index(after: end)...]
        while let colon = rest.firstIndex(of: ":"), rest[..<colon].allSatisfy({ $0.isUppercase || $0 == "_" }) {
            let tag = String(rest[..<colon])
            if tag == "NOPASSWD" {
                noPassword = true
            } else if let tag = SudoTag(rawValue: tag) {
                options.append(tag)
            } else {
                return nil
            }
            rest = rest[rest.index(after: colon)...]
        }
        let commands = SudoText(String(rest)).parts(at: ",").map { SudoCommand(sudoers: $0) }
        self.commands = commands.compactMap(\.self)
        // What was not understood does not come back.
        guard SudoersFile.plain(line) == entry else { return nil }
    }
}

extension SudoCommand {
    /// A command as sudoers(5) has it; nil for one that no rule of ours says.
    fileprivate init?(sudoers text: String) {
        let words = SudoText(text).parts(at: " ")
        let isPattern = words.contains { SudoText($0).hasWildcard }
        let plain = words.map { SudoText($0).unescaped }
        var node = Node(.string(plain[0]), at: .nowhere)
        if words.count > 1 || isPattern {
            let args = words.dropFirst() == ["\"\""] ? [] : Array(plain.dropFirst())
            var entries = [Node.Entry(key: "path", keyPlace: .nowhere, value: node)]
            if words.count > 1 {
                entries.append(.init(key: "args", keyPlace: .nowhere, value: Node(args.rendered, at: .nowhere)))
            }
            if isPattern {
                entries.append(.init(key: "pattern", keyPlace: .nowhere, value: Node(.bool(true), at: .nowhere)))
            }
            node = Node(.map(entries), at: .nowhere)
        }
        guard let command = try? SudoCommand(decoding: node) else { return nil }
        self = command
    }
}

/// A part of a rule in which a backslash takes away a character's meaning.
private struct SudoText {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    /// The characters, each with whether a backslash stands before it.
    private var characters: [(scalar: Unicode.Scalar, isEscaped: Bool)] {
        var result: [(Unicode.Scalar, Bool)] = [], isEscaped = false
        for scalar in text.unicodeScalars {
            if scalar == "\\", !isEscaped {
                isEscaped = true
            } else {
                result.append((scalar, isEscaped))
                isEscaped = false
            }
        }
        return result
    }

    func parts(at separator: Unicode.Scalar, limit: Int = .max) -> [String] {
        var parts = [""]
        for (scalar, isEscaped) in characters {
            if scalar == separator, !isEscaped, parts.count < limit {
                parts.append("")
            } else {
                parts[parts.count - 1].unicodeScalars.append(contentsOf: isEscaped ? ["\\", scalar] : [scalar])
            }
        }
        return parts
    }

    var unescaped: String {
        var result = String.UnicodeScalarView()
        for (scalar, _) in characters { result.append(scalar) }
        return String(result)
    }

    var hasWildcard: Bool {
        characters.contains { !$0.isEscaped && "*?[]".unicodeScalars.contains($0.scalar) }
    }
}
