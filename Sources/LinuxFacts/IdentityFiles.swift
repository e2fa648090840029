import Glibc
public import Hostinfo
public import Values

/// The files that pin who a host is, below its root.
public struct IdentityFiles: Sendable {
    private let folder: String

    public init(root: String) {
        folder = "\(root == "/" ? "" : root)/var/lib/lodestar"
    }

    /// Pins an identity, and the id of the host where one is given; both are durable when it returns.
    ///
    /// - Throws: also without the privilege to write there.
    public func write(_ pin: PinnedIdentity, hostID: String?) throws(HostFault) {
        try makeFolder()
        try write(Array("\(pin.datum.json)\n".utf8), to: "identity.json")
        if let hostID { try write(Array("\(hostID)\n".utf8), to: "host-id") }
    }

    private func makeFolder() throws(HostFault) {
        var current = ""
        let parts = folder.split(separator: "/")
        for (index, part) in parts.enumerated() {
            current += "/\(part)"
            if mkdir(current, index == parts.count - 1 ? 0o700 : 0o755) != 0, errno != EEXIST {
                throw HostFault("make", current, ErrorText.of(errno))
            }
        }
    }

    private func write(_ bytes: [UInt8], to name: String) throws(HostFault) {
        let path = "\(folder)/\(name)"
        let temporary = "\(path).lodestar-\(getpid())"
        unlink(temporary)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw HostFault("write", path, ErrorText.of(errno)) }
        let isWritten = Glibc.write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
        let number = errno
        close(file)
        guard isWritten, rename(temporary, path) == 0 else {
            let reason = ErrorText.of(isWritten ? errno : number)
            unlink(temporary)
            throw HostFault("write", path, reason)
        }
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if directory >= 0 {
            fsync(directory)
            close(directory)
        }
    }
}
