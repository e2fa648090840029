/// The options of a key one by one, as sshauthopt_parse() of OpenSSH 9.2 reads them (auth-options.c).
public struct KeyOptionList: Sendable, Hashable {
    public struct Option: Sendable, Hashable {
        /// In lower case: case is no difference.
        public var name: String
        /// Without its quotes; nil for a word alone.
        public var value: String?
    }

    /// Why sshd would not take a key that stands behind the options.
    public struct Fault: Error, Sendable, Hashable {
        public var found: String
        public var hint: String?
    }

    public private(set) var list: [Option] = []

    /// The value of an option; of several the first.
    public subscript(name: String) -> String? { list.first { $0.name == name }?.value }

    public func has(_ name: String) -> Bool { list.contains { $0.name == name } }

    /// Reads the options before a key.
    public init(_ text: String) throws(Fault) {
        var rest = text.utf8[...]
        while !rest.isEmpty {
            if rest.first == UInt8(ascii: ",") {
                rest.removeFirst()
                continue
            }
            let end = rest.firstIndex { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "=") } ?? rest.endIndex
            let word = String(Substring(rest[..<end])), name = word.lowercased()
            let kind = KeyOptionKind.all[name]
            rest = rest[end...]
            guard rest.first == UInt8(ascii: "=") else {
                switch kind {
                case .flag?: list.append(Option(name: name))
                case .some:
                    throw Fault(found: "`\(word)` without a value", hint: "\(name)=\"...\"")
                case nil:
                    throw Fault(
                        found: "the option `\(word)`", hint: Spelling.hint(for: name, among: KeyOptionKind.names))
                }
                continue
            }
            guard let kind, kind != .flag else {
                let isFlag = kind == .flag
                throw Fault(
                    found: "the option `\(word)=`",
                    hint: isFlag
                        ? "`\(name)` has no value" : Spelling.hint(for: name, among: KeyOptionKind.names))
            }
            rest.removeFirst()
            let value = try Self.value(&rest, of: name)
            if kind.standsOnce, has(name) { throw Fault(found: "`\(name)` twice", hint: nil) }
            if let fault = kind.fault(of: value) { throw Fault(found: "`\(name)=\"\(value)\"`", hint: fault) }
            list.append(Option(name: name, value: value))
        }
    }

    /// Takes the text between quotes; only a quote is escaped, by a backslash.
    private static func value(_ rest: inout Substring.UTF8View, of name: String) throws(Fault) -> String {
        guard rest.popFirst() == UInt8(ascii: "\"") else {
            throw Fault(found: "`\(name)=` without quotes", hint: "\(name)=\"...\"")
        }
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") {
                guard rest.first == nil || rest.first == UInt8(ascii: ",") else {
                    throw Fault(found: "more behind the value of `\(name)`", hint: "options are parted by commas")
                }
                return String(decoding: bytes, as: UTF8.self)
            }
            let isEscape = byte == UInt8(ascii: "\\") && rest.first == UInt8(ascii: "\"")
            bytes.append(isEscape ? rest.removeFirst() : byte)
        }
        throw Fault(found: "a quote that does not end", hint: nil)
    }
}
