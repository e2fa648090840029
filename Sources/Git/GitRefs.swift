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
                    isLong ? Self.otherFormat : "a list of refs that cannot be read")
            }
            ids[Array(parts[1].utf8)] = id
        }
    }

    /// Reads refs in a repository of the host, as gitrepository-layout(5) has them.
    init(of names: [String], in layout: GitLayout) throws(GitFault) {
        for name in names {
            if let id = try Self.id(name, in: layout, depth: 0) { ids[Array(name.utf8)] = id }
        }
    }

    /// The object that a short or a full name stands for.
    func id(of name: GitRefName) throws(GitFault) -> GitID {
        let ref = try ref(of: name)
        return ids[Array("\(ref.name)^{}".utf8)] ?? ref.id
    }

    /// The full name of a short one, and what is there, such as an annotated tag.
    ///
    /// - Parameter candidates: the full names that it may have.
    func ref(of name: GitRefName, among candidates: [String]? = nil) throws(GitFault) -> (name: String, id: GitID) {
        let found = (candidates ?? name.candidates).filter { ids[Array($0.utf8)] != nil }
        if found.count > 1 {
            let names = found.joined(separator: " or ")
            throw GitFault(.refused, "`\(name.text)` is more than one ref: say \(names)")
        }
        guard let full = found.first, let id = ids[Array(full.utf8)] else {
            throw GitFault(.missing, "there is no branch and no tag `\(name.text)`")
        }
        return (full, id)
    }

    /// The short names of the branches and tags of a repository of the host, for hints.
    static func names(in layout: GitLayout) -> [String] {
        let packed = (try? contents("\(layout.common)/packed-refs", limit: packedLimit)) ?? nil
        var names = (packed ?? []).split(separator: UInt8(ascii: "\n")).compactMap { line -> String? in
            let name = String(decoding: line.dropFirst(41), as: UTF8.self)
            return shortName(name)
        }
        for kind in ["heads", "tags"] {
            names += ((try? LocalFiles.names(in: "\(layout.common)/refs/\(kind)")) ?? []).filter {
                LocalStatus(of: "\(layout.common)/refs/\(kind)/\($0)")?.kind == .file
            }
        }
        return Set(names).sorted()
    }

    private static func shortName(_ name: String) -> String? {
        ["refs/heads/", "refs/tags/"].first { name.hasPrefix($0) }.map { String(name.dropFirst($0.count)) }
    }

    private static let packedLimit = 64 << 20
    private static let otherFormat = "a repository of SHA-256, which is not read"

    private static func id(_ name: String, in layout: GitLayout, depth: Int) throws(GitFault) -> GitID? {
        let folder = name.hasPrefix("refs/") ? layout.common : layout.folder
        guard let bytes = try contents("\(folder)/\(name)", limit: 4096) else { return try packed(name, in: layout) }
        let text = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
        if let id = GitID(text) { return id }
        guard text.hasPrefix("ref: refs/"), depth < 5, let next = GitRefName(String(text.dropFirst(5))) else {
            throw GitFault(.refused, text.utf8.count == 64 ? otherFormat : "the ref \(name) cannot be read")
        }
        return try id(next.text, in: layout, depth: depth + 1)
    }

    private static func packed(_ name: String, in layout: GitLayout) throws(GitFault) -> GitID? {
        guard let bytes = try contents("\(layout.common)/packed-refs", limit: packedLimit) else { return nil }
        for line in bytes.split(separator: UInt8(ascii: "\n")) where line.first != UInt8(ascii: "#") {
            if line.dropFirst(41).elementsEqual(name.utf8) {
                return GitID(String(decoding: line.prefix(40), as: UTF8.self))
            }
            if line.dropFirst(65).elementsEqual(name.utf8) { throw GitFault(.refused, otherFormat) }
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
