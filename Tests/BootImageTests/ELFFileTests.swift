import Testing

@testable import BootImage

struct ELFFileTests {
    private static let program = ELFBuilder.file([
        (".interp", Array("/lib64/ld.so\0".utf8)), (".dynstr", Array("\0libc.so.6\0libz.so\0".utf8)),
        (
            ".dynamic",
            [(1, 1), (1, 11), (5, 0), (0, 0)].flatMap { ELFBuilder.number($0.0, 8) + ELFBuilder.number($0.1, 8) }
        ),
    ])

    @Test func aProgramNamesItsLoaderAndLibraries() throws {
        let file = try #require(ELFFile(Self.program))
        #expect(file.interpreter == "/lib64/ld.so")
        #expect(file.neededLibraries == ["libc.so.6", "libz.so"])
    }

    /// A program of this machine, as `ldd` would begin.
    @Test func aProgramOfThisMachineNeedsTheCLibrary() throws {
        let file = try #require(ELFFile(try Bytes.of("/usr/bin/env")))
        #expect(file.interpreter?.hasPrefix("/lib") == true)
        #expect(file.neededLibraries.contains("libc.so.6"))
    }

    @Test func aModuleSaysWhatItNeedsAndDrives() throws {
        let bytes = ELFBuilder.module(
            "license=GPL", "depends=virtio,virtio-ring", "softdep=pre: crc-a crc_b post: other",
            "alias=virtio:d00000001v*",
            "firmware=a/b.bin", "name=x")
        let module = try #require(KernelModule(bytes, path: "kernel/drivers/net/virtio-net.ko"))
        #expect(module.name == "virtio_net")
        #expect(module.dependencies == ["virtio", "virtio_ring"] && module.softDependencies == ["crc_a", "crc_b"])
        #expect(module.aliases == ["virtio:d00000001v*"] && module.firmware == ["a/b.bin"])
    }

    /// Whatever is cut off or changed, nothing traps.
    @Test func aDamagedFileIsNone() {
        for count in 0..<Self.program.count { _ = ELFFile(Array(Self.program[..<count]))?.neededLibraries }
        for index in Self.program.indices {
            for value in [0, 1, 0x7F, 0xFF] as [UInt8] {
                var bytes = Self.program
                bytes[index] = value
                let file = ELFFile(bytes)
                _ = (file?.neededLibraries, file?.interpreter)
            }
        }
        #expect(ELFFile([]) == nil && ELFFile(Array("#!/bin/sh".utf8)) == nil)
        #expect(KernelModule(Self.program, path: "x.ko") == nil)
    }
}
