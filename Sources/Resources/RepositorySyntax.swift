import SystemFiles
import Model

/// The rules of sources.list(5) for one source.
enum RepositorySyntax {
    private static let schemes = [
        "http", "https", "file", "copy", "cdrom", "ftp", "tor+http", "tor+https", "mirror", "mirror+http",
        "mirror+https", "mirror+file", "ssh", "rsh",
    ]

    static func problems(of repository: Repository) -> [Problem] {
        var problems: [Problem] = []
        let name = repository.name
        if !name.isASCIIWord(or: "-_.") || name.first == "." || name.isEmpty || name.utf8.count > 200 {
            problems.append(Problem("name", "expected letters, digits, `-`, `_` and `.`: apt reads no other files"))
        }
        for type in repository.types.words where type != "deb" && type != "deb-src" {
            problems.append(Problem("types", "expected deb or deb-src, found `\(type)`"))
        }
        for uri in repository.uris?.words ?? [] {
            guard let colon = uri.firstIndex(of: ":"), schemes.contains(String(uri[..<colon])) else {
                problems.append(Problem("uris", "expected a URI such as https://deb.debian.org/debian, found `\(uri)`"))
                continue
            }
            let host = uri[colon...].drop { $0 == ":" || $0 == "/" }.prefix { $0 != "/" }
            if host.contains("@"), host.prefix(while: { $0 != "@" }).contains(":") {
                problems.append(
                    Problem(
                        "uris",
                        "a password is for a file in /etc/apt/auth.conf.d (apt_auth.conf(5)), which only root reads"))
            }
        }
        let suites = repository.suites?.words ?? [], hasComponents = repository.components != nil
        for suite in suites where suite.hasSuffix("/") == hasComponents {
            problems.append(
                hasComponents
                    ? Problem(at: "components", "the exact path `\(suite)` has no components")
                    : Problem(
                        "suites", "`\(suite)` needs `components`, or a slash at its end where it is an exact path"))
        }
        let signs = [
            ("key", repository.key != nil), ("signed_by", repository.signedBy != nil),
            ("trusted", repository.trusted == true),
        ].filter(\.1).map(\.0)
        if repository.uris != nil, signs.isEmpty, repository.keySource == nil {
            problems.append("expected one of key, key_source, signed_by and `trusted: true`, found none")
        }
        if signs.count > 1 {
            problems.append(
                Problem(
                    at: signs[1], "expected one of key, signed_by and trusted, found `\(signs[0])` and `\(signs[1])`"))
        }
        if let key = repository.key, !key.isWithheld, let problem = OpenPGPKey.problem(of: key.bytes) {
            problems.append(Problem(repository.keySource == nil ? "key" : "key_source", problem))
        }
        return problems
    }

    /// What is compared, in the words of the fields; empty where a field has its default.
    static func rows(of source: PackageSource) -> [(name: String, text: String)] {
        func plain(_ words: [String]) -> String { Set(words).sorted().joined(separator: " ") }
        let known = ["architectures", "trusted", "check-valid-until"]
        let types = plain(source.types)
        return [
            ("types", types), ("uris", plain(source.archives.map(\.uri))), ("suites", plain(source.suites)),
            ("components", plain(source.components)), ("architectures", plain(source.options["architectures"] ?? [])),
            ("signed_by", source.signedBy ?? ""), ("trusted", source.isSet("trusted") == true ? "true" : ""),
            ("check_valid_until", source.isSet("check-valid-until") == false ? "false" : ""),
            ("enabled", source.isEnabled ? "" : "false"),
            ("other_fields", plain(source.options.keys.filter { !known.contains($0) })),
        ]
    }

    /// A stanza of deb822(5).
    static func text(of source: PackageSource, isSigned: Bool) -> String {
        let fields: [(name: String, words: [String])] = [
            ("Types", source.types), ("URIs", source.uris), ("Suites", source.suites),
            ("Components", source.components),
            ("Architectures", source.options["architectures"] ?? []), ("Trusted", source.options["trusted"] ?? []),
            ("Check-Valid-Until", source.options["check-valid-until"] ?? []),
            ("Enabled", source.isEnabled ? [] : ["no"]),
            ("Signed-By", isSigned ? source.signedBy.map { [$0] } ?? [] : []),
        ]
        return fields.filter { !$0.words.isEmpty }.map { "\($0.name): \($0.words.joined(separator: " "))\n" }.joined()
    }
}

extension Repository {
    /// Who else gives the source: all of it in the same way, or a part of it or in another way.
    func rivals(
        among others: [(file: AbsolutePath, source: PackageSource)], on host: some HostReading
    ) throws -> (giver: AbsolutePath?, rival: AbsolutePath?) {
        let wanted = source, archives = wanted.archives
        var given: Set<PackageSource.Part> = [], giver: AbsolutePath?, other: AbsolutePath?
        for (file, found) in others where found.isEnabled && !found.archives.isDisjoint(with: archives) {
            if try !isSigned(found, as: wanted, on: host) { return (nil, file) }
            let isSame = ["architectures", "check-valid-until"].allSatisfy {
                Set(found.options[$0] ?? []) == Set(wanted.options[$0] ?? [])
            }
            // The same archive for another architecture or with other components, and the same signature.
            if !isSame || found.parts.isDisjoint(with: wanted.parts) {
                if found.signedBy != wanted.signedBy { other = file }
                continue
            }
            given.formUnion(found.parts)
            giver = file
        }
        if given.isSuperset(of: wanted.parts) { return (giver, enabled ? nil : giver) }
        return (nil, given.isEmpty ? other : giver)
    }

    /// Whether another source trusts the same signatures.
    private func isSigned(_ found: PackageSource, as wanted: PackageSource, on host: some HostReading) throws -> Bool {
        guard (found.isSet("trusted") == true) == (trusted == true) else { return false }
        if found.signedBy == wanted.signedBy { return true }
        guard let key, let signature = found.signedBy, let wanted = OpenPGPKey(key.bytes) else { return false }
        if signature.contains("BEGIN PGP") { return OpenPGPKey(signature: signature) == wanted }
        guard let path = AbsolutePath(signature), try host.status(of: path)?.kind == .file else { return false }
        return OpenPGPKey(try host.contents(of: path, limit: 1 << 20)) == wanted
    }
}
