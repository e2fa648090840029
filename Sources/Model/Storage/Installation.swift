public import Disk

/// What an installation is: of which host, by which profile, with whose permission. All identities on its disks derive from it,
/// so that a second run finds what the first one made.
public struct Installation: Sendable, Hashable {
    /// Permission to destroy what is on disks.
    public struct Approval: Sendable, Hashable {
        /// The serials or WWNs of the disks that it is for.
        public var disks: Set<String>
        /// What may be there and be destroyed, by libblkid's names.
        public var signatures: Set<String>

        public init(disks: Set<String>, signatures: Set<String>) {
            self.disks = disks
            self.signatures = signatures
        }
    }

    /// The host's serial number.
    public var host: String
    /// The name of the profile, of `install/NAME.yaml`.
    public var profile: String
    /// What makes a deliberate reinstallation another installation; nil for the first one.
    public var reinstall: String?
    /// Where the new root is mounted.
    public var target: AbsolutePath
    /// Why nothing may be destroyed although there is an approval, such as the verdict of the asset; nil where nothing is
    /// against it.
    public var objection: String?
    /// nil where nobody permitted anything.
    public var approval: Approval?

    public init(
        host: String, profile: String, reinstall: String? = nil, target: AbsolutePath, objection: String? = nil,
        approval: Approval? = nil
    ) {
        self.host = host
        self.profile = profile
        self.reinstall = reinstall
        self.target = target
        self.objection = objection
        self.approval = approval
    }

    /// The identity of a part of the installation: SHA-256 of `install/v1`, host, profile, reinstallation, kind and name, with
    /// NUL between them.
    public func guid(_ kind: String, _ name: String) -> PartitionGUID {
        let words = ["install/v1", host, profile, reinstall ?? "", kind, name]
        return PartitionGUID(derivedFrom: Digest(of: words.joined(separator: "\u{0}")).bytes)
    }
}
