import SystemFiles
public import Model

/// Differences, steps and removal of a module.
extension KernelModule {
    private var wanted: ModuleRules {
        let pairs = (options?.pairs ?? []).map { ($0.name, $0.value) }
        return ModuleRules(options: Dictionary(pairs, uniquingKeysWith: { $1 }), isBlacklisted: blacklisted == true)
    }

    private var wantedText: String {
        let words = (options?.pairs ?? []).map { $0.value.isEmpty ? $0.name : "\($0.name)=\($0.value)" }
        let lines = words.isEmpty ? "" : "options \(name) \(words.joined(separator: " "))\n"
        return lines + (blacklisted == true ? "blacklist \(name)\ninstall \(name) /bin/false\n" : "")
    }

    public func isPresent(in observed: Observed) -> Bool { observed.rules != nil || observed.isInBootFile != nil }

    public func changes(from observed: Observed?) -> [Change] {
        guard let observed else { return [] }
        var changes: [Change] = []
        if let loaded, let live = observed.live, live.isLoaded != loaded {
            changes.append(Change("loaded", from: live.isLoaded.shown, to: loaded.shown))
        }
        let isListed = observed.isInBootFile == true || observed.isInOtherBootFile
        if atBoot == true ? !isListed : observed.isInBootFile != nil {
            changes.append(Change("at_boot", from: isListed.shown, to: atBoot?.shown))
        }
        // Of what others say, only what is declared counts.
        var found = observed.rules ?? observed.otherRules
        if observed.rules == nil {
            found.options = found.options.filter { wanted.options[$0.key] != nil }
            found.isBlacklisted = found.isBlacklisted && wanted.isBlacklisted
        }
        if found.options != wanted.options {
            let pairs = found.options.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let old = pairs.isEmpty ? nil : ShownText.text(pairs.joined(separator: ", "))
            changes.append(Change("options", from: old, to: options?.shown))
        }
        if found.isBlacklisted != wanted.isBlacklisted {
            changes.append(Change("blacklisted", from: found.isBlacklisted.shown, to: blacklisted?.shown))
        }
        return changes
    }

    /// The rules come first, since loading reads them; what cannot be loaded is not listed for the next boot.
    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        guard let observed else { return [] }
        let differences = differences(from: observed)
        var steps: [Step] = []
        if differences.contains(\.options) || differences.contains(\.blacklisted) {
            if wantedText.isEmpty {
                steps.append(.remove(Removal(rulesFile, kind: .file)))
            } else {
                if !observed.hasFolders.rules { steps += folder(of: rulesFile) }
                steps.append(.writeFile(FileWrite(rulesFile, content: Content(wantedText), replaced: .file(nil))))
            }
        }
        if differences.contains(\.loaded), let live = observed.live { steps.append(try step(from: live)) }
        guard differences.contains(\.atBoot) else { return steps }
        guard atBoot == true else { return steps + [.remove(Removal(bootFile, kind: .file))] }
        if !observed.hasFolders.boot { steps += folder(of: bootFile) }
        return steps + [.writeFile(FileWrite(bootFile, content: Content("\(name)\n"), replaced: .file(nil)))]
    }

    private func step(from live: Live) throws(Refusal) -> Step {
        switch live {
        case .loaded: return .system(.unloadModule(name.text))
        case .loadable: return .system(.loadModule(name.text))
        case .builtIn: throw Refusal("\(name) is built into the kernel")
        case .missing(let reason): throw Refusal(reason, isMissing: true)
        }
    }

    private func folder(of file: AbsolutePath) -> [Step] {
        file.parent.map { [.makeDirectory(DirectoryCreation($0, attributes: Attributes()))] } ?? []
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] {
        [(observed.rules != nil, rulesFile), (observed.isInBootFile != nil, bootFile)].filter(\.0).map {
            .remove(Removal($0.1, kind: .file))
        }
    }

    /// Remarks on other files that have the last word.
    public func remarks(on observed: Observed?, of host: some HostReading, before changes: [Change]) throws -> [String]
    {
        var remarks: [String] = []
        let isLast = try host.dropIns(in: "modprobe.d").filter { path in
            guard path != rulesFile, let rules = try? host.document(ModuleSettings.self, at: path)?.rules(for: name)
            else { return false }
            let isAfter = fileName.utf8.lexicographicallyPrecedes(path.name.utf8)
            let isOther = wanted.options.contains { name, value in rules.options[name].map { $0 != value } ?? false }
            return (blacklisted == false && rules.isBlacklisted) || (isAfter && isOther)
        }
        remarks += isLast.map { "\($0) says otherwise, and has the last word" }
        guard atBoot == false else { return remarks }
        for path in try host.dropIns(in: "modules-load.d") where path != bootFile {
            if (try? host.document(ModuleList.self, at: path)?.has(name)) == true {
                remarks.append("\(path) loads it at boot all the same")
            }
        }
        return remarks
    }
}

extension KernelModule.Live {
    var isLoaded: Bool { self == .loaded || self == .builtIn }
}

/// Its files are files; whether it is loaded is what they do not tell.
extension KernelModule: Restorable {
    public static let filesComeLast = true

    public func former(_ observed: Observed?) -> KernelModule? {
        var former = KernelModule()
        former.name = name
        former.loaded = loaded == nil ? nil : observed?.live?.isLoaded
        if observed?.isInBootFile == true { former.atBoot = true }
        if let rules = observed?.rules {
            let pairs = rules.options.sorted { $0.key < $1.key }.map { TextMap.Pair(name: $0.key, value: $0.value) }
            if !pairs.isEmpty { former.options = TextMap(pairs: pairs) }
            if rules.isBlacklisted { former.blacklisted = true }
        }
        return former
    }
}
