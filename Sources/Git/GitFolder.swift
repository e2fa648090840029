import Model
import SystemCalls

/// A repository of ours, without files that are checked out. Its settings are written each time: they are ours.
final class GitFolder {
    private let path: String
    /// A file of certificates that servers are believed by, instead of the system's.
    private let authority: String?
    private let isTemporary: Bool
    /// Keeps other processes away.
    private var lock: ProcessLock?

    private static let refs = "refs/lodestar"
    /// As long as another process may take to fetch in two ways; milliseconds.
    private static let patience = 2 * GitProgram.fetchTimeout

    /// - Parameters:
    ///   - path: where it is kept; nil for one that goes with its last user.
    ///   - name: what is read through it, for who is told that another process reads it.
    init(at path: String?, called name: String, authority: String? = nil) throws(GitFault) {
        self.authority = authority
        do {
            isTemporary = path == nil
            self.path = try path ?? LocalFiles.madeTemporary("/var/tmp/lodestar-git")
            if isTemporary { return }
            try LocalFiles.makeDirectory(self.path, mode: 0o700)
            lock = try ProcessLock(at: "\(self.path).lock", waiting: Self.patience)
        } catch let fault as HostFault {
            throw GitFault(fault)
        } catch {
            let holder = (error as? ProcessLock.Held)?.process.map { "process \($0)" } ?? "another process"
            throw GitFault(.unreachable, "\(holder) has been reading \(name) for \(Self.patience / 60_000) min")
        }
    }

    deinit { if isTemporary { try? LocalFiles.removeTree(path) } }

    func unlock() { lock = nil }

    private var program: GitProgram { GitProgram(folder: path, authority: authority) }

    var objects: GitObjects { GitObjects(program, keeping: self) }

    func files(of id: GitID) throws(GitFault) -> GitFiles {
        let objects = objects
        return try GitFiles(GitSnapshot(of: id, from: objects), from: objects)
    }

    /// The commit whose name begins with some digits; nil for none, and where it is not the only one.
    func commit(beginningWith digits: String) throws(GitFault) -> GitID? {
        let words = ["rev-parse", "--verify", "--quiet", "--end-of-options", "\(digits)^{commit}"]
        do throws(GitFault) {
            return GitID(try program.output(words).trimmed)
        } catch {
            if error.kind == .unreachable { return nil }
            throw error
        }
    }

    /// What one of our own refs stands for; nil where there is none that can be read.
    func id(of ref: String) -> GitID? {
        guard let name = GitRefName(ref) else { return nil }
        return try? GitRefs(of: [ref], in: GitLayout(at: path)).ref(of: name).id
    }

    /// Brings refs with their history.
    func fetch(_ refs: [String], from address: GitAddress) throws(GitFault) {
        let words = ["fetch", "--quiet", "--no-tags", "--force", "--", address.text]
        _ = try program.output(words + refs, timeout: GitProgram.fetchTimeout)
    }

    /// Makes one pack of many; where it cannot, they stay.
    func packTogether(above count: Int) {
        guard let names = try? LocalFiles.names(in: "\(path)/objects/pack"), names.count > 3 * count else { return }
        _ = try? program.output(["repack", "-a", "-d", "-q"], timeout: GitProgram.fetchTimeout)
    }

    /// Keeps a commit under a name of ours, whatever the remote side has afterwards.
    func pin(_ id: GitID, as name: String) throws(GitFault) {
        let ref = "\(Self.refs)/kept/\(name)"
        if self.id(of: ref) == id { return }
        do throws(HostFault) {
            try LocalFiles.makeDirectory("\(path)/\(Self.refs)/kept", mode: 0o700)
            try LocalFiles.write(Array("\(id)\n".utf8), to: "\(path)/\(ref)")
        } catch {
            throw GitFault(error)
        }
    }

    func hasRef(to id: GitID) -> Bool { LocalFiles.exists("\(path)/\(Self.refs)/\(id)") }

    /// Brings one commit, without its history where the server allows that.
    func fetch(_ id: GitID, from address: GitAddress) throws(GitFault) {
        let words = ["fetch", "--quiet", "--no-tags", "--force"]
        do throws(GitFault) {
            let wanted = ["--depth=1", "--", address.text, "+\(id):\(Self.refs)/\(id)"]
            _ = try program.output(words + wanted, timeout: GitProgram.fetchTimeout)
        } catch {
            if error.kind != .unreachable { throw error }
            // Not every server gives a commit by its name, or one without its history.
            let wanted = ["--", address.text, "+refs/heads/*:refs/remote/heads/*", "+refs/tags/*:refs/remote/tags/*"]
            do throws(GitFault) {
                _ = try program.output(words + wanted, timeout: GitProgram.fetchTimeout)
            } catch _ {
                throw error
            }
        }
    }

    /// Makes it, or repairs what a killed run left of it.
    ///
    /// - Parameters:
    ///   - count: with so many commits it is made anew.
    ///   - alternates: a folder with more objects.
    func prepare(keepingAtMost count: Int = .max, alternates: String? = nil) throws(GitFault) {
        do throws(HostFault) {
            if try LocalFiles.names(in: "\(path)/\(Self.refs)").count >= count { try LocalFiles.removeTree(path) }
            for part in ["objects/info", "objects/pack", Self.refs] {
                try LocalFiles.makeDirectory("\(path)/\(part)", mode: 0o700)
            }
            for part in ["", "/objects/pack", "/\(Self.refs)"] {
                for name in try LocalFiles.names(in: path + part)
                where name.hasSuffix(".lock") || name.hasPrefix("tmp_") {
                    LocalFiles.remove("\(path)\(part)/\(name)")
                }
            }
            try write("[core]\n\trepositoryformatversion = 0\n\tbare = true\n", to: "config")
            try write("ref: refs/heads/none\n", to: "HEAD")
            if let alternates { try write("\(alternates)\n", to: "objects/info/alternates") }
        } catch {
            throw GitFault(error)
        }
    }

    private func write(_ text: String, to name: String) throws(HostFault) {
        try LocalFiles.write(Array(text.utf8), to: "\(path)/\(name)", isDurable: false)
    }

    /// Puts it aside, because something in it is not what its name says, and begins anew.
    func putAside() throws(GitFault) {
        do throws(HostFault) {
            try LocalFiles.removeTree(isTemporary ? path : "\(path).aside")
            try LocalFiles.move(path, to: "\(path).aside")
        } catch {
            throw GitFault(error)
        }
        try prepare()
    }
}
