import Values

/// What reading one source gave.
public enum SourceReading: Sendable, Hashable {
    case bytes([UInt8])
    /// There is no such entry.
    case absent
    /// There is one that cannot be read; the reason in words.
    case unreadable(String)
}

/// Where facts are read from: the running kernel and a root, or a capture of them.
///
/// Paths have no leading slash; those below `sys`, `proc`, `dev` and `run` are the kernel's, all others the root's.
public protocol SourceTree: AnyObject {
    /// Whether the root is the one that the kernel runs, so that the kernel's host name is the root's.
    var isRunning: Bool { get }
    func read(_ path: String) -> SourceReading
    /// Reads a file of somebody who may put there what they like: no link below the folder is followed.
    func read(_ path: String, below folder: String) -> SourceReading
    /// Whether there is something at a path, also where it cannot be read.
    func has(_ path: String) -> Bool
    /// The names in a directory, sorted; nil when there is none or it cannot be read.
    func names(in path: String) -> [String]?
    /// Where a symbolic link points; nil when there is no link.
    func linkTarget(_ path: String) -> String?
    /// Why a file must not be trusted, in words: somebody else than its owner could have written it.
    func distrust(_ path: String) -> String?
    /// The room of the file system at a path in bytes; nil where it cannot be told in time.
    func space(at path: String) -> FileSpace?
    /// The same of some paths, in their order: asked together they cost less.
    func spaces(at paths: [String]) -> [FileSpace?]
    /// The network as the kernel has it now, or as it was captured.
    func layout() -> NetworkLayout
}

/// The room of a file system in bytes.
public struct FileSpace: Sendable, Hashable {
    public var total: UInt64
    /// What others than root may still write.
    public var available: UInt64

    public init(total: UInt64, available: UInt64) {
        self.total = total
        self.available = available
    }
}

extension SourceTree {
    public func spaces(at paths: [String]) -> [FileSpace?] { paths.map { space(at: $0) } }

    /// A file as text without white space at both ends; nil when there is none or it cannot be read.
    public func text(_ path: String) -> String? {
        guard case .bytes(let bytes) = read(path) else { return nil }
        return String(decoding: bytes, as: UTF8.self).trimmed
    }

    /// The lines of a file that are not empty, without a carriage return at their ends; none when there is no file.
    public func lines(_ path: String) -> [Substring] {
        guard case .bytes(let bytes) = read(path) else { return [] }
        // By bytes: CR LF is one character of Swift, and no line end then.
        return bytes.split(separator: 0x0A).compactMap { line in
            let line = line.last == 0x0D ? line.dropLast() : line
            return line.isEmpty ? nil : Substring(decoding: line, as: UTF8.self)
        }
    }

    public func number(_ path: String) -> Int64? { text(path).flatMap { Int64($0) } }
}
