import SystemCalls
public import Values

/// A mini OS to be booted from the network or a file: a kernel, and an initramfs with Lodestar, busybox, modules and what else is
/// asked for. The same input gives the same bytes; nothing of it needs root.
public struct BootImage {
    /// What goes into it.
    public struct Recipe: Sendable {
        /// A package's name, a `.deb` file, or a folder with `boot` and `lib/modules`.
        public var kernel: String
        /// The static program; it becomes /usr/bin/lodestar.
        public var program: String
        /// Modules beyond `ModuleTree.standard` that are loaded always.
        public var modules: [String] = []
        /// Whether the drivers of servers are in it, loaded for the devices that are there.
        public var hasHardware = false
        /// Packages whose files and libraries are in it.
        public var packages: [ImagePackage] = []
        /// The files of a site that is in it as /site.
        public var site: [SiteFile] = []
        /// Words that the kernel's command line begins with.
        public var arguments = ""
        /// Where the files are served; relative to the script without one.
        public var url: String?
        public var compression = ImageCompression.gzip
        public var hasUnifiedKernel = false

        public init(kernel: String, program: String) { (self.kernel, self.program) = (kernel, program) }
    }

    public typealias SiteFile = (path: String, bytes: [UInt8], isExecutable: Bool)

    /// The files by their names, sorted.
    public let files: [(name: String, bytes: [UInt8])]
    public let kernelVersion: String
    /// How many modules are in it.
    public let moduleCount: Int
    /// Firmware that a driver in it may ask for and that is not in it.
    public let missingFirmware: [String]

    /// - Parameters:
    ///   - folder: an empty folder of the build's own.
    ///   - note: is told what begins.
    public init(_ recipe: Recipe, in folder: String, note: (String) -> Void) throws(HostFault) {
        note("kernel \(recipe.kernel)")
        let kernel = try Self.kernel(recipe.kernel, in: folder)
        kernelVersion = kernel.version
        note("modules of \(kernel.version)")
        let tree = try kernel.tree(scratch: folder)
        let always = try tree.closure(of: ModuleTree.standard + recipe.modules)
        let modules = recipe.hasHardware ? try tree.closure(of: always.map(\.name) + tree.hardware) : always
        moduleCount = modules.count
        var entries = try Self.programs(recipe, in: folder, note: note)
        let place = "usr/lib/modules/\(kernel.version)"
        for module in modules {
            let bytes = try kernel.bytes(of: module.path, scratch: folder)
            entries.append(.file("\(place)/\(module.path)", bytes))
        }
        let list = ModuleList(modules, always: Set(always.map(\.name)))
        entries.append(.file("\(place)/\(ModuleList.fileName)", Array(list.text.utf8)))
        entries += recipe.site.map { .file("site/\($0.path)", $0.bytes, mode: $0.isExecutable ? 0o755 : 0o644) }
        missingFirmware = Set(modules.flatMap(\.firmware)).subtracting(
            entries.map { String($0.path.dropFirst("usr/lib/firmware/".count)) }
        ).sorted()
        note("packing")
        let archive = CPIOArchive(Self.complete(entries))
        let packed = try recipe.compression.packed(archive.bytes, in: folder)
        files = try BootFiles(kernel: kernel.image, initramfs: packed, recipe).files(in: folder)
    }

    private static func kernel(_ name: String, in folder: String) throws(HostFault) -> Kernel {
        if LocalFiles.exists("\(name)/boot") { return try Kernel(in: name) }
        if name.contains("/"), !name.hasSuffix(".deb") { throw HostFault.absent("find", "\(name)/boot") }
        let packages = try UnpackedPackages(in: "\(folder)/kernel")
        let isName = UnpackedPackages.isName(name) && !name.hasSuffix(".deb")
        try packages.add(isName ? try packages.kernelPackage(of: name) : name)
        return try Kernel(in: packages.root)
    }

    private static func programs(
        _ recipe: Recipe, in folder: String, note: (String) -> Void
    ) throws(HostFault) -> [ImageEntry] {
        guard let program = try LocalFiles.contents(of: recipe.program, limit: 1 << 30) else {
            throw HostFault.absent("read", recipe.program)
        }
        guard let file = ELFFile(program), file.interpreter == nil else {
            throw HostFault("use", recipe.program, "expected a static program, such as dist/lodestar of `make release`")
        }
        let packages = try UnpackedPackages(in: "\(folder)/packages")
        var files = ProgramFiles(root: packages.root)
        note("busybox-static")
        try packages.add("busybox-static")
        // Libraries of what the packages need are taken one by one.
        var needed: Set<String> = []
        for package in recipe.packages { needed.formUnion(try packages.needs(of: package.name)) }
        for package in needed.sorted() { try packages.add(package) }
        for package in recipe.packages {
            note(package.name)
            try files.add(try package.chosen(of: try packages.add(package.name)))
        }
        try files.addLibraries()
        let merged = try packages.bytes(of: "usr/bin/busybox")
        guard let busybox = merged == nil ? try packages.bytes(of: "bin/busybox") : merged else {
            throw HostFault.absent("find", "busybox in busybox-static")
        }
        // The image's own come last: a package does not replace them.
        return files.entries.values + [
            .file("usr/bin/lodestar", program, mode: 0o755), .file("usr/bin/busybox", busybox, mode: 0o755),
            .file("init", Array(InitScript.text.utf8), mode: 0o755),
            .file(InitScript.addressPath, Array(InitScript.address.utf8), mode: 0o755),
        ]
    }

    /// With the directories and links that every image has, in the order of the paths; a path counts once.
    private static func complete(_ entries: [ImageEntry]) -> [ImageEntry] {
        let links = ["bin", "sbin", "lib", "lib64"].map { ImageEntry.link($0, to: "usr/\($0)") }
        let folders = [
            "dev", "etc", "proc", "root", "run", "sys", "target", "tmp", "usr/bin", "usr/sbin", "usr/lib", "usr/lib64",
            "var/lib",
        ]
        var byPath: [String: ImageEntry] = ["dev/console": .characterDevice("dev/console", 5, 1)]
        for entry in entries + links + folders.map({ .directory($0) }) {
            byPath[entry.path] = entry
            var parent = entry.path
            while let slash = parent.lastIndex(of: "/") {
                parent = String(parent[..<slash])
                if byPath[parent] == nil { byPath[parent] = .directory(parent) }
            }
        }
        return byPath.values.sorted { $0.path < $1.path }
    }
}
