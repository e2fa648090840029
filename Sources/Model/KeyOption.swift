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

/// What sshd takes for an option of a key.
enum KeyOptionKind: Sendable {
    case flag, text, addresses, time, environment, opening, listening, tunnel

    /// By name (sshd(8), AUTHORIZED_KEYS FILE FORMAT).
    static let all: [String: KeyOptionKind] = {
        var all: [String: KeyOptionKind] = [
            "restrict": .flag, "cert-authority": .flag, "command": .text, "principals": .text, "from": .addresses,
            "expiry-time": .time, "environment": .environment, "permitopen": .opening, "permitlisten": .listening,
            "tunnel": .tunnel,
        ]
        for name in [
            "agent-forwarding", "port-forwarding", "pty", "touch-required", "user-rc", "verify-required",
            "x11-forwarding",
        ] {
            all[name] = .flag
            all["no-\(name)"] = .flag
        }
        return all
    }()
    static let names = all.keys.sorted()

    /// Whether sshd refuses a second one.
    var standsOnce: Bool { self == .text || self == .addresses }

    /// What the value has to be; nil where it is that.
    func fault(of value: String) -> String? {
        switch self {
        case .flag, .text: nil
        case .addresses:
            Self.areAddresses(value)
                ? nil : "names, addresses and networks between commas, a network without bits behind its mask"
        case .time: Self.isTime(value) ? nil : "a time as YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, with Z for UTC"
        case .environment:
            value.utf8.prefix { $0 != UInt8(ascii: "=") }.isName && value.has("=")
                ? nil : "NAME=VALUE, with a name of letters, digits and `_`"
        case .opening: Self.isPlace(value) ? nil : "HOST:PORT, [ADDRESS]:PORT or HOST:*"
        case .listening: Self.isPlace(value.has(":") ? value : "*:\(value)") ? nil : "PORT or HOST:PORT"
        case .tunnel:
            value.lowercased() == "any" || Self.number(value).map { $0 <= 0x7FFF_FFFD } == true
                ? nil : "the number of a tunnel, or any"
        }
    }

    /// One that sshd cannot read makes it refuse all addresses.
    private static func areAddresses(_ text: String) -> Bool {
        text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { entry in
            let name = entry.first == "!" ? entry.dropFirst() : entry
            guard name.has("/") else { return !name.isEmpty }
            guard let prefix = IPPrefix(name) else { return false }
            return prefix.address.hasOnlyZeros(after: prefix.length)
        }
    }

    private static func isTime(_ text: String) -> Bool {
        var digits = Substring(text)
        if digits.last == "Z" || digits.last == "z" {
            digits.removeLast()
        } else if digits.lowercased().hasSuffix("utc") {
            digits.removeLast(3)
        }
        guard [8, 12, 14].contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return false
        }
        let pairs = digits.utf8.map { Int($0) - 0x30 }
        func pair(_ position: Int) -> Int {
            position + 1 < pairs.count ? pairs[position] * 10 + pairs[position + 1] : 0
        }
        return (1...12).contains(pair(4)) && (1...31).contains(pair(6)) && pair(8) < 24 && pair(10) < 60
            && pair(12) <= 61
    }

    private static func isPlace(_ text: String) -> Bool {
        let host: Substring, port: Substring
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]"), text[end...].dropFirst().first == ":" else { return false }
            (host, port) = (text[..<end].dropFirst(), text[end...].dropFirst(2))
        } else {
            guard let end = text.firstIndex(where: { $0 == ":" || $0 == "/" }) else { return false }
            (host, port) = (text[..<end], text[end...].dropFirst())
        }
        return host.utf8.count < 1025 && (port == "*" || number(port).map { (1...65535).contains($0) } == true)
    }

    /// A decimal number without a sign.
    private static func number(_ text: some StringProtocol) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }
}

extension Sequence<UInt8> {
    /// Letters, digits and `_`, at least one.
    fileprivate var isName: Bool {
        var isEmpty = true
        for byte in self {
            isEmpty = false
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: continue
            default: return false
            }
        }
        return !isEmpty
    }
}

extension IPAddress {
    /// Whether a mask of a length leaves no bit out.
    fileprivate func hasOnlyZeros(after length: Int) -> Bool {
        bytes.enumerated().allSatisfy { position, byte in
            let kept = Swift.max(0, Swift.min(8, length - position * 8))
            return byte & UInt8(truncatingIfNeeded: 0xFF >> kept) == 0
        }
    }
}
