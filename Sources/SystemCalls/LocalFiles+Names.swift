import Glibc
public import Values

extension LocalFiles {
    /// The names in a directory, sorted; none where there is no directory.
    public static func names(in path: String) throws(HostFault) -> [String] {
        do throws(ErrorCode) {
            return try DirectoryListing(of: path).names
        } catch {
            if error.number == ENOENT || error.number == ENOTDIR { return [] }
            throw HostFault("read", path, ErrorNumber.text(error.number))
        }
    }
}
