public import Model

extension HostReading {
    /// The files of a folder of settings such as sysctl.d, in the order in which they are read. A file hides those of its
    /// name in the later folders, and a link to /dev/null is such a file.
    public func dropIns(in folder: String, suffix: String = ".conf") throws(HostFault) -> [AbsolutePath] {
        var found: [String: AbsolutePath] = [:]
        for parent in ["etc", "run", "usr/local/lib", "usr/lib", "lib"] {
            let folder = AbsolutePath.root.appending("\(parent)/\(folder)")
            for file in try entries(of: folder) ?? [] where file.hasSuffix(suffix) && found[file] == nil {
                found[file] = folder.appending(file)
            }
        }
        return found.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map(\.value)
    }
}
