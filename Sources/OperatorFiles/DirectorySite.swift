import Glibc
public import Model
import SystemCalls

/// A site in a directory. Links and hidden names are left out; nothing outside the directory is read.
public final class DirectorySite: SiteReader {
    private let path: String
    private let descriptor: Int32
    public let revision: String

    /// - Returns: nil when there is no such directory.
    /// - Throws: for one that cannot be opened.
    public init?(_ path: String) throws(HostFault) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw HostFault("open the site", path, ErrorNumber.last.text)
        }
        revision = Self.commit(of: path).map { "\($0)" } ?? path
    }

    deinit { close(descriptor) }

    public func paths(below folder: String) throws(SiteFault) -> [String] {
        var found = Found()
        try collect(folder, into: &found, depth: 0)
        return found.files.sorted()
    }

    public func leftOut() throws(SiteFault) -> [(path: String, kind: String)] {
        var found = Found()
        try collect("", into: &found, depth: 0)
        return found.others.sorted().map { path in
            var status = stat()
            guard fstatat(descriptor, path, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return (path, "something else") }
            return (path, FileKind.special(status.st_mode) ?? "a file")
        }
    }

    private struct Found {
        var files: [String] = []
        /// What is neither a file nor a folder.
        var others: [String] = []
    }

    private func collect(_ folder: String, into found: inout Found, depth: Int) throws(SiteFault) {
        guard depth < 64 else { throw SiteFault(folder, "it is more than 64 folders deep") }
        let directory = openat(
            descriptor, folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        if directory < 0 {
            if errno == ENOENT || errno == ENOTDIR || errno == ELOOP { return }
            throw SiteFault(folder, ErrorNumber.last.text)
        }
        let listing: DirectoryListing
        do throws(ErrorNumber) {
            listing = try DirectoryListing(closing: directory)
        } catch {
            throw SiteFault(folder, error.text)
        }
        for entry in listing.entries where !entry.name.hasPrefix(".") {
            let path = folder.isEmpty ? entry.name : "\(folder)/\(entry.name)"
            switch entry.kind == .unknown ? kind(of: path) : entry.kind {
            case .directory: try collect(path, into: &found, depth: depth + 1)
            case .file: found.files.append(path)
            case .other, .unknown: found.others.append(path)
            }
            if found.files.count + found.others.count > 1_000_000 {
                throw SiteFault(folder, "it holds more than 1,000,000 files")
            }
        }
    }

    private func kind(of path: String) -> DirectoryListing.Kind {
        var status = stat()
        guard fstatat(descriptor, path, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return .unknown }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return .directory
        case S_IFREG: return .file
        default: return .other
        }
    }

    /// nil when there is no such file.
    private func opened(_ path: String) throws(SiteFault) -> Int32? {
        let file = openat(descriptor, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        if file >= 0 { return file }
        if errno == ENOENT || errno == ENOTDIR { return nil }
        if errno == ELOOP { throw SiteFault(path, "it is a link; a site holds plain files") }
        throw SiteFault(path, ErrorNumber.last.text)
    }

    public func byteCount(of path: String) throws(SiteFault) -> Int? {
        guard let file = try opened(path) else { return nil }
        defer { close(file) }
        do throws(ReadFault) {
            return try OpenFile.byteCount(of: file)
        } catch {
            throw SiteFault(path, error.reason)
        }
    }

    public func read(_ path: String, _ sink: ByteStream.Sink) throws(HostFault) {
        let file: Int32?
        do throws(SiteFault) { file = try opened(path) } catch { throw HostFault("read", path, error.reason) }
        guard let file else { throw HostFault.absent("read", path, kind: .missing) }
        defer { close(file) }
        try OpenFile.read(file, named: path, sink)
    }

    public func contents(of path: String) throws(SiteFault) -> [UInt8]? {
        guard let file = try opened(path) else { return nil }
        defer { close(file) }
        do throws(ReadFault) {
            return try OpenFile.bytes(of: file, limit: 256 << 20, isPlain: true)
        } catch {
            throw SiteFault(path, error.reason)
        }
    }

    public func part(of path: String, _ range: Range<Int>) throws(SiteFault) -> [UInt8]? {
        guard let file = try opened(path) else { return nil }
        defer { close(file) }
        let bytes: [UInt8]
        do throws(ReadFault) {
            bytes = try OpenFile.bytes(of: file, at: range.lowerBound, count: range.count)
        } catch {
            throw SiteFault(path, error.reason)
        }
        return bytes.count == range.count ? bytes : nil
    }

    public func isExecutable(_ path: String) -> Bool {
        var status = stat()
        return fstatat(descriptor, path, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_mode & 0o100 != 0
    }

    /// The commit that is checked out, by git's own files (gitrepository-layout(5)); nil without them.
    private static func commit(of path: String) -> String? {
        func text(_ name: String) -> String? {
            guard let bytes = try? LocalFiles.contents(of: "\(path)/.git/\(name)", limit: 1 << 20) else { return nil }
            return String(decoding: bytes, as: UTF8.self)
        }
        guard let head = text("HEAD")?.textLines().first else { return nil }
        guard head.hasPrefix("ref: ") else { return String(head.prefix(12)) }
        let name = String(head.dropFirst(5))
        if let commit = text(name)?.textLines().first { return String(commit.prefix(12)) }
        let packed = text("packed-refs")?.textLines().first { $0.hasSuffix(" \(name)") }
        return packed.map { String($0.prefix(12)) }
    }
}
