import SystemCalls
import Values

/// Files of unpacked packages that go into an image: those of the packages that were named, and the libraries that their programs
/// are linked to.
struct ProgramFiles {
    /// Where packages are unpacked.
    let root: String
    private(set) var entries: [String: ImageEntry] = [:]
    private var wantedLibraries: Set<String> = []

    init(root: String) { self.root = root }

    /// Takes files, without a leading `/`; what only a person reads, and what other services start, is left out.
    mutating func add(_ paths: [String]) throws(HostFault) {
        for path in paths where !Self.unread.contains(where: path.hasPrefix) {
            let place = Self.merged(path)
            if let target = LocalFiles.linkTarget("\(root)/\(path)") {
                entries[place] = .link(place, to: target)
                try addTarget(target, of: path)
            } else if let bytes = try LocalFiles.contents(of: "\(root)/\(path)", limit: 1 << 30) {
                try take(bytes, at: place)
            } else {
                throw HostFault.absent("read", "\(path) of the package")
            }
        }
    }

    /// What a link beside it leads to: `mkfs.vfat` is one to `mkfs.fat`.
    private mutating func addTarget(_ target: String, of path: String) throws(HostFault) {
        let folder = path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex),
            place = Self.merged("\(folder)/\(target)")
        guard !target.contains("/"), entries[place] == nil, LocalFiles.linkTarget("\(root)/\(folder)/\(target)") == nil,
            let bytes = try LocalFiles.contents(of: "\(root)/\(folder)/\(target)", limit: 1 << 30)
        else { return }
        try take(bytes, at: place)
    }

    private mutating func take(_ bytes: [UInt8], at place: String) throws(HostFault) {
        let program = ELFFile(bytes)
        let isProgram = program != nil || bytes.starts(with: Array("#!".utf8)) || place.contains("bin/")
        entries[place] = .file(place, bytes, mode: isProgram ? 0o755 : 0o644)
        guard let program else { return }
        wantedLibraries.formUnion(program.neededLibraries)
        // The loader is known by its path.
        if let loader = program.interpreter { try addLibrary(Self.merged(String(loader.dropFirst()))) }
    }

    /// Adds the libraries that are needed, and those that they need.
    mutating func addLibraries() throws(HostFault) {
        var seen: Set<String> = []
        while let name = wantedLibraries.subtracting(seen).min() {
            seen.insert(name)
            let places = Self.libraryFolders.map { "\($0)/\(name)" }
            if places.contains(where: { entries[Self.merged($0)] != nil }) { continue }
            guard let place = places.first(where: { LocalFiles.exists("\(root)/\($0)") }) else {
                throw HostFault("find", name, "a program needs this library, and no package that it depends on has it")
            }
            try addLibrary(place)
        }
    }

    /// A library is stored under the name that is asked for, whatever links lead to its bytes.
    private mutating func addLibrary(_ path: String) throws(HostFault) {
        let place = Self.merged(path)
        if entries[place] != nil { return }
        let choices =
            [path, String(place.dropFirst("usr/".count)), place]
            + Self.libraryFolders.map {
                "\($0)/\(path.split(separator: "/").last ?? "")"
            }
        guard let found = choices.first(where: { LocalFiles.exists("\(root)/\($0)") }),
            let bytes = try LocalFiles.contents(of: "\(root)/\(found)", limit: 1 << 30)
        else { throw HostFault.absent("find", "\(root)/\(path)") }
        try take(bytes, at: place)
    }

    /// Where Debian has libraries (multiarch), before and after /usr was merged.
    private static let libraryFolders =
        ["x86_64-linux-gnu", "aarch64-linux-gnu"].flatMap {
            ["lib/\($0)", "usr/lib/\($0)"]
        } + ["lib64", "usr/lib64", "lib", "usr/lib"]

    private static let unread = [
        "usr/share/doc/", "usr/share/man/", "usr/share/locale/", "usr/share/info/", "usr/share/lintian/",
        "usr/share/bash-completion/", "usr/share/bug/", "usr/share/initramfs-tools/", "usr/include/", "etc/cron",
        "etc/init.d/", "lib/systemd/", "lib/udev/", "usr/lib/systemd/", "usr/lib/udev/",
    ]

    /// A path where `/bin`, `/sbin` and `/lib` are links into `/usr`, as in an image.
    static func merged(_ path: String) -> String {
        ["bin/", "sbin/", "lib/", "lib64/"].contains(where: path.hasPrefix) ? "usr/\(path)" : path
    }
}
