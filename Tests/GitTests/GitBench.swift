import Foundation
import Model
import TestSupport
import Testing

@testable import Git

/// A folder with the root of a host, its state and a repository at /r.
struct GitBench {
    let folder: TemporaryFolder
    var root: String { folder.path + "/root" }
    var repository: String { root + "/r" }

    init() throws {
        folder = TemporaryFolder()
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        try git("init", "-q", "-b", "main", repository)
    }

    var source: GitSource {
        get throws {
            GitSource(try #require(GitAddress("/r")), below: root, state: folder.path + "/state")
        }
    }

    @discardableResult
    func git(_ words: String..., input: [UInt8]? = nil) throws -> String {
        let process = Process(), pipe = Pipe()
        if let input {
            let file = "\(folder.path)/input"
            try Data(input).write(to: URL(filePath: file))
            process.standardInput = try FileHandle(forReadingFrom: URL(filePath: file))
        }
        process.executableURL = URL(filePath: "/usr/bin/git")
        process.arguments = ["-C", FileManager.default.fileExists(atPath: repository) ? repository : root] + words
        process.environment = [
            "PATH": "/usr/bin:/bin", "HOME": root, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a",
            "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b",
        ]
        process.standardOutput = pipe
        try process.run()
        let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "git \(words)")
        return said.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func write(_ text: String, to path: String) throws {
        let place = URL(filePath: "\(repository)/\(path)")
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: place)
    }

    @discardableResult
    func commit() throws -> GitID {
        try git("add", "-A")
        try git("commit", "-q", "-m", "x")
        return try #require(GitID(try git("rev-parse", "HEAD")))
    }

    /// Writes an object, whatever git thinks of it.
    func object(_ kind: String, _ bytes: [UInt8]) throws -> String {
        try git("hash-object", "-t", kind, "-w", "--literally", "--stdin", input: bytes)
    }

    /// A commit of a tree with entries of mode, name and object.
    func commit(_ entries: [(mode: String, name: String, id: String)]) throws -> String {
        let bytes = entries.flatMap { entry in
            Array("\(entry.mode) \(entry.name)\0".utf8) + (GitID(entry.id)?.bytes ?? [])
        }
        return try git("commit-tree", "-m", "x", try object("tree", bytes))
    }

    func site(_ revision: String, folder: String? = nil) throws -> GitSite {
        try GitCandidate(CommitSource(directory: repository, revision: revision, folder: folder)).site()
    }
}
