import Model
import SystemCalls

/// Where a repository of the host keeps what is read of it (gitrepository-layout(5)). Its settings are not.
struct GitLayout {
    /// With HEAD.
    let folder: String
    /// With the objects, the branches and the tags: elsewhere for a linked working tree (git-worktree(1)).
    let common: String

    var objects: String { "\(common)/objects" }

    private static let greatestPath = 4096

    /// The repository of a directory: `.git` in it, or the directory itself.
    init(at directory: String) throws(GitFault) {
        guard let folder = ["\(directory)/.git", directory].first(where: { LocalFiles.exists("\($0)/objects") }) else {
            throw GitFault(.missing, "\(directory) is no git repository")
        }
        try self.init(folder: folder, common: folder)
    }

    /// The same, where `.git` may also be a file that says where the repository is.
    init(following directory: String) throws(GitFault) {
        guard let target = try Self.line(of: "\(directory)/.git", after: "gitdir: ") else {
            try self.init(at: directory)
            return
        }
        let folder = Self.path(target, in: directory)
        let common = try Self.line(of: "\(folder)/commondir", after: "").map { Self.path($0, in: folder) } ?? folder
        guard LocalFiles.exists("\(common)/objects") else {
            throw GitFault(.missing, "\(directory) has its repository in \(folder), which is none")
        }
        try self.init(folder: folder, common: common)
    }

    private init(folder: String, common: String) throws(GitFault) {
        if LocalFiles.exists("\(common)/reftable") {
            throw GitFault(.refused, "\(common) keeps its refs in another form (reftable)")
        }
        self.folder = folder
        self.common = common
    }

    /// The first line of a file behind a word; nil where there is no such file.
    private static func line(of file: String, after word: String) throws(GitFault) -> String? {
        guard LocalStatus(of: file)?.kind == .file else { return nil }
        do throws(HostFault) {
            guard let bytes = try LocalFiles.contents(of: file, limit: greatestPath) else { return nil }
            let line = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
            guard line.hasPrefix(word), line != word else { throw HostFault("read", file, "it names no repository") }
            return String(line.dropFirst(word.count))
        } catch {
            throw GitFault(.refused, error.text)
        }
    }

    private static func path(_ target: String, in folder: String) -> String {
        target.hasPrefix("/") ? target : "\(folder)/\(target)"
    }
}
