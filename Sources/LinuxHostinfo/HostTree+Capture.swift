import Glibc
public import Hostinfo
import SystemCalls
public import Values

extension HostTree {
    /// The network of the capture's `net.json`.
    func capturedLayout() -> NetworkLayout {
        var layout = NetworkLayout()
        switch read("net.json") {
        case .absent: layout.gaps.append("the capture has no net.json")
        case .unreadable(let reason): layout.gaps.append("net.json: \(reason)")
        case .bytes(let bytes):
            do throws(JSONFault) {
                layout = NetworkLayout(capture: try Datum(json: bytes, repeatedKeys: .lastCounts))
            } catch {
                layout.gaps.append("net.json: \(error.text)")
            }
        }
        return layout
    }
}

/// A tree that remembers what was read of another, to be stored as a capture.
public final class RecordingTree: SourceTree {
    private let tree: HostTree
    private var files: [String: [UInt8]] = [:]
    private var folders: Set<String> = []
    private var links: [String: String] = [:]
    private var layoutText: [UInt8]?

    public init(_ tree: HostTree) {
        self.tree = tree
    }

    public var isRunning: Bool { tree.isRunning }

    public func read(_ path: String) -> SourceReading {
        let reading = tree.read(path)
        guard case .bytes(let bytes) = reading else { return reading }
        if tree.names(in: path) != nil {
            folders.insert(path)
        } else {
            files[path] = Self.withoutSecrets(bytes, path)
        }
        return reading
    }

    public func read(_ path: String, below folder: String) -> SourceReading {
        let reading = tree.read(path, below: folder)
        if case .bytes(let bytes) = reading { files["\(folder)/\(path)"] = bytes }
        return reading
    }

    /// The environment of the first process may hold secrets: only what tells a container is kept.
    private static func withoutSecrets(_ bytes: [UInt8], _ path: String) -> [UInt8] {
        guard path == "proc/1/environ" else { return bytes }
        return Array(bytes.split(separator: 0).filter { $0.starts(with: "container=".utf8) }.joined(separator: [0]))
    }

    /// Files whose mere presence counts are stored empty.
    public func has(_ path: String) -> Bool {
        guard tree.has(path) else { return false }
        if tree.names(in: path) != nil {
            folders.insert(path)
        } else if files[path] == nil {
            files[path] = []
        }
        return true
    }

    public func names(in path: String) -> [String]? {
        let names = tree.names(in: path)
        if let names {
            folders.insert(path)
            for name in names { folders.insert("\(path)/\(name)") }
        }
        return names
    }

    public func linkTarget(_ path: String) -> String? {
        let target = tree.linkTarget(path)
        links[path] = target
        return target
    }

    public func distrust(_ path: String) -> String? { tree.distrust(path) }

    public func space(at path: String) -> FileSpace? { tree.space(at: path) }
    public func spaces(at paths: [String]) -> [FileSpace?] { tree.spaces(at: paths) }

    public func layout() -> NetworkLayout {
        let layout = tree.layout()
        layoutText = Array("\(layout.capture.json)\n".utf8)
        return layout
    }

    /// Stores what was read in a new folder that only the caller may enter.
    public func store(in folder: String) throws(HostFault) {
        if mkdir(folder, 0o700) != 0 { throw HostFault("make", folder, ErrorNumber.last.text) }
        for path in folders.sorted() where files[path] == nil && links[path] == nil && hasInside(path) {
            try makeFolders("\(path)/.", in: folder)
        }
        for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
            try makeFolders(path, in: folder)
            try LocalFiles.write(bytes, to: "\(folder)/\(path)", isDurable: false)
        }
        for (path, target) in links.sorted(by: { $0.key < $1.key }) {
            try makeFolders(path, in: folder)
            if symlink(target, "\(folder)/\(path)") != 0, errno != EEXIST {
                throw HostFault("make", path, ErrorNumber.last.text)
            }
        }
        if let layoutText { try LocalFiles.write(layoutText, to: "\(folder)/net.json", isDurable: false) }
    }

    /// A name in a listing is stored as a folder, unless it was read as something else.
    private func hasInside(_ path: String) -> Bool { tree.names(in: path) != nil }

    private func makeFolders(_ path: String, in folder: String) throws(HostFault) {
        let parts = path.split(separator: "/").dropLast()
        guard !parts.contains("..") else { throw HostFault("store", path, "it leaves the capture") }
        try LocalFiles.makeDirectory(([folder[...]] + parts).joined(separator: "/"), mode: 0o700)
    }
}
