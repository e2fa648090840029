/// The table of signatures: places and magic bytes as the programs that write them document them, names as libblkid has them.
enum SignatureTable {
    private static let kib: UInt64 = 1024

    static let rules: [SignatureRule] = fileSystems + containers

    private static let fileSystems: [SignatureRule] = [
        SignatureRule("jbd", .other, [0x53, 0xEF], at: [.start(1080)]) { ExtFeatures($0).isJournal },
        SignatureRule("ext2", .fileSystem, [0x53, 0xEF], at: [.start(1080)]) { ExtFeatures($0).version == 2 },
        SignatureRule("ext3", .fileSystem, [0x53, 0xEF], at: [.start(1080)]) { ExtFeatures($0).version == 3 },
        SignatureRule("ext4", .fileSystem, [0x53, 0xEF], at: [.start(1080)]) { ExtFeatures($0).version == 4 },
        SignatureRule("xfs", .fileSystem, "XFSB", at: 0),
        SignatureRule("btrfs", .fileSystem, "_BHRfS_M", at: 64 * kib + 64),
        SignatureRule("vfat", .fileSystem, [0x55, 0xAA], at: [.start(510)], holds: FATHeader.isOne),
        SignatureRule("ntfs", .fileSystem, "NTFS    ", at: 3), SignatureRule("exfat", .fileSystem, "EXFAT   ", at: 3),
        SignatureRule("f2fs", .fileSystem, [0x10, 0x20, 0xF5, 0xF2], at: [.start(1024)]),
        SignatureRule("nilfs2", .fileSystem, [0x34, 0x34], at: [.start(1030)]) { $0.number(at: 1024, 4) == 2 },
        SignatureRule("jfs", .fileSystem, "JFS1", at: 32 * kib),
        SignatureRule("reiserfs", .fileSystem, "ReIsErFs", at: 8 * kib + 52, 64 * kib + 52),
        SignatureRule("reiserfs", .fileSystem, "ReIsEr2Fs", at: 64 * kib + 52),
        SignatureRule("reiserfs", .fileSystem, "ReIsEr3Fs", at: 64 * kib + 52),
        SignatureRule("reiser4", .fileSystem, "ReIsEr4", at: 64 * kib),
        SignatureRule("gfs2", .fileSystem, [0x01, 0x16, 0x19, 0x70], at: [.start(64 * kib)]),
        SignatureRule("ocfs2", .fileSystem, "OCFSV2", at: 1 * kib, 2 * kib, 4 * kib, 8 * kib),
        SignatureRule("VMFS", .fileSystem, [0x5E, 0xF1, 0xAB, 0x2F], at: [.start(2048 * kib)]),
        SignatureRule("iso9660", .fileSystem, "CD001", at: 32 * kib + 1),
        SignatureRule("udf", .fileSystem, "NSR02", at: 34 * kib + 1, 36 * kib + 1, 40 * kib + 1),
        SignatureRule("udf", .fileSystem, "NSR03", at: 34 * kib + 1, 36 * kib + 1, 40 * kib + 1),
        SignatureRule("minix", .fileSystem, [0x7F, 0x13], at: [.start(1040)], holds: MinixHeader.isOne),
        SignatureRule("minix", .fileSystem, [0x8F, 0x13], at: [.start(1040)], holds: MinixHeader.isOne),
        SignatureRule("minix", .fileSystem, [0x68, 0x24], at: [.start(1040)], holds: MinixHeader.isOne),
        SignatureRule("minix", .fileSystem, [0x78, 0x24], at: [.start(1040)], holds: MinixHeader.isOne),
        SignatureRule("minix", .fileSystem, [0x5A, 0x4D], at: [.start(1048)], holds: MinixHeader.isOne),
        SignatureRule("bfs", .fileSystem, [0xCE, 0xFA, 0xAD, 0x1B], at: [.start(0)]),
        SignatureRule("squashfs", .fileSystem, "hsqs", at: 0),
        SignatureRule("erofs", .fileSystem, [0xE2, 0xE1, 0xF5, 0xE0], at: [.start(1024)]),
        SignatureRule("cramfs", .fileSystem, [0x45, 0x3D, 0xCD, 0x28], at: [.start(0)]),
        SignatureRule("cramfs", .fileSystem, [0x28, 0xCD, 0x3D, 0x45], at: [.start(0)]),
        SignatureRule("apfs", .fileSystem, "NXSB", at: 32), SignatureRule("hfsplus", .fileSystem, "H+", at: 1024),
        SignatureRule("hfsplus", .fileSystem, "HX", at: 1024),
    ]

    /// The places of swap's magic: the end of the first page, of any size that a kernel has.
    private static let pageEnds: [SignatureRule.Place] = [4, 8, 16, 32, 64].map { .start($0 * kib - 10) }

    /// The places of the second header of LUKS2 (LUKS2 on-disk format 1.1, §2.2).
    private static let secondHeaders: [SignatureRule.Place] = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096].map {
        .start($0 * kib)
    }

    private static let containers: [SignatureRule] = [
        SignatureRule("swap", .other, Array("SWAPSPACE2".utf8), at: pageEnds),
        SignatureRule("swap", .other, Array("SWAP-SPACE".utf8), at: pageEnds),
        SignatureRule("swsuspend", .other, Array("S1SUSPEND".utf8), at: pageEnds),
        SignatureRule("crypto_LUKS", .crypto, Array("LUKS".utf8) + [0xBA, 0xBE], at: [.start(0)]),
        SignatureRule("crypto_LUKS", .crypto, Array("SKUL".utf8) + [0xBA, 0xBE], at: secondHeaders),
        SignatureRule("BitLocker", .crypto, "-FVE-FS-", at: 3),
        SignatureRule("LVM2_member", .raid, "LVM2 001", at: 24, 536, 1048, 1560),
        SignatureRule("linux_raid_member", .raid, [0xFC, 0x4E, 0x2B, 0xA9], at: [.start(0), .start(4 * kib)]),
        SignatureRule("isw_raid_member", .raid, Array("Intel Raid ISM Cfg Sig. ".utf8), at: [.end(1024)]),
        SignatureRule("ddf_raid_member", .raid, [0xDE, 0x11, 0xDE, 0x11], at: [.end(512)]),
        SignatureRule("ddf_raid_member", .raid, [0x11, 0xDE, 0x11, 0xDE], at: [.end(512)]),
        SignatureRule("ceph_bluestore", .other, "bluestore block device", at: 0),
        SignatureRule("VMFS_volume_member", .raid, [0x0D, 0xD0, 0x01, 0xC0], at: [.start(1024 * kib)]),
        SignatureRule(
            "bcache", .other,
            [0xC6, 0x85, 0x73, 0xF6, 0x4E, 0x1A, 0x45, 0xCA, 0x82, 0x65, 0xF5, 0x7F, 0x48, 0xBA, 0x6D, 0x81],
            at: [.start(4 * kib + 24)]),
        SignatureRule(
            "bcachefs", .fileSystem,
            [0xC6, 0x85, 0x73, 0xF6, 0x66, 0xCE, 0x90, 0xA9, 0xD9, 0x6A, 0x60, 0xCF, 0x80, 0x3D, 0xF7, 0xEF],
            at: [.start(4 * kib + 24)]),
    ]
}

/// Which of the family a superblock at 1024 is (linux/fs/ext4/ext4.h; the masks are libblkid's).
private struct ExtFeatures {
    private let compatible: UInt64, incompatible: UInt64, readOnly: UInt64

    init(_ head: [UInt8]) {
        compatible = head.number(at: 1024 + 0x5C, 4)
        incompatible = head.number(at: 1024 + 0x60, 4)
        readOnly = head.number(at: 1024 + 0x64, 4)
    }

    var isJournal: Bool { incompatible & 0x8 != 0 }

    /// 2, 3 or 4; nil for a journal.
    var version: Int? {
        if isJournal { return nil }
        let isNew = incompatible & ~0x16 != 0 || readOnly & ~0x7 != 0
        if isNew { return 4 }
        // A journal that has to be read first is one of ext3 at least.
        return compatible & 0x4 != 0 ? 3 : incompatible & 0x4 != 0 ? 4 : 2
    }
}

/// The BIOS parameter block of FAT (Microsoft's FAT specification, section 3).
private enum FATHeader {
    static let isOne: @Sendable ([UInt8]) -> Bool = { head in
        guard head.count >= 512, head[0] == 0xEB || head[0] == 0xE9 else { return false }
        let sector = head.number(at: 11, 2), cluster = UInt64(head[13])
        guard [512, 1024, 2048, 4096].contains(sector), cluster > 0, cluster & (cluster - 1) == 0 else { return false }
        guard head.number(at: 14, 2) > 0, (1...2).contains(head[16]) else { return false }
        guard head[21] == 0xF0 || head[21] >= 0xF8 else { return false }
        return head.number(at: 22, 2) != 0 || head.number(at: 36, 4) != 0
    }
}

private enum MinixHeader {
    /// Its magic has two bytes only: what it says of itself must make sense (linux/minix_fs.h).
    static let isOne: @Sendable ([UInt8]) -> Bool = { head in
        let isThird = head.has([0x5A, 0x4D], at: 1048)
        let inodes = head.number(at: 1024, isThird ? 4 : 2)
        let maps = isThird ? head.number(at: 1030, 2) : head.number(at: 1028, 2)
        let zones = isThird ? head.number(at: 1044, 4) : max(head.number(at: 1026, 2), head.number(at: 1044, 4))
        return inodes > 0 && maps > 0 && zones > 0 && maps * 8192 >= inodes / 8
    }
}
