import Values

extension FactCollector {
    var secureShell: Datum { ["host_keys": hostKeys, "user_keys": userKeys] }

    /// The public keys that sshd(8) shows, with their fingerprints as ssh-keygen(1) prints them.
    private var hostKeys: Datum {
        let names = (tree.names(in: "etc/ssh") ?? []).filter { $0.hasPrefix("ssh_host_") && $0.hasSuffix("_key.pub") }
        return .list(
            names.compactMap { name -> Datum? in
                guard let key = Self.key(in: tree.read("etc/ssh/\(name)")) else { return nil }
                return .map(
                    [
                        .init("type", .string(key.type)), .init("key", .string(key.line)),
                        .init("fingerprint", fingerprint(of: key)), .init("file", .string("/etc/ssh/\(name)")),
                    ] + certificate("\(name.dropLast(4))-cert.pub"))
            })
    }

    /// The public keys of this host's accounts in trusts, by the trust: the client's configuration names the account and the
    /// file. That file is the account's own, so that no link on the way from its home is followed.
    private var userKeys: Datum {
        let names = (tree.names(in: TrustIdentity.folder) ?? []).filter { TrustIdentity.trust(ofFile: $0) != nil }
        if names.isEmpty { return .map([]) }
        let homes = homes
        return .map(
            names.compactMap { name -> Datum.Member? in
                guard let trust = TrustIdentity.trust(ofFile: name),
                    let identity = TrustIdentity(lines: tree.lines("\(TrustIdentity.folder)/\(name)")),
                    let home = homes[identity.user],
                    let key = Self.key(in: tree.read("\(identity.file).pub", below: home))
                else { return nil }
                return Datum.Member(
                    trust,
                    .map(
                        [
                            .init("user", .string(identity.user)), .init("key", .string(key.line)),
                            .init("fingerprint", fingerprint(of: key)),
                        ] + certificate("\(trust)-cert.pub")))
            })
    }

    /// The certificate of trusts in a file, where it is there.
    private func certificate(_ name: String) -> [Datum.Member] {
        guard let key = Self.key(in: tree.read("\(TrustIdentity.certificates)/\(name)")),
            key.type.hasSuffix("-cert-v01@openssh.com")
        else { return [] }
        return [.init("certificate", .string(key.line))]
    }

    /// The homes of the root's accounts, without the leading slash.
    private var homes: [String: String] {
        let entries = tree.lines("etc/passwd").map { $0.split(separator: ":", omittingEmptySubsequences: false) }
        let homes = entries.compactMap { fields -> (String, String)? in
            guard fields.count == 7, fields[5].first == "/", fields[5].count > 1 else { return nil }
            return (String(fields[0]), String(fields[5].dropFirst()))
        }
        return Dictionary(homes, uniquingKeysWith: { first, _ in first })
    }

    private struct Key {
        var type: String
        var text: Substring
        var blob: [UInt8]

        /// Without a comment.
        var line: String { "\(type) \(text)" }
    }

    /// The key in the first line of a file; nil for anything else. A key's bytes begin with its type (RFC 4253 §6.6).
    private static func key(in reading: SourceReading) -> Key? {
        guard case .bytes(let bytes) = reading, bytes.count <= 1 << 16 else { return nil }
        let line = String(decoding: bytes.prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
        let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
        guard words.count >= 2, let blob = Base64.bytes(of: words[1].utf8) else { return nil }
        let count = blob.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard blob.count > 4 + count, blob[4..<4 + count].elementsEqual(words[0].utf8) else { return nil }
        return Key(type: String(words[0]), text: words[1], blob: blob)
    }

    private func fingerprint(of key: Key) -> Datum {
        Datum(digest.map { "SHA256:\(Base64.text(of: $0(key.blob), isPadded: false))" })
    }
}
