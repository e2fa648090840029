import Model

/// [Install] of a unit and of its drop-ins, taken together.
struct InstallSection: Sendable, Hashable {
    /// With their specifiers.
    private(set) var wantedBy: [String] = []
    private(set) var requiredBy: [String] = []
    private(set) var aliases: [String] = []
    /// Units that are enabled and disabled together with this one.
    private(set) var also: [UnitName] = []
    private(set) var defaultInstance: String?

    /// Whether enabling the unit itself makes a link.
    var hasRules: Bool { !(wantedBy.isEmpty && requiredBy.isEmpty && aliases.isEmpty) }

    /// Takes in one more file.
    ///
    /// - Throws: `Refusal` where systemd does not read the file.
    mutating func read(_ file: UnitFile, of unit: UnitName, at path: AbsolutePath, on host: any HostReading) throws {
        if let problem = file.problem { throw Refusal("\(path) cannot be read: \(problem)") }
        for assignment in file.assignments {
            switch assignment.key {
            case "WantedBy": Self.take(assignment.value, into: &wantedBy)
            case "RequiredBy": Self.take(assignment.value, into: &requiredBy)
            case "Alias" where unit.type.mayBeAliased: Self.take(assignment.value, into: &aliases)
            case "Also": try takeAlso(assignment.value, unit, path, host)
            case "DefaultInstance" where unit.kind == .template:
                try takeDefaultInstance(assignment.value, unit, path, host)
            default: break
            }
        }
    }

    /// An empty value takes back what was said before.
    private static func take(_ value: String, into list: inout [String]) {
        if value.isEmpty { list = [] } else { list += UnitWords.quoted(value) }
    }

    private mutating func takeAlso(
        _ value: String, _ unit: UnitName, _ path: AbsolutePath, _ host: any HostReading
    ) throws {
        guard let words = UnitWords.escaped(value) else {
            throw Refusal("\(path) cannot be read: `Also=\(value)` ends with a backslash")
        }
        for word in words {
            let text = try expanded(word, for: unit, on: host)
            guard let name = UnitName(text) else {
                throw Refusal("\(path) cannot be read: `Also=\(value)` names no unit: `\(text)`")
            }
            also.append(name)
        }
    }

    private mutating func takeDefaultInstance(
        _ value: String, _ unit: UnitName, _ path: AbsolutePath, _ host: any HostReading
    ) throws {
        let text = try expanded(value, for: unit, on: host)
        guard text.utf8.allSatisfy(UnitName.isAllowed) else {
            throw Refusal("\(path) cannot be read: `\(text)` is no instance")
        }
        defaultInstance = text.isEmpty ? nil : text
    }

    /// A text with its specifiers replaced (systemd.unit(5), "Specifiers").
    func expanded(_ text: String, for unit: UnitName, on host: any HostReading) throws -> String {
        guard text.contains("%") else { return text }
        var result = "", isSpecifier = false
        for character in text {
            if !isSpecifier, character == "%" {
                isSpecifier = true
            } else if isSpecifier {
                result += try replacement(of: character, in: text, for: unit, on: host)
                isSpecifier = false
            } else {
                result.append(character)
            }
        }
        return isSpecifier ? result + "%" : result
    }

    private func replacement(
        of letter: Character, in text: String, for unit: UnitName, on host: any HostReading
    ) throws -> String {
        switch letter {
        case "%": return "%"
        case "p": return unit.prefix
        case "j": return unit.prefix.split(separator: "-", omittingEmptySubsequences: false).last.map(String.init) ?? ""
        case "i": return unit.instance.flatMap { $0.isEmpty ? nil : $0 } ?? defaultInstance ?? ""
        case "n": return (unit.kind == .template ? defaultInstance.flatMap(unit.instantiated) : nil)?.text ?? unit.text
        case "N": return unit.kind == .template ? unit.stem + (defaultInstance ?? "") : unit.stem
        default:
            if let value = try HostSpecifier.value(of: letter, on: host) { return value }
            guard letter.isASCII, letter.isLetter || letter.isNumber else { return "%\(letter)" }
            throw Refusal(
                "\(unit) cannot be enabled: nothing tells the specifier %\(letter) of `\(text)` here",
                hint: "say in a drop-in what it stands for")
        }
    }
}

/// The specifiers that speak of the host rather than of the unit.
enum HostSpecifier {
    /// nil for an unknown specifier, or one whose value is not known on this host.
    static func value(of letter: Character, on host: any HostReading) throws -> String? {
        switch letter {
        case "u", "g": return "root"
        case "U", "G": return "0"
        case "m": return try line("/etc/machine-id", host)
        case "H", "l":
            guard host.isRunning, let name = try line("/proc/sys/kernel/hostname", host) else { return nil }
            return letter == "H" ? name : String(name.prefix { $0 != "." })
        case "v": return host.isRunning ? try line("/proc/sys/kernel/osrelease", host) : nil
        case "o": return try release("ID", host)
        case "w": return try release("VERSION_ID", host)
        case "W": return try release("VARIANT_ID", host)
        case "B": return try release("BUILD_ID", host)
        case "A": return try release("IMAGE_VERSION", host)
        case "M": return try release("IMAGE_ID", host)
        default: return nil
        }
    }

    private static func line(_ path: String, _ host: any HostReading) throws -> String? {
        guard let path = AbsolutePath(path), try host.status(of: path)?.kind == .file else { return nil }
        let bytes = try host.contents(of: path, limit: 4096)
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    /// A field of os-release(5); empty where it is not set.
    private static func release(_ field: String, _ host: any HostReading) throws -> String? {
        for place in ["/etc/os-release", "/usr/lib/os-release"] {
            guard let path = AbsolutePath(place), try host.status(of: path)?.kind == .file else { continue }
            let text = String(decoding: try host.contents(of: path, limit: 1 << 16), as: UTF8.self)
            for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
                guard let line = String(line), line.hasPrefix("\(field)=") else { continue }
                return line.dropFirst(field.count + 1).filter { $0 != "\"" && $0 != "'" }
            }
            return ""
        }
        return nil
    }
}
