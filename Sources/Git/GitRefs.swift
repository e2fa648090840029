import Model
import SystemCalls
import Values

/// The refs that a repository told, by their full names; `NAME^{}` is what the annotated tag `NAME` stands for.
struct GitRefs {
    /// By the bytes of the names: two that look alike are two.
    private var ids: [[UInt8]: GitID] = [:]

    /// The lines of `git ls-remote`: an id, a tab, a name.
    init(listed text: String) throws(GitFault) {
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "\t", maxSplits: 1)
            guard parts.count == 2, let id = GitID(parts[0]) else {
                let isLong = parts.count == 2 && parts[0].utf8.count == 64
                throw GitFault(
                    .refused,
                    isLong ? "a repository of SHA-256, which is not read" : "a list of refs that cannot be read")
            }
            ids[Array(parts[1].utf8)] = id
        }
    }

    /// Reads refs in a repository of the host, as gitrepository-layout(5) has them.
    init(of names: [String], in folder: String) throws(GitFault) {
        for name in names {
            if let id = try Self.id(name, in: folder, depth: 0) { ids[Array(name.utf8)] = id }
        }
    }

    /// The object that a short or a full name stands for.
    func id(of name: GitRefName) throws(GitFault) -> GitID {
        let found = name.candidates.filter { ids[Array($0.utf8)] != nil }
        if found.count > 1 {
            throw GitFault(.refused, "`\(name.text)` is a branch and a tag: say \(found.joined(separator: " or "))")
        }
        guard let full = found.first, let id = ids[Array("\(full)^{}".utf8)] ?? ids[Array(full.utf8)] else {
            throw GitFault(.missing, "there is no branch and no tag `\(name.text)`")
        }
        return id
    }

    private static func id(_ name: String, in folder: String, depth: Int) throws(GitFault) -> GitID? {
        guard let bytes = try contents("\(folder)/\(name)", limit: 4096) else { return try packed(name, in: folder) }
        let text = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
        if let id = GitID(text) { return id }
        guard text.hasPrefix("ref: refs/"), depth < 5, let next = GitRefName(String(text.dropFirst(5))) else {
            throw GitFault(
                .refused,
                text.utf8.count == 64 ? "a repository of SHA-256, which is not read" : "the ref \(name) cannot be read")
        }
        return try id(next.text, in: folder, depth: depth + 1)
    }

    private static func packed(_ name: String, in folder: String) throws(GitFault) -> GitID? {
        guard let bytes = try contents("\(folder)/packed-refs", limit: 64 << 20) else { return nil }
        for line in bytes.split(separator: UInt8(ascii: "\n")) where line.dropFirst(41).elementsEqual(name.utf8) {
            return GitID(String(decoding: line.prefix(40), as: UTF8.self))
        }
        return nil
    }

    private static func contents(_ path: String, limit: Int) throws(GitFault) -> [UInt8]? {
        do throws(HostFault) {
            return try LocalFiles.stateContents(of: path, limit: limit)
        } catch {
            throw GitFault(.refused, error.text)
        }
    }
}
