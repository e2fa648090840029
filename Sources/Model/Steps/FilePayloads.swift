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
    /// Anything but a directory that is not empty (`replace: true`, or a managed object that gives way).
    case anything
}

/// Writes a whole file beside its place and puts it there.
public struct FileWrite: FilePayload {
    public var path: AbsolutePath
    public var content: FileContent
    public var attributes: Attributes
    public var replaced: Replaced
    /// What must accept the file before it takes its place.
    public var validator: Validator?
    /// Writes into the existing file where it cannot be renamed over, such as a bind mount.
    public var isInPlace: Bool
    /// Whether something of the host writes it anew all the time: what is in it later is nobody's edit.
    public var isRenewed = false
    /// Whether it is durable before the steps that come after it, and they wait for it.
    public var isAlone: Bool

    public init(
        _ path: AbsolutePath, content: FileContent, attributes: Attributes = Attributes(), replaced: Replaced,
        validator: Validator? = nil, isInPlace: Bool = false, isAlone: Bool = false
    ) {
        self.path = path
        self.content = content
        self.attributes = attributes
        self.replaced = replaced
        self.validator = validator
        self.isInPlace = isInPlace
        self.isAlone = isAlone
    }

    public init(
        _ path: AbsolutePath, content: Content, attributes: Attributes = Attributes(), replaced: Replaced,
        validator: Validator? = nil
    ) {
        self.init(
            path, content: .whole(content), attributes: attributes, replaced: replaced, validator: validator)
    }

    public var isSecret: Bool { content.isSecret }
    public var company: StepCompany {
        if case .source? = validator { return .none }
        return isInPlace || isAlone ? .none : .builds
    }
}

/// What must accept a new file before it takes its place.
public enum Validator: Sendable, Hashable {
    /// A command of the shell; `%` is the path of the file, which is not yet in its place.
    case command(String)
    /// The interpreter's own check of syntax; where the interpreter is not on the host, nobody is asked.
    case interpreter(Interpreter)
    /// The package manager must be able to read the lists of a source.
    case source(SourceTrial)
}

/// A source of packages that is tried before its files are in their places.
public struct SourceTrial: Sendable, Hashable {
    /// The file that will have the definition.
    public var file: AbsolutePath
    /// Its fields, but for `Signed-By` where there is a key.
    public var definition: String
    public var key: Content?

    public init(_ file: AbsolutePath, definition: String, key: Content?) {
        self.file = file
        self.definition = definition
        self.key = key
    }
}

/// Makes a directory, or gives one that is there its attributes.
public struct DirectoryCreation: FilePayload {
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

    public var isSecret: Bool { false }
    public var company: StepCompany { .builds }
}

/// Makes a symbolic link, or points one that is there elsewhere.
public struct LinkCreation: FilePayload {
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

    public var isSecret: Bool { false }
}

/// Removes what is at a path, where it is of the kind.
public struct Removal: FilePayload {
    public var path: AbsolutePath
    public var kind: FileStatus.Kind
    /// Everything below a directory too; never across file systems, never through links.
    public var isRecursive: Bool
    /// Whether the object was never declared (`purge`).
    public var isStranger: Bool
    /// The directories above it too, below this one, when nothing is left in them: for the folders of units and of records.
    public var emptiedBelow: AbsolutePath?
    /// Whether the steps before it are durable first.
    public var isAlone: Bool
    /// Whether a directory stays that something is in.
    public var sparesFull: Bool
    /// Whether what is removed is a secret, of which nothing is kept.
    public var isSecret: Bool

    public init(
        _ path: AbsolutePath, kind: FileStatus.Kind, isRecursive: Bool = false, isStranger: Bool = false,
        emptiedBelow: AbsolutePath? = nil, isAlone: Bool = false, sparesFull: Bool = false, isSecret: Bool = false
    ) {
        self.path = path
        self.kind = kind
        self.isRecursive = isRecursive
        self.isStranger = isStranger
        self.emptiedBelow = emptiedBelow
        self.isAlone = isAlone
        self.sparesFull = sparesFull
        self.isSecret = isSecret
    }

    public var company: StepCompany { isAlone ? .none : .removals }
}

/// Sets owner, group and mode of what is at a path.
public struct AttributeChange: FilePayload {
    public var path: AbsolutePath
    public var kind: FileStatus.Kind
    public var attributes: Attributes

    public init(_ path: AbsolutePath, kind: FileStatus.Kind, attributes: Attributes) {
        self.path = path
        self.kind = kind
        self.attributes = attributes
    }

    public var isSecret: Bool { false }
    public var keepsContent: Bool { true }
    public var company: StepCompany { .builds }
}

/// Makes one half of a key pair of OpenSSH: the private key from a random source, or the public one from the private.
public struct KeyCreation: FilePayload {
    public enum Half: Sendable, Hashable {
        case secret
        /// Of the private key at a path.
        case open(of: AbsolutePath)
    }

    public var path: AbsolutePath
    public var half: Half
    /// One line that tells a person whose key it is.
    public var comment: String
    public var attributes: Attributes

    public init(_ path: AbsolutePath, _ half: Half, comment: String, attributes: Attributes) {
        self.path = path
        self.half = half
        self.comment = comment
        self.attributes = attributes
    }

    public var isSecret: Bool { half == .secret }
    /// A private key is never replaced; what a public one is, its private key says.
    public var replaced: Replaced { half == .secret ? .nothing : .file(nil) }
}
