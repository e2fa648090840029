public import SystemFiles
public import Model

/// A module of the kernel: whether it is loaded, now and at boot, with which parameters, or never.
public struct KernelModule: Resource, Removable {
    public var name = ModuleName.none
    public var loaded: Bool?
    public var atBoot: Bool?
    public var options: TextMap?
    public var blacklisted: Bool?

    public init() {}

    public static let typeName = "kernel_module"
    public static let doc = """
        A module of the kernel. What it says for each boot is in files of its own, lodestar-NAME.conf in \
        /etc/modules-load.d and /etc/modprobe.d; where other files say the same, there are none. Removal takes these \
        files away and leaves a loaded module until the next boot.
        """
    public static let fields: [Field<KernelModule>] = [
        Field(
            "name", always: \.name, .key, doc: "The module; `-` and `_` are one.",
            examples: ["br_netfilter", "usb-storage"]),
        Field(
            "loaded", \.loaded, doc: "Whether it is loaded now, on a running host; one that is built in always is.",
            examples: ["true"]),
        Field("at_boot", \.atBoot, doc: "Whether it is loaded at each boot.", examples: ["true"]),
        Field(
            "options", \.options, doc: "Its parameters; they count from when it is loaded the next time.",
            examples: ["{hashsize: 65536}"]),
        Field(
            "blacklisted", \.blacklisted, doc: "Whether nothing loads it: neither its aliases nor its name.",
            examples: ["true"]),
    ]
    public static let examples = [
        "nf_conntrack: {loaded: true, at_boot: true, options: {hashsize: 65536}}", "usb-storage: {blacklisted: true}",
    ]

    private static let kernel = AbsolutePath.root.appending("proc/sys/kernel/osrelease")
    private static let listed = AbsolutePath.root.appending("proc/modules")
    var fileName: String { "lodestar-\(name).conf" }
    var rulesFile: AbsolutePath { AbsolutePath.root.appending("etc/modprobe.d/\(fileName)") }
    var bootFile: AbsolutePath { AbsolutePath.root.appending("etc/modules-load.d/\(fileName)") }

    public var objects: [HostObject] { [.path(rulesFile), .path(bootFile)] }
    public var needs: [Need] { [Need(.package("kmod"), "modprobe")] }
    public var problems: [Problem] {
        var problems: [Problem] = []
        if loaded == nil, atBoot == nil, options == nil, blacklisted == nil {
            problems.append("expected one of loaded, at_boot, options and blacklisted")
        }
        if blacklisted == true, loaded == true || atBoot == true {
            problems.append(Problem(at: "blacklisted", "a module that nothing loads is not loaded"))
        }
        for pair in options?.pairs ?? [] {
            let isValue = pair.value.unicodeScalars.allSatisfy {
                $0.value > 0x20 && $0.value != 0x7F && !"\"'\\#".has($0)
            }
            if pair.name.isEmpty || !pair.name.isASCIIWord(or: "_-.") || !isValue {
                problems.append(
                    Problem("options", "expected names and values without blanks, quotes, `#` and backslash"))
            }
        }
        return problems
    }

    public struct Observed: Sendable {
        /// What the files of its own say; nil where there is none.
        var rules: ModuleRules?
        var isInBootFile: Bool?
        /// What all other files say.
        var otherRules = ModuleRules()
        var isInOtherBootFile = false
        var hasFolders = (rules: false, boot: false)
        /// nil below another root.
        var live: Live?
    }

    public enum Live: Sendable, Hashable {
        case loaded, builtIn, loadable
        /// Why it cannot be loaded.
        case missing(String)
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        for path in [rulesFile, bootFile] { try host.status(of: path)?.mustBe(.file, at: path) }
        var observed = Observed()
        observed.rules = try host.document(ModuleSettings.self, at: rulesFile)?.rules(for: name)
        observed.isInBootFile = try host.document(ModuleList.self, at: bootFile)?.has(name)
        observed.hasFolders = try (has(rulesFile.parent, on: host), has(bootFile.parent, on: host))
        for path in try host.dropIns(in: "modprobe.d") where path != rulesFile {
            try? host.document(ModuleSettings.self, at: path)?.add(name, to: &observed.otherRules)
        }
        for path in try host.dropIns(in: "modules-load.d") where path != bootFile {
            let found = try? host.document(ModuleList.self, at: path)?.has(name)
            observed.isInOtherBootFile = observed.isInOtherBootFile || found == true
        }
        if host.isRunning, loaded != nil { observed.live = try live(on: host) }
        return observed
    }

    private func has(_ path: AbsolutePath?, on host: some HostReading) throws -> Bool {
        try path.map { try host.status(of: $0) != nil } ?? true
    }

    private func live(on host: some HostReading) throws -> Live {
        if try host.document(ModuleList.self, at: Self.listed)?.has(name) == true { return .loaded }
        guard try host.status(of: Self.kernel) != nil else { return .missing("/proc is not mounted") }
        let release = String(decoding: try host.contents(of: Self.kernel, limit: 4096), as: UTF8.self).trimmed
        let folder = AbsolutePath.root.appending("lib/modules/\(release)")
        if try has(AbsolutePath.root.appending("sys/module/\(name)"), on: host) { return .builtIn }
        if try host.document(ModuleList.self, at: folder.appending("modules.builtin"))?.has(name) == true {
            return .builtIn
        }
        guard try has(Self.listed, on: host) else { return .missing("this kernel takes no modules") }
        guard let all = try host.document(ModuleList.self, at: folder.appending("modules.dep")) else {
            return .missing("\(folder) has no modules.dep")
        }
        return all.has(name) ? .loadable : .missing("the kernel \(release) has no module \(name)")
    }
}
