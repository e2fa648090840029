import Values

/// The variables that a file of shell assignments sets, such as os-release(5), by the rules of the shell (XCU 2.2 to 2.10):
/// quotes, escapes, comments, several on a line, `export`, values of variables before. Nothing is executed.
struct ShellAssignments {
    private(set) var values: [String: String] = [:]
    private var rest: ArraySlice<UInt8>

    /// One word of a command: its text, and the variable that it would set.
    private struct Word {
        var text: [UInt8] = []
        var name: String?
        /// Whether it holds what only executing can tell.
        var isUnknown = false
        /// Whether it is a word even where nothing is left of it.
        var isQuoted = false
    }

    /// Whether the commands up to the next end of a list do not run, because one before `&&` may have failed.
    private var isSkipping = false
    /// What the assignments before, in the same command, have set already.
    private var pending: [String: String] = [:]

    /// - Parameter bytes: the file; line ends of other systems are taken for those of this one.
    init(_ bytes: [UInt8]) {
        var plain: [UInt8] = []
        plain.reserveCapacity(bytes.count)
        for (index, byte) in bytes.enumerated() {
            if byte == 0x0D, index + 1 == bytes.count || bytes[index + 1] == 0x0A { continue }
            plain.append(byte)
        }
        rest = Self.joined(plain)[...]
        while !rest.isEmpty {
            // What is left open at the end is an error of the shell's: what stands before it counts.
            guard readCommand() else { return }
        }
    }

    /// Reads one command with what ends it, and takes its assignments; false where the shell would stop.
    private mutating func readCommand() -> Bool {
        var words: [Word] = []
        pending = [:]
        while true {
            rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
            guard let byte = rest.first else { break }
            if byte == UInt8(ascii: "#") {
                rest = rest.drop { $0 != 0x0A }
                continue
            }
            if byte == 0x0A || byte == UInt8(ascii: ";") {
                rest = rest.dropFirst()
                take(words)
                isSkipping = false
                return true
            }
            // `&&` goes on after assignments, which never fail; nothing else of the kind sets anything here.
            if byte == UInt8(ascii: "&") {
                let isAnd = rest.dropFirst().first == byte
                rest = rest.dropFirst(isAnd ? 2 : 1)
                if isAnd { take(words) }
                isSkipping = isAnd && (isSkipping || !Self.isKept(words))
                // The list goes on behind the end of the line.
                while isAnd, let byte = rest.first, [0x20, 0x09, 0x0A, UInt8(ascii: "#")].contains(byte) {
                    rest = byte == UInt8(ascii: "#") ? rest.drop { $0 != 0x0A } : rest.dropFirst()
                }
                return true
            }
            // A line that is no assignment at all, such as `VERSION=1.4 (runtime)`: the shell reads nothing of it.
            if "|()<>".utf8.contains(byte) {
                rest = rest.drop { $0 != 0x0A }
                return true
            }
            guard let word = readWord() else { return false }
            if word.isQuoted || word.name != nil || !word.text.isEmpty { words.append(word) }
            if let name = word.name, words.allSatisfy({ $0.name != nil }) {
                pending[name] = String(decoding: word.text, as: UTF8.self)
            }
        }
        take(words)
        return true
    }

    /// The text without the line ends behind a backslash, which the shell takes away before it looks for words; in single
    /// quotes and in comments they stay.
    private static func joined(_ bytes: [UInt8]) -> [UInt8] {
        var joined: [UInt8] = [], rest = bytes[...], isAtWord = true, isQuoted = false
        while let byte = rest.popFirst() {
            let wasAtWord = isAtWord
            isAtWord = !isQuoted && " \t\n;&|()".utf8.contains(byte)
            if byte == UInt8(ascii: "\\"), let next = rest.popFirst() {
                if next == 0x0A {
                    isAtWord = wasAtWord
                } else {
                    joined += [byte, next]
                }
                continue
            }
            joined.append(byte)
            if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if !isQuoted, byte == UInt8(ascii: "'") {
                let end = rest.firstIndex(of: byte).map { $0 + 1 } ?? rest.endIndex
                joined += rest[..<end]
                rest = rest[end...]
            } else if !isQuoted, wasAtWord, byte == UInt8(ascii: "#") {
                joined += rest.prefix { $0 != 0x0A }
                rest = rest.drop { $0 != 0x0A }
            }
        }
        return joined
    }

    /// Assignments stay where no program follows them, or one of the shell's own that keeps them.
    private static func isKept(_ words: [Word]) -> Bool {
        guard let command = words.first(where: { $0.name == nil }) else { return true }
        return ["export", "readonly", ":"].contains(String(decoding: command.text, as: UTF8.self))
    }

    private mutating func take(_ words: [Word]) {
        guard !isSkipping, Self.isKept(words) else { return }
        var hasCommand = false
        for word in words {
            var name = word.name, text = word.text
            // `export` takes its words for assignments after their quotes are gone.
            if name == nil, hasCommand, let equals = text.firstIndex(of: UInt8(ascii: "=")) {
                name = Self.name(Array(text[..<equals]))
                text = Array(text[(equals + 1)...])
            }
            if word.name == nil { hasCommand = true }
            guard let name else { continue }
            values[name] = word.isUnknown ? nil : String(decoding: text, as: UTF8.self)
        }
    }

    /// nil for a quote that is not closed.
    private mutating func readWord() -> Word? {
        var word = Word(), isPlain = true
        while let byte = rest.first, byte != 0x20, byte != 0x09, byte != 0x0A, !";&|()<>".utf8.contains(byte) {
            rest = rest.dropFirst()
            switch byte {
            case UInt8(ascii: "="):
                if isPlain, word.name == nil, let name = Self.name(word.text) {
                    word.name = name
                    word.text = []
                } else {
                    word.text.append(byte)
                }
                continue
            case UInt8(ascii: "'"):
                guard let end = rest.firstIndex(of: byte) else { return nil }
                word.isQuoted = true
                word.text += rest[..<end]
                rest = rest[(end + 1)...]
            case UInt8(ascii: "\""):
                word.isQuoted = true
                guard readQuoted(&word) else { return nil }
            case UInt8(ascii: "\\"):
                guard let next = rest.popFirst() else { break }
                word.text.append(next)
            case UInt8(ascii: "$"): readExpansion(&word)
            case UInt8(ascii: "`"): word.isUnknown = true
            default:
                word.text.append(byte)
                continue
            }
            // A quoted character makes the word no assignment.
            if word.name == nil { isPlain = false }
        }
        return word
    }

    private mutating func readQuoted(_ word: inout Word) -> Bool {
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return true
            case UInt8(ascii: "\\"):
                guard let next = rest.popFirst() else { return false }
                if !"$`\"\\".utf8.contains(next) { word.text.append(byte) }
                word.text.append(next)
            case UInt8(ascii: "$"): readExpansion(&word)
            case UInt8(ascii: "`"): word.isUnknown = true
            default: word.text.append(byte)
            }
        }
        return false
    }

    /// After a dollar: the value of a variable before it, or the dollar itself.
    private mutating func readExpansion(_ word: inout Word) {
        guard let next = rest.first else { return word.text.append(UInt8(ascii: "$")) }
        if next == UInt8(ascii: "{"), let end = rest.firstIndex(of: UInt8(ascii: "}")) {
            let inner = rest[(rest.startIndex + 1)..<end]
            rest = rest[(end + 1)...]
            guard let name = Self.name(Array(inner)) else { return word.isUnknown = true }
            word.text += Array((pending[name] ?? values[name] ?? "").utf8)
        } else if next.isASCIIDigit {
            // A file that is read has no arguments.
            rest = rest.dropFirst()
        } else if "({$?#@*!-".utf8.contains(next) {
            word.isUnknown = true
            rest = rest.dropFirst()
        } else {
            let name = rest.prefix { $0.isASCIIWord || $0 == 0x5F }
            guard let text = Self.name(Array(name)) else { return word.text.append(UInt8(ascii: "$")) }
            rest = rest.dropFirst(name.count)
            word.text += Array((pending[text] ?? values[text] ?? "").utf8)
        }
    }

    private static func name(_ bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        return text.isVariableName ? text : nil
    }
}
