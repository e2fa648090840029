import SystemFiles
public import Model

extension Repository: Importable {
    /// The sources that apt reads. One whose file does not say whose signature counts cannot be declared.
    public static func addImports(from host: some HostReading, to findings: inout Findings<Repository>) throws {
        var names: Set<String> = []
        for (file, source) in merged(try PackageSource.all(on: host).filter(\.source.isEnabled)) {
            let what = "\(file): \(source.uris.joined(separator: " ")) \(source.suites.joined(separator: " "))"
            guard !source.uris.isEmpty, !source.suites.isEmpty, !source.types.isEmpty else {
                findings.omit("\(what): it is not whole")
                continue
            }
            var repository = Repository()
            let stem = file.name.prefix { $0 != "." }
            repository.name = String(stem.isEmpty ? "source" : stem)
            var number = 2
            while !names.insert(repository.name).inserted {
                repository.name = "\(stem)-\(number)"
                number += 1
            }
            repository.types = BlankWords(source.types)
            (repository.uris, repository.suites) = (BlankWords(source.uris), BlankWords(source.suites))
            if !source.components.isEmpty { repository.components = BlankWords(source.components) }
            repository.architectures = source.options["architectures"].map { BlankWords($0) }
            if source.isSet("trusted") == true { repository.trusted = true }
            if source.isSet("check-valid-until") == false { repository.checkValidUntil = false }
            try repository.readSignature(of: source, on: host)
            if let problem = repository.problems.first {
                findings.omit(
                    source.signedBy == nil
                        ? "\(what): it does not say whose signature counts" : "\(what): \(problem.text)")
            } else {
                findings.add(repository)
            }
        }
    }

    /// A key that somebody put there is a part of the declaration, a keyring of a package is not.
    private mutating func readSignature(of source: PackageSource, on host: some HostReading) throws {
        guard trusted != true, let signature = source.signedBy else { return }
        guard let path = AbsolutePath(signature) else {
            key = OpenPGPKey(signature: signature).map { Content($0.armored) }
            return
        }
        let isOwn = path.isBelowOrEqual(to: .root.appending("etc"))
        if isOwn, try host.status(of: path)?.kind == .file,
            let found = OpenPGPKey(try host.contents(of: path, limit: 1 << 20))
        {
            key = Content(found.armored)
        } else {
            signedBy = path
        }
    }

    /// Lines of one file that differ only in their type, or only in their suites, are one source.
    private static func merged(
        _ sources: [(file: AbsolutePath, source: PackageSource)]
    ) -> [(file: AbsolutePath, source: PackageSource)] {
        var types: [(file: AbsolutePath, source: PackageSource)] = []
        func add(
            _ entry: (file: AbsolutePath, source: PackageSource),
            to list: inout [(file: AbsolutePath, source: PackageSource)],
            _ words: WritableKeyPath<PackageSource, [String]>
        ) {
            var wanted = entry.source
            wanted[keyPath: words] = []
            let known = list.firstIndex { other in
                var found = other.source
                found[keyPath: words] = []
                return other.file == entry.file && found == wanted
            }
            guard let known else { return list.append(entry) }
            let new = entry.source[keyPath: words].filter { !list[known].source[keyPath: words].contains($0) }
            list[known].source[keyPath: words] += new
        }
        for entry in sources { add(entry, to: &types, \.types) }
        var suites: [(file: AbsolutePath, source: PackageSource)] = []
        for entry in types { add(entry, to: &suites, \.suites) }
        return suites
    }
}
