import Glibc

/// The patterns by which kernel modules name their devices, as modprobe(8) reads them (fnmatch(3)).
public enum DevicePattern {
    public static func fits(_ pattern: String, _ device: String) -> Bool { fnmatch(pattern, device, 0) == 0 }
}
