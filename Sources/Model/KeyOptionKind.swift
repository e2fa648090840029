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
