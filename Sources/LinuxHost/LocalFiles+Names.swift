import Glibc
public import Model

extension LocalFiles {
    /// The names in a directory, sorted; none where there is no directory.
    public static func names(in path: String) throws(HostFault) -> [String] {
        guard let stream = opendir(path) else {
            if errno == ENOENT || errno == ENOTDIR { return [] }
            throw HostFault("read", path, ErrorNumber.text(errno))
        }
        defer { closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
            errno = 0
        }
        // A short listing is a fault, not an end.
        if errno != 0 { throw HostFault("read", path, ErrorNumber.text(errno)) }
        return names.sorted()
    }
}
