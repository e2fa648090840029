import SystemCalls
public import Values

/// The newest kernel of an installed root, with its initramfs.
public struct InstalledKernel {
    public let version: String
    private let root: String

    public var imageName: String { "vmlinuz-\(version)" }
    public var initramfsName: String { "initrd.img-\(version)" }

    /// - Parameter root: the folder of the root, with `boot/vmlinuz-VERSION` and `boot/initrd.img-VERSION`.
    public init(in root: String) throws(HostFault) {
        self.root = root
        let names = try LocalFiles.names(in: "\(root)/boot"), start = "vmlinuz-"
        let versions = names.filter { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count)) }
            .filter { names.contains("initrd.img-\($0)") }
        guard let newest = versions.max(by: { Self.key($0).lexicographicallyPrecedes(Self.key($1)) }) else {
            throw HostFault("find", "\(root)/boot/vmlinuz-*", "expected a kernel with its initrd.img, found none")
        }
        version = newest
    }

    /// Runs of digits by their numbers, other characters by themselves: 6.1.10 comes behind 6.1.9.
    private static func key(_ version: String) -> [Int] {
        var key: [Int] = [], number: Int?
        for byte in version.utf8 {
            if byte.isASCIIDigit {
                number = min((number ?? 0), 1 << 40) * 10 + Int(byte - 0x30)
            } else {
                if let known = number { key.append(known + 256) }
                (number, _) = (nil, key.append(Int(byte)))
            }
        }
        return key + [number.map { $0 + 256 } ?? 0]
    }

    /// Kernel, initramfs and command line as one program of UEFI, by the stub of systemd-boot that the root has, or that this system has.
    public func unified(commandLine: String) throws(HostFault) -> [UInt8] {
        let stub = "usr/lib/systemd/boot/efi/linuxx64.efi.stub"
        let places = ["\(root)/\(stub)", "/\(stub)"]
        guard let place = places.first(where: LocalFiles.exists) else {
            throw HostFault.absent("find", "\(places[0]), which the package systemd-boot-efi brings")
        }
        let sections = [
            (name: ".osrel", bytes: try bytes(of: "usr/lib/os-release")),
            (name: ".cmdline", bytes: Array(commandLine.utf8)),
            (name: ".initrd", bytes: try bytes(of: "boot/\(initramfsName)")),
            (name: ".linux", bytes: try bytes(of: "boot/\(imageName)")),
        ]
        guard let base = try LocalFiles.contents(of: place),
            let program = PortableExecutable.adding(sections, to: base)
        else { throw HostFault("use", place, "expected a stub with room for four sections") }
        return program
    }

    private func bytes(of name: String) throws(HostFault) -> [UInt8] {
        guard let bytes = try LocalFiles.contents(of: "\(root)/\(name)", limit: 1 << 30) else {
            throw HostFault.absent("read", "\(root)/\(name)")
        }
        return bytes
    }
}
