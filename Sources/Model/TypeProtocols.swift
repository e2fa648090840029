/// Which protocols a type takes part in beside `Resource`: each protocol answers for its types (decision 134).
extension Resource {
    public static var isRemovable: Bool { false }
    public static var isRefreshable: Bool { false }
    public static var isOpaque: Bool { false }
    public static var isProving: Bool { false }
    public static var isBounded: Bool { false }
    public static var isFilling: Bool { false }
    public static var isExpandable: Bool { false }
    public static var isRestorable: Bool { false }
    public static var isSucceeding: Bool { false }
    public static var isProvisioning: Bool { false }
}

extension Removable {
    public static var isRemovable: Bool { true }
}

extension Refreshable {
    public static var isRefreshable: Bool { true }
}

extension Opaque {
    public static var isOpaque: Bool { true }
}

extension Proving {
    public static var isProving: Bool { true }
}

extension Bounded {
    public static var isBounded: Bool { true }
}

extension Filling {
    public static var isFilling: Bool { true }
}

extension Expandable {
    public static var isExpandable: Bool { true }
}

extension Restorable {
    public static var isRestorable: Bool { true }
}

extension Succeeding {
    public static var isSucceeding: Bool { true }
}

extension Provisioning {
    public static var isProvisioning: Bool { true }
}
