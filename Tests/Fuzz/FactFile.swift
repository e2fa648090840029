// modules: Hostinfo Values YAML
// Any bytes as each of the files that facts are read from: a value, and never a trap.
import Hostinfo
import Values

/// Every file has the same bytes.
final class OneFile: SourceTree {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isRunning: Bool { bytes.count % 2 == 0 }
    func read(_ path: String) -> SourceReading { .bytes(bytes) }
    func read(_ path: String, below folder: String) -> SourceReading { .bytes(bytes) }
    func has(_ path: String) -> Bool { true }
    func names(in path: String) -> [String]? {
        switch path {
        case "sys/block": ["sda", "nvme0c0n1"]
        case "etc/ssh": ["ssh_host_ed25519_key.pub"]
        case TrustIdentity.folder: [TrustIdentity.fileName(of: "a")]
        default: nil
        }
    }
    func linkTarget(_ path: String) -> String? { String(decoding: bytes.prefix(100), as: UTF8.self) }
    func distrust(_ path: String) -> String? { nil }
    func space(at path: String) -> FileSpace? { nil }
    func layout() -> NetworkLayout { NetworkLayout() }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let collector = FactCollector(OneFile(Array(UnsafeBufferPointer(start: data, count: count))))
    for name in [
        "os", "fqdn", "hostname", "mounts", "filesystems", "disks", "cpu", "memory", "boot", "timezone", "users", "ssh",
    ] {
        _ = collector.fact(name)
    }
    return 0
}
