/// A question that needs more than reading files.
public enum Probe: Sendable, Hashable {
    /// Whether a service runs now.
    case serviceIsRunning(String)
    /// What the package manager would do for a change.
    case packageChange(PackageChange)
    /// The exit status of a guard, run where it can write nothing.
    case exitStatus(CommandRun)
    /// What is mounted at a path or below it.
    case mounts(below: AbsolutePath)
    /// How many files on local file systems have an owner's or a group's number; of one owner only, where one is given.
    case ownedFiles(number: UInt32, kind: AccountKind, of: UInt32? = nil)
    /// How many processes of the running host have the rights of an account, by its number.
    case processes(of: UInt32)
    /// What the sources of the C library say of a name or a number that the files of a running host lack.
    case named(NameDatabase, String)
    /// The locales that there are, as `locale -a` lists them.
    case locales
    /// What an archive brings, looked at whole before anything of it is written.
    case archive(ArchiveSource)
    /// The object that a branch or a tag of a repository stands for now.
    case gitRef(GitRefName, of: GitAddress)
    /// What a commit of a repository brings, each file of it read and hashed.
    case gitTree(GitCommitName, of: GitAddress)
}

/// A database of nsswitch.conf(5).
public enum NameDatabase: String, Sendable {
    case passwd, group, initgroups
}

public enum ProbeAnswer: Sendable, Hashable {
    case isRunning(Bool)
    case prediction(PackagePrediction)
    case exitStatus(Int32)
    case count(Int)
    case paths([AbsolutePath])
    case texts([String])
    /// Folders before what is in them.
    case entries([TreeEntry])
    /// The line that getent(1) prints; nil: no source knows it.
    case line(String?)
    /// It cannot be told here, and why.
    case unknown(String)

    /// Why it cannot be told, where it cannot.
    public var uncertainty: String {
        if case .unknown(let reason) = self { reason } else { "the host answers another question" }
    }
}
