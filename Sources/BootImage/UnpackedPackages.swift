import SystemCalls
import Values

/// Debian packages unpacked into a folder, without installing anything and without root.
struct UnpackedPackages {
    /// Where their files are.
    let root: String
    private let work: String

    /// - Parameter folder: an empty one of the build's own.
    init(in folder: String) throws(HostFault) {
        (root, work) = ("\(folder)/root", "\(folder)/packages")
        try LocalFiles.makeDirectory(root)
        try LocalFiles.makeDirectory(work)
    }

    /// Unpacks a package: a `.deb` file, or a name that apt knows.
    ///
    /// - Returns: the paths of its files and links, without a leading `/`, sorted.
    @discardableResult
    func add(_ package: String) throws(HostFault) -> [String] {
        if package.hasSuffix(".deb"), !LocalFiles.exists(package) { throw HostFault.absent("read", package) }
        guard package.hasSuffix(".deb") || Self.isName(package) else {
            throw HostFault("find", package, "expected the name of a package or a .deb file")
        }
        let file = package.hasSuffix(".deb") ? LocalFiles.absolute(package) : try downloaded(package)
        try Tools.run(["dpkg-deb", "-x", file, root], in: work)
        let lines = try Tools.run(["dpkg-deb", "--contents", file], in: work).split(separator: "\n")
        return lines.compactMap(Self.path(ofLine:)).sorted()
    }

    /// The path in a line of `dpkg-deb --contents`, such as `-rwxr-xr-x root/root 1234 2024-01-01 00:00 ./sbin/mke2fs`; nil for a
    /// directory.
    static func path(ofLine line: Substring) -> String? {
        guard line.first != "d", let start = line.firstRange(of: " ./") else { return nil }
        let path = line[start.upperBound...]
        let mark = line.first == "l" ? " -> " : line.first == "h" ? " link to " : nil
        return String(mark.flatMap { path.firstRange(of: $0) }.map { path[..<$0.lowerBound] } ?? path)
    }

    /// Whether a word can be a package's name (deb-control(5)), and so no option of a program.
    static func isName(_ text: String) -> Bool {
        text.utf8.first?.isASCIIWord == true && text.isASCIIWord(or: "+-.:~_")
    }

    /// The bytes of an unpacked file.
    func bytes(of path: String) throws(HostFault) -> [UInt8]? {
        try LocalFiles.contents(of: "\(root)/\(path)", limit: 1 << 30)
    }

    private func downloaded(_ name: String) throws(HostFault) -> String {
        func file() throws(HostFault) -> String? {
            try LocalFiles.names(in: work).first { $0.hasPrefix("\(name)_") }
        }
        if try file() == nil { try Tools.run(["apt-get", "download", "-qq", name], in: work) }
        guard let file = try file() else { throw HostFault("download", name, "apt-get brought no file of this name") }
        return "\(work)/\(file)"
    }

    /// What a package needs, and what that needs: names that apt knows, sorted.
    func needs(of package: String) throws(HostFault) -> [String] {
        guard package.hasSuffix(".deb") else {
            return Self.isName(package) ? try closure(of: [package]) : []
        }
        let fields = try ["Pre-Depends", "Depends"].map { (field) throws(HostFault) in
            try Tools.run(["dpkg-deb", "-f", LocalFiles.absolute(package), field])
        }
        let names = fields.joined(separator: ",").split { $0 == "," || $0 == "\n" }.compactMap { choice in
            choice.split { " |(:".contains($0) }.first.map(String.init)
        }.filter(Self.isName)
        return names.isEmpty ? [] : try closure(of: names) + names
    }

    private func closure(of names: [String]) throws(HostFault) -> [String] {
        let without = ["recommends", "suggests", "conflicts", "breaks", "replaces", "enhances"].map { "--no-\($0)" }
        let lines = try Tools.run(["apt-cache", "depends", "--recurse"] + without + names).split(separator: "\n")
        // A name alone on its line is a package; one in angle brackets has only others that stand for it.
        return Set(lines.filter { !" <|".contains($0.first ?? " ") }.map(String.init)).subtracting(names).sorted()
    }

    /// The package that holds the kernel itself, for a name that only stands for the newest one.
    func kernelPackage(of name: String) throws(HostFault) -> String {
        let lines = try Tools.run(["apt-cache", "depends", name]).split(separator: "\n")
        let depends = lines.compactMap { line -> String? in
            let words = line.split(separator: " ")
            return words.count == 2 && words[0] == "Depends:" ? String(words[1]) : nil
        }
        return depends.first { $0.hasPrefix("linux-image-") } ?? name
    }
}
