/// One effect on a path.
public enum FileStep: Sendable {
    case write(FileWrite)
    case edit(FileEdit)
    case makeDirectory(DirectoryCreation)
    case makeLink(LinkCreation)
    case remove(Removal)
    case setAttributes(AttributeChange)
    case setKernelValue(KernelSetting)
    case makeKey(KeyCreation)

    private var payload: any FilePayload {
        switch self {
        case .write(let write): write
        case .edit(let edit): edit
        case .makeDirectory(let creation): creation
        case .makeLink(let creation): creation
        case .remove(let removal): removal
        case .setAttributes(let change): change
        case .setKernelValue(let setting): setting
        case .makeKey(let creation): creation
        }
    }

    public var path: AbsolutePath { payload.path }

    /// The same step at another path.
    public func moved(to path: AbsolutePath) -> FileStep {
        switch self {
        case .write(let write): .write(write.moved(to: path))
        case .edit(let edit): .edit(edit.moved(to: path))
        case .makeDirectory(let creation): .makeDirectory(creation.moved(to: path))
        case .makeLink(let creation): .makeLink(creation.moved(to: path))
        case .remove(let removal): .remove(removal.moved(to: path))
        case .setAttributes(let change): .setAttributes(change.moved(to: path))
        case .setKernelValue(let setting): .setKernelValue(setting.moved(to: path))
        case .makeKey(let creation): .makeKey(creation.moved(to: path))
        }
    }

    public var isSecret: Bool { payload.isSecret }
    public var keepsContent: Bool { payload.keepsContent }
    public var company: StepCompany { payload.company }
    public var isLive: Bool { payload.isLive }

    /// The path of something new that may take the place of another object; nil for other steps.
    public var replacedPath: AbsolutePath? { payload.replaced == .anything ? payload.path : nil }
}

/// What the engine asks of every step on a path.
public protocol FilePayload: Sendable {
    var path: AbsolutePath { get set }
    /// Whether the step puts a secret where it may be read back.
    var isSecret: Bool { get }
    /// What may stand at the path before.
    var replaced: Replaced { get }
    /// Whether what is at the path keeps its content.
    var keepsContent: Bool { get }
    /// Which steps of its resource may be performed together with it.
    var company: StepCompany { get }
    /// Whether the path is the kernel's: no bytes of a disk bring its state back.
    var isLive: Bool { get }
}

/// Which steps of one resource are performed together: those that do not build on each other's durability.
public enum StepCompany: Sendable {
    /// Alone: what comes next may depend on it.
    case none
    case builds, removals
}

extension FilePayload {
    fileprivate func moved(to path: AbsolutePath) -> Self {
        var copy = self
        copy.path = path
        return copy
    }

    public var replaced: Replaced { .nothing }
    public var keepsContent: Bool { false }
    public var company: StepCompany { .none }
    public var isLive: Bool { false }
}

extension Step {
    public static func writeFile(_ write: FileWrite) -> Step { .file(.write(write)) }
    public static func editFile(_ edit: FileEdit) -> Step { .file(.edit(edit)) }
    public static func makeDirectory(_ creation: DirectoryCreation) -> Step { .file(.makeDirectory(creation)) }
    public static func makeLink(_ creation: LinkCreation) -> Step { .file(.makeLink(creation)) }
    public static func remove(_ removal: Removal) -> Step { .file(.remove(removal)) }
    public static func setAttributes(_ change: AttributeChange) -> Step { .file(.setAttributes(change)) }
    public static func makeKey(_ creation: KeyCreation) -> Step { .file(.makeKey(creation)) }
    public static func setKernelValue(_ setting: KernelSetting) -> Step { .file(.setKernelValue(setting)) }
}
