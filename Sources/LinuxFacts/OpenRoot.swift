import CShim
import Glibc
import SystemCalls
import Hostinfo

/// What listing a directory gave.
enum SourceListing {
    case names([String])
    case absent
    /// There is one that cannot be listed; the reason in words.
    case unreadable(String)
}

/// A folder whose files are read by paths that cannot leave it.
final class OpenRoot: @unchecked Sendable {
    /// O_PATH of open(2), which the C library only declares for GNU programs.
    private static let handle: Int32 = 0o10000000

    /// Greater files are no facts.
    static let greatestByteCount = 16 << 20

    private let path: String
    private let descriptor: Int32
    private let isWhole: Bool

    init(_ path: String) {
        self.path = path
        isWhole = path == "/"
        descriptor = Glibc.open(path, Self.handle | O_DIRECTORY | O_CLOEXEC)
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
        let file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
        if file < 0 { return Self.failure(-file) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { return Self.failure(errno) }
        // A directory is there, and has no bytes.
        if status.st_mode & S_IFMT == S_IFDIR { return .bytes([]) }
        guard status.st_mode & S_IFMT == S_IFREG else { return .unreadable("it is no regular file") }
        var bytes: [UInt8] = []
        var step = max(4096, min(Int(status.st_size) + 1, 1 << 20))
        while true {
            let before = bytes.count
            var number: Int32 = 0
            let more = [UInt8](unsafeUninitializedCapacity: step) { buffer, count in
                let got = Glibc.read(file, buffer.baseAddress, step)
                number = got < 0 ? errno : 0
                count = max(0, got)
            }
            if number == EINTR { continue }
            if number != 0 { return Self.failure(number) }
            if more.isEmpty { return .bytes(bytes) }
            bytes += more
            if bytes.count > Self.greatestByteCount {
                return .unreadable("it has more than \(Self.greatestByteCount) bytes")
            }
            if bytes.count - before == step { step = min(step * 4, 1 << 20) }
        }
    }

    private static func failure(_ number: Int32) -> SourceReading {
        number == ENOENT || number == ENOTDIR ? .absent : .unreadable(ErrorText.of(number))
    }

    func exists(_ path: String) -> Bool {
        let file = open(path, Self.handle)
        if file >= 0 { close(file) }
        return file >= 0
    }

    /// Whether it is a regular file that its owner may execute.
    func isExecutable(_ path: String) -> Bool {
        let file = open(path, Self.handle)
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
            return -folder == ENOENT || -folder == ENOTDIR ? .absent : .unreadable(ErrorText.of(-folder))
        }
        do throws(ErrorCode) {
            return .names(Array(try DirectoryListing(closing: folder).names.prefix(100_000)))
        } catch {
            return .unreadable(ErrorText.of(error.number))
        }
    }

    func linkTarget(_ path: String) -> String? {
        let link = open(path, Self.handle | O_NOFOLLOW)
        guard link >= 0 else { return nil }
        defer { close(link) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                text.baseAddress.map { readlinkat(link, "", $0, text.count) } ?? 0
            }
        }
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }

    /// Whether somebody else than the owners may have written a file: its owner, its mode, those of its folders.
    ///
    /// - Parameter isWhole: whether all its folders are asked, and not only the one that it lies in.
    func distrust(_ path: String, owners: [uid_t], isWhole: Bool) -> String? {
        let parts = path.split(separator: "/")
        let folders = (isWhole ? 1 : max(1, parts.count - 1))..<max(1, parts.count)
        let names = folders.map { (parts.prefix($0).joined(separator: "/"), Self.handle | O_DIRECTORY) }
        for (name, flags) in names + [(path, Self.handle)] {
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

/// The names of error numbers.
enum ErrorText {
    /// Such as `EACCES (permission denied)`.
    static func of(_ number: Int32) -> String {
        let name = lodestar_error_name(number).map { String(cString: $0) } ?? "errno \(number)"
        guard let described = lodestar_error_text(number).map({ String(cString: $0) }) else { return name }
        return "\(name) (\(described.prefix(1).lowercased())\(described.dropFirst()))"
    }
}
