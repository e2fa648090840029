import Foundation
import Hostinfo

/// Sources in memory.
final class MemoryTree: SourceTree {
    var files: [String: [UInt8]] = [:]
    var links: [String: String] = [:]
    /// What cannot be read, with the reason.
    var unreadable: [String: String] = [:]
    var distrusted: [String: String] = [:]
    var network = NetworkLayout()
    var isRunning = true

    func read(_ path: String) -> SourceReading {
        if let reason = unreadable[path] { return .unreadable(reason) }
        if let bytes = files[path] { return .bytes(bytes) }
        return files.keys.contains { $0.hasPrefix("\(path)/") } ? .bytes([]) : .absent
    }

    func read(_ path: String, below folder: String) -> SourceReading {
        let whole = "\(folder)/\(path)"
        return links[whole] == nil ? read(whole) : .unreadable("ELOOP")
    }

    func has(_ path: String) -> Bool { read(path) != .absent || links[path] != nil }

    func names(in path: String) -> [String]? {
        let inside = (Array(files.keys) + Array(links.keys)).filter { $0.hasPrefix("\(path)/") }
            .map { $0.dropFirst(path.count + 1) }
        let names = Set(inside.map { String($0.prefix { $0 != "/" }) })
        return names.isEmpty ? nil : names.sorted()
    }

    func linkTarget(_ path: String) -> String? { links[path] }
    func distrust(_ path: String) -> String? { distrusted[path] }
    func space(at path: String) -> FileSpace? { FileSpace(total: 1 << 30, available: 1 << 20) }
    func layout() -> NetworkLayout { network }
}

/// Files beside the tests.
enum Fixture {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().path()

    static func bytes(_ path: String) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: "\(folder)/\(path)") else {
            preconditionFailure("there is no \(path)")
        }
        return Array(data)
    }

    static func lines(_ path: String) -> [String] {
        String(decoding: bytes(path), as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
