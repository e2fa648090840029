import Model

/// Install profiles: manifests of what an installation makes, for hosts of which the inventory says `install: NAME`.
extension Site {
    private static let folder = "install"

    static func profiles(
        _ files: SiteFiles, _ types: [String: ResourceType], _ inventory: Inventory,
        into diagnostics: inout Diagnostics
    ) -> [String: Manifest] {
        var profiles: [String: Manifest] = [:]
        for path in files.manifests(below: folder, into: &diagnostics) {
            guard let (root, source) = files.yaml(path, into: &diagnostics) else { continue }
            var parser = ManifestParser(
                types: types, source: source, names: ManifestParser.manifestNames, isProfile: true)
            profiles[Self.profileName(path)] = parser.manifest(root)
            diagnostics.add(contentsOf: parser.diagnostics)
        }
        for (name, place) in inventory.profiles.values where profiles[name] == nil {
            diagnostics.add(
                Diagnostic(
                    "`install`: expected an install profile, found `\(name)` without `\(folder)/\(name).yaml`",
                    at: place, hint: Spelling.hint(for: name, among: profiles.keys.sorted())))
        }
        return profiles
    }

    private static func profileName(_ path: String) -> String {
        let name = path.dropFirst(folder.count + 1)
        return String(name.dropLast(name.hasSuffix(".yml") ? 4 : 5))
    }

    /// The names of the install profiles.
    public var profileNames: [String] { profiles.keys.sorted() }

    /// The install profile of a host, by the inventory; nil where it has none.
    public func profile(ofHost id: String) -> String? { inventory.profiles[id]?.name }

    /// Compiles an install profile for a host; nil where there is no such profile.
    public func compilation(ofProfile name: String, for target: CompilationTarget) -> Compilation? {
        guard let profile = profiles[name] else { return nil }
        let scope = HostScope(target, files: files, secrets: secrets)
        return HostCompilation(self, scope, [profile], areFactsKnown: target.facts != nil).compilation()
    }
}
