import Values

/// A package for an image: `NAME`, or `NAME=PROGRAM,PROGRAM` for some of its programs.
public struct ImagePackage: Sendable, Hashable {
    /// A name that apt knows, or the path of a `.deb` file.
    public var name: String
    /// The last parts of the paths that are wanted; none for all.
    public var programs: [String]

    public init(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        name = String(parts[0])
        programs = parts.count == 2 ? parts[1].split(separator: ",").map(String.init) : []
    }

    /// Those of a package's paths that go into the image: all, or the named programs with the package's settings in /etc.
    func chosen(of paths: [String]) throws(HostFault) -> [String] {
        if programs.isEmpty { return paths }
        let names = Dictionary(grouping: paths) { String($0.split(separator: "/").last ?? "") }
        var found: [String] = []
        for program in programs {
            guard let path = names[program] else {
                let hint = Spelling.nearest(to: program, among: names.keys.sorted()).map { "; \($0)" } ?? ""
                throw HostFault("find", "\(program) in \(name)", "the package has no such file\(hint)")
            }
            found += path
        }
        return found + paths.filter { $0.hasPrefix("etc/") && !found.contains($0) }
    }
}
