public import Values

/// Keys that count for nothing, whoever allows them: one on a line, as a public key or by its fingerprint.
public struct RevokedKeys: Sendable, Hashable {
    public let path: String
    private var fingerprints: Set<Fingerprint> = []

    /// Reads a file strictly: a line that cannot be read is an error.
    public init(parsing bytes: [UInt8], path: String, into diagnostics: inout Diagnostics) {
        self.path = path
        let file = SourceFile(path, bytes: bytes)
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            let text = String(decoding: line, as: UTF8.self).trimmed
            if text.isEmpty || text.hasPrefix("#") { continue }
            let word = text.split(whereSeparator: { $0 == " " || $0 == "\t" }).first ?? ""
            if let fingerprint = Fingerprint(word) ?? SigningKey(line: text)?.fingerprint {
                fingerprints.insert(fingerprint)
            } else {
                diagnostics.add(
                    Diagnostic(
                        "expected a public key or a fingerprint, found something else",
                        at: Place(file: file, line: index + 1, column: 1),
                        hint: "`ssh-ed25519 AAAA...`, or `SHA256:...` as `ssh-keygen -l` prints it"))
            }
        }
    }

    public func contains(_ key: SigningKey) -> Bool { fingerprints.contains(key.fingerprint) }
}
