import CShim
import Glibc
public import Model
import SystemCalls

extension Linux: SignatureReading {
    public func signature(of path: AbsolutePath, isListing: Bool) throws(HostFault) -> PathSignature? {
        guard let entry = try entry(path) else { return nil }
        var status = stat()
        guard fstatat(entry.directory.descriptor, entry.name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw HostFault("look at", path.text, ErrorNumber.last.text)
        }
        // The entries of a directory do not concern its resource.
        let isOpen = status.st_mode & S_IFMT == S_IFDIR && !isListing
        let changed = keepsTimes(status.st_dev, entry) ? status.st_ctim.nanoseconds : .max
        return PathSignature(
            device: Int(truncatingIfNeeded: status.st_dev), inode: Int(truncatingIfNeeded: status.st_ino),
            mode: Int(status.st_mode), owner: Int(status.st_uid), group: Int(status.st_gid),
            byteCount: isOpen ? 0 : Int(status.st_size), modified: isOpen ? 0 : status.st_mtim.nanoseconds,
            changed: isOpen ? 0 : changed)
    }

    /// Whether a device's file system is known to stamp each change with this kernel's clock.
    private func keepsTimes(_ device: UInt, _ entry: Entry) -> Bool {
        if let known = stampingDevices[device] { return known }
        let keeps = Self.stampingFileSystems.contains(lodestar_file_system(entry.directory.descriptor, entry.name))
        stampingDevices[device] = keeps
        return keeps
    }

    /// statfs(2): ext2 to 4, xfs, btrfs, tmpfs, ramfs, overlayfs, f2fs, zfs, bcachefs, squashfs, erofs. Those of other
    /// machines (NFS, CIFS, 9p, FUSE) and of other systems (vfat) are left out, as are proc and sysfs.
    private static let stampingFileSystems: Set<Int64> = [
        0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994, 0x8584_58F6, 0x794C_7630, 0xF2F5_2010, 0x2FC1_2FC1, 0xCA45_1A4E,
        0x7371_7368, 0xE0F5_E1E2,
    ]
}

extension timespec {
    fileprivate var nanoseconds: Int { tv_sec &* 1_000_000_000 &+ tv_nsec }
}
