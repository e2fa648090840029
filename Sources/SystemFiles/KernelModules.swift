public import Model

/// The name of a module of the kernel; `-` and `_` are one (modprobe(8)).
public struct ModuleName: Sendable, Hashable, TextValue, CustomStringConvertible {
    public let text: String

    /// What a resource has before its key is decoded.
    public static let none = ModuleName(unchecked: "none")

    private init(unchecked text: String) {
        self.text = text
    }

    /// - Returns: nil for what no file of a module is called.
    public init?(_ text: some StringProtocol) {
        guard !text.isEmpty, text.utf8.count < 56, text.isASCIIWord(or: "_-") else { return nil }
        self.text = String(text.map { $0 == "-" ? "_" : $0 })
    }

    /// The name in the path of a module's file, such as `kernel/drivers/net/dummy.ko.xz`.
    init?(path: some StringProtocol) {
        guard let file = path.split(separator: "/").last, let end = file.firstRange(of: ".ko") else { return nil }
        self.init(file[..<end.lowerBound])
    }

    public static let expectation = "the name of a module of the kernel such as br_netfilter"

    public var description: String { text }
    public static var shape: Shape { .text(pattern: "^[A-Za-z0-9_-]{1,55}$") }
}

/// Modules in a list: one a line, by the first word. Of modules-load.d(5), /proc/modules, modules.dep(5) and
/// modules.builtin, where the word may be the path of the module's file.
public struct ModuleList: HostDocument {
    public let bytes: [UInt8]
    private let names: Set<ModuleName>

    public init(parsing bytes: [UInt8]) {
        self.bytes = bytes
        var names: Set<ModuleName> = []
        for line in String(decoding: bytes, as: UTF8.self).textLines() {
            guard let word = line.split(whereSeparator: { $0.isWhitespace || $0 == ":" }).first else { continue }
            if let name = word.contains("/") ? ModuleName(path: word) : ModuleName(word) { names.insert(name) }
        }
        self.names = names
    }

    public func has(_ name: ModuleName) -> Bool { names.contains(name) }

    /// All of them, sorted.
    public var all: [ModuleName] { names.sorted { $0.text < $1.text } }
}

/// What files of modprobe.d(5) say of one module.
public struct ModuleRules: Sendable, Hashable {
    /// The parameters, each with the value that counts: the last.
    public var options: [String: String]
    /// Whether its aliases do not load it, and its name neither.
    public var isBlacklisted: Bool

    public init(options: [String: String] = [:], isBlacklisted: Bool = false) {
        self.options = options
        self.isBlacklisted = isBlacklisted
    }
}

/// A file of modprobe.d(5).
public struct ModuleSettings: HostDocument {
    public let bytes: [UInt8]
    private var options: [ModuleName: [String: String]] = [:]
    private var blacklisted: Set<ModuleName> = []
    private var barred: Set<ModuleName> = []

    public init(parsing bytes: [UInt8]) {
        self.bytes = bytes
        let text = String(decoding: bytes, as: UTF8.self)
        // A backslash at the end of a line goes on with the next one.
        let lines = text.textLines(omittingEmpty: false).reduce(into: [""]) { lines, line in
            lines[lines.count - 1] += line
            if line.last == "\\" { lines[lines.count - 1].removeLast() } else { lines.append("") }
        }
        for line in lines {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard words.count > 1, let name = ModuleName(words[1]) else { continue }
            switch words[0] {
            case "options":
                for word in words.dropFirst(2) {
                    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    options[name, default: [:]][String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
                }
            case "blacklist": blacklisted.insert(name)
            case "install" where words.count == 3 && ["/bin/false", "/bin/true"].contains(words[2]): barred.insert(name)
            default: break
            }
        }
    }

    /// Adds what the file says of a module to what earlier files say.
    public func add(_ name: ModuleName, to rules: inout ModuleRules) {
        rules.options.merge(options[name] ?? [:]) { $1 }
        rules.isBlacklisted = rules.isBlacklisted || (blacklisted.contains(name) && barred.contains(name))
    }

    public func rules(for name: ModuleName) -> ModuleRules {
        var rules = ModuleRules()
        add(name, to: &rules)
        return rules
    }
}
