import CShim
import Glibc
import SystemCalls
import Hostinfo

/// The result of listing a directory.
enum SourceListing {
    case names([String])
    case absent
    /// There is one that cannot be listed; the reason in words.
    case unreadable(String)
}

/// A folder whose files are read by paths that cannot leave it.
final class OpenRoot: @unchecked Sendable {
    /// Greater files are no facts.
    static let greatestByteCount = 16 << 20

    private let path: String
    private let descriptor: Int32
    private let isWhole: Bool

    init(_ path: String) {
        self.path = path
        isWhole = path == "/"
        descriptor = Glibc.open(path, OpenFile.pathOnly | O_DIRECTORY | O_CLOEXEC)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Opens with links resolved inside the root.
    private func open(_ path: String, _ flags: Int32) -> Int32 {
        if descriptor < 0 { return -ENOENT }
        let relative = path.isEmpty ? "." : path
        if isWhole {
            let opened = openat(descriptor, relative, flags | O_CLOEXEC)
            return opened < 0 ? -errno : opened
        }
        let caller = lodestar_identity(uid: 0, gid: 0)
        return lodestar_open(descriptor, relative, flags, 0, UInt64(LODESTAR_IN_ROOT), caller)
    }

    func read(_ path: String) -> SourceReading {
        Self.reading(closing: open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY))
    }

    /// No link below the folder is followed, and nothing above it is reached.
    func read(_ path: String, below folder: String) -> SourceReading {
        let directory = open(folder, OpenFile.pathOnly | O_DIRECTORY)
        if directory < 0 { return Self.failure(-directory) }
        defer { close(directory) }
        return Self.reading(
            closing: lodestar_open(
                directory, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0,
                UInt64(LODESTAR_BENEATH | LODESTAR_NO_LINKS), lodestar_identity(uid: 0, gid: 0)))
    }

    /// - Parameter file: a descriptor, or a negative error number.
    private static func reading(closing file: Int32) -> SourceReading {
        if file < 0 { return failure(-file) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { return failure(errno) }
        // A directory is there, and has no bytes.
        if status.st_mode & S_IFMT == S_IFDIR { return .bytes([]) }
        do throws(ReadFault) {
            return .bytes(try OpenFile.bytes(of: file, limit: greatestByteCount, isPlain: true))
        } catch {
            return .unreadable(error.reason)
        }
    }

    private static func failure(_ number: Int32) -> SourceReading {
        number == ENOENT || number == ENOTDIR ? .absent : .unreadable(ErrorNumber.text(number))
    }

    func exists(_ path: String) -> Bool {
        let file = open(path, OpenFile.pathOnly)
        if file >= 0 { close(file) }
        return file >= 0
    }

    /// Whether it is a regular file that its owner may execute.
    func isExecutable(_ path: String) -> Bool {
        let file = open(path, OpenFile.pathOnly)
        guard file >= 0 else { return false }
        defer { close(file) }
        var status = stat()
        return fstat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && status.st_mode & 0o100 != 0
    }

    func names(in path: String) -> [String]? {
        if case .names(let names) = listing(path) { names } else { nil }
    }

    func listing(_ path: String) -> SourceListing {
        let folder = open(path, O_RDONLY | O_DIRECTORY)
        guard folder >= 0 else {
            return -folder == ENOENT || -folder == ENOTDIR ? .absent : .unreadable(ErrorNumber.text(-folder))
        }
        do throws(ErrorNumber) {
            return .names(Array(try DirectoryListing(closing: folder).names.prefix(100_000)))
        } catch {
            return .unreadable(error.text)
        }
    }

    func linkTarget(_ path: String) -> String? {
        let link = open(path, OpenFile.pathOnly | O_NOFOLLOW)
        guard link >= 0 else { return nil }
        defer { close(link) }
        return LocalFiles.linkTarget("", in: link)
    }

    /// Whether somebody else than the owners may have written a file: its owner, its mode, those of its folders.
    ///
    /// - Parameter isWhole: whether all its folders are asked, and not only the one that it lies in.
    func distrust(_ path: String, owners: [uid_t], isWhole: Bool) -> String? {
        let parts = path.split(separator: "/")
        let folders = (isWhole ? 1 : max(1, parts.count - 1))..<max(1, parts.count)
        let names = folders.map { (parts.prefix($0).joined(separator: "/"), OpenFile.pathOnly | O_DIRECTORY) }
        for (name, flags) in names + [(path, OpenFile.pathOnly)] {
            let file = open(name, flags)
            guard file >= 0 else { return "/\(name) cannot be looked at" }
            defer { close(file) }
            var status = stat()
            guard fstat(file, &status) == 0 else { return "/\(name) cannot be looked at" }
            if !owners.contains(status.st_uid) {
                return "expected /\(name) to be root's, found the owner \(status.st_uid)"
            }
            if status.st_mode & 0o022 != 0 {
                let mode = String(status.st_mode & 0o7777, radix: 8)
                return "expected /\(name) to be writable by its owner only, found the mode 0\(mode)"
            }
        }
        return nil
    }
}
