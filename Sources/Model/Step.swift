/// One effect on the host. The set is closed: a host performs these and nothing else.
public enum Step: Sendable, Hashable {
    case writeFile(FileWrite)
    case editFile(FileEdit)
    case editAccounts(AccountEdit)
    case makeDirectory(DirectoryCreation)
    case makeLink(LinkCreation)
    case remove(Removal)
    case moveHome(HomeMove)
    case changeOwnership(OwnershipChange)
    case setAttributes(AttributeChange)
    case runCommand(CommandRun)
    case changePackage(PackageChange)
    case operateService(ServiceOperation)

    /// What can be performed together. A lane's steps are a barrier for those of the others.
    public enum Lane: Sendable, Hashable {
        case files, accounts, packages, services, commands
        /// Apart from the other edits of accounts, since a group can go when the accounts have gone whose primary group
        /// it is.
        case groupRemovals
    }

    public var lane: Lane {
        switch self {
        case .writeFile, .editFile, .makeDirectory, .makeLink, .remove, .setAttributes: .files
        case .moveHome, .changeOwnership: .commands
        case .editAccounts(.removeGroup): .groupRemovals
        case .editAccounts: .accounts
        case .runCommand: .commands
        case .changePackage: .packages
        case .operateService: .services
        }
    }

    public var editsAccounts: Bool {
        if case .editAccounts = self { true } else { false }
    }

    /// Whether more may come with the step than it says: with packages files and accounts, with what apt reads packages.
    public var bringsMore: Bool {
        lane == .packages || (changedPath.map { $0.bringsPackages } ?? false)
    }

    /// Whether the step removes something that nobody declared.
    public var removesStranger: Bool {
        if case .remove(let removal) = self { removal.isStranger } else { false }
    }

    /// Whether what is at its path keeps its content.
    public var keepsContent: Bool {
        if case .setAttributes = self { true } else { false }
    }

    /// The path that the step changes; nil where it changes no path of its own.
    public var changedPath: AbsolutePath? {
        switch self {
        case .writeFile(let write): write.path
        case .editFile(let edit): edit.path
        case .makeDirectory(let creation): creation.path
        case .makeLink(let creation): creation.path
        case .remove(let removal): removal.path
        case .setAttributes(let change): change.path
        case .moveHome(let move): move.from
        case .editAccounts, .changeOwnership, .runCommand, .changePackage, .operateService: nil
        }
    }
}

/// Owner, group and mode; nil is left alone, or has the default at creation (root, root, 0644 or 0755).
public struct Attributes: Sendable, Hashable {
    public var owner: Owner?
    public var group: Owner?
    public var mode: FileMode?

    public init(owner: Owner? = nil, group: Owner? = nil, mode: FileMode? = nil) {
        self.owner = owner
        self.group = group
        self.mode = mode
    }
}

/// What may stand at a path before a step takes its place.
public enum Replaced: Sendable, Hashable {
    case nothing
    /// A regular file, with this digest where one is given.
    case file(Digest?)
    /// Anything but a directory that is not empty (`replace: true`, or an object of ours that gives way).
    case anything
}

public struct FileWrite: Sendable, Hashable {
    public var path: AbsolutePath
    public var content: Content
    public var attributes: Attributes
    public var replaced: Replaced
    /// A command that must accept the temporary file; `%` is its path.
    public var validator: String?
    /// Writes into the existing file where it cannot be renamed over, such as a bind mount.
    public var isInPlace: Bool

    public init(
        _ path: AbsolutePath, content: Content, attributes: Attributes = Attributes(), replaced: Replaced,
        validator: String? = nil, isInPlace: Bool = false
    ) {
        self.path = path
        self.content = content
        self.attributes = attributes
        self.replaced = replaced
        self.validator = validator
        self.isInPlace = isInPlace
    }
}

public struct DirectoryCreation: Sendable, Hashable {
    public var path: AbsolutePath
    public var attributes: Attributes
    public var replaced: Replaced
    /// A directory whose content is copied into the new one, such as /etc/skel, with the new owner.
    public var skeleton: AbsolutePath?
    /// Makes missing parents too, owned by root with mode 0755: only for homes.
    public var makesParents: Bool

    public init(
        _ path: AbsolutePath, attributes: Attributes, replaced: Replaced = .nothing, skeleton: AbsolutePath? = nil,
        makesParents: Bool = false
    ) {
        self.path = path
        self.attributes = attributes
        self.replaced = replaced
        self.skeleton = skeleton
        self.makesParents = makesParents
    }
}

public struct LinkCreation: Sendable, Hashable {
    public var path: AbsolutePath
    public var target: String
    public var replaced: Replaced
    /// Makes missing parents too, owned by root with mode 0755: only for the folders of units.
    public var makesParents: Bool

    public init(_ path: AbsolutePath, target: String, replaced: Replaced, makesParents: Bool = false) {
        self.path = path
        self.target = target
        self.replaced = replaced
        self.makesParents = makesParents
    }
}

public struct Removal: Sendable, Hashable {
    public var path: AbsolutePath
    public var kind: FileStatus.Kind
    /// Everything below a directory too; never across file systems, never through links.
    public var isRecursive: Bool
    /// Whether nobody ever declared the object (`purge`).
    public var isStranger: Bool
    /// The directories above it too, below this one, when nothing is left in them: only for the folders of units.
    public var emptiedBelow: AbsolutePath?

    public init(
        _ path: AbsolutePath, kind: FileStatus.Kind, isRecursive: Bool = false, isStranger: Bool = false,
        emptiedBelow: AbsolutePath? = nil
    ) {
        self.path = path
        self.kind = kind
        self.isRecursive = isRecursive
        self.isStranger = isStranger
        self.emptiedBelow = emptiedBelow
    }
}

public struct AttributeChange: Sendable, Hashable {
    public var path: AbsolutePath
    public var kind: FileStatus.Kind
    public var attributes: Attributes

    public init(_ path: AbsolutePath, kind: FileStatus.Kind, attributes: Attributes) {
        self.path = path
        self.kind = kind
        self.attributes = attributes
    }
}

public struct HomeMove: Sendable, Hashable {
    public var from: AbsolutePath
    public var to: AbsolutePath

    public init(from: AbsolutePath, to: AbsolutePath) {
        self.from = from
        self.to = to
    }
}

/// Re-owns every file of one number on local file systems, after a `renumber`.
public struct OwnershipChange: Sendable, Hashable {
    public var isGroup: Bool
    public var from: UInt32
    public var to: UInt32
    /// Only files of this owner; nil: of anybody.
    public var owner: UInt32?

    public init(isGroup: Bool, from: UInt32, to: UInt32, of owner: UInt32? = nil) {
        self.owner = owner
        self.isGroup = isGroup
        self.from = from
        self.to = to
    }
}

public struct PackageChange: Sendable, Hashable {
    public enum Action: String, Sendable {
        /// The named version, or where it is not there yet the one that the package manager prefers.
        case install
        /// The one that the package manager prefers, also in place of another.
        case upgrade
        case remove, hold, unhold
    }

    public var action: Action
    /// With the architecture after a colon where one is declared.
    public var name: String
    public var version: String?

    public init(_ action: Action, _ name: String, version: String? = nil) {
        self.action = action
        self.name = name
        self.version = version
    }
}

/// What the package manager would do for one change, told before anything is done.
public struct PackagePrediction: Sendable, Hashable {
    /// The version that would be there; nil where there is none, and for a virtual package.
    public var candidate: String?
    /// The package that would come in place of a virtual one.
    public var substitute: String?
    /// The packages that would go though nobody declared them absent.
    public var removed: [String] = []
    /// Why it cannot be done.
    public var problem: Refusal?
    /// Whether the lists of packages are empty, lack a source, or are older than the sources.
    public var isOutdated: Bool

    public init(isOutdated: Bool = false) {
        self.isOutdated = isOutdated
    }
}

public struct ServiceOperation: Sendable, Hashable {
    public enum Action: String, Sendable {
        case start, stop, restart, reload
        /// Has the unit files and links read again, where some changed and systemd runs.
        case readUnits = "daemon-reload"
    }

    public var action: Action
    /// The unit with its suffix, such as `nginx.service`.
    public var unit: String

    public init(_ action: Action, _ unit: String) {
        self.action = action
        self.unit = unit
    }
}
