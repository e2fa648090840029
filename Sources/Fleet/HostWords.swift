import Model

/// Puts names in place of what only one host is called, so that the same change of many hosts looks the same.
struct HostWords {
    private let words: [(text: String, name: String)]

    init(_ identity: HostIdentity) {
        let all = [(identity.id, "${host.id}"), (identity.name, "${host.name}"), (identity.ip ?? "", "${host.ip}")]
        // The longest first: a name may be a part of another.
        words = all.filter { $0.0.utf8.count >= 3 }.sorted { $0.0.utf8.count > $1.0.utf8.count }
    }

    func key(of difference: ResourceDifference) -> ResourceDifference {
        var key = difference
        key.address = Address(type: key.address.type, key: replaced(key.address.key))
        for index in key.fields.indices {
            switch key.fields[index].value {
            case .texts(let old, let new):
                key.fields[index].value = .texts(old: old.map(replaced), new: new.map(replaced))
            case .lines(let lines): key.fields[index].value = .lines(lines.map(replaced))
            case .secret: break
            }
        }
        return key
    }

    private func replaced(_ text: String) -> String {
        words.reduce(text) { Self.replaced($0, $1.text, by: $1.name) }
    }

    private static func replaced(_ text: String, _ word: String, by name: String) -> String {
        let bytes = Array(text.utf8), word = Array(word.utf8)
        guard bytes.count >= word.count, let first = word.first else { return text }
        var result: [UInt8] = [], index = 0, found = false
        while index < bytes.count {
            if bytes[index] == first, bytes[index...].starts(with: word) {
                result += name.utf8
                index += word.count
                found = true
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return found ? String(decoding: result, as: UTF8.self) : text
    }
}

extension ResourceDifference {
    /// What makes it the same for two hosts: of texts only the lines that change.
    var key: ResourceDifference {
        var key = self
        key.place = ""
        for index in key.fields.indices {
            guard case .lines(let lines) = key.fields[index].value else { continue }
            key.fields[index].value = .lines(lines.filter { !$0.hasPrefix(" ") && !$0.hasPrefix("@@") })
        }
        return key
    }
}
