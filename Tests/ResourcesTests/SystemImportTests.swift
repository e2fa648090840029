import Engine
import Foundation
import SystemFiles
import Model
import Resources
import Testing

/// What is imported of a host's modules, mounts and swap is in place as it is declared.
@Suite struct SystemImportTests {
    private func imported<Kind: Importable>(_ type: Kind.Type, from bench: LawBench) throws -> (
        texts: [String], omitted: [String]
    ) {
        var findings = Findings<Kind>()
        try Kind.addImports(from: bench.host, to: &findings)
        let place = Place(file: SourceFile("host"), line: 0, column: 0)
        let texts = findings.list.map { finding in
            let declaration = Declaration(address: finding.resource.address, resource: finding.resource, place: place)
            let fields = finding.resource.shownFields.map { field in
                if case .text(let text) = field.value { "\(field.name)=\(text)" } else { field.name }
            }
            let isInPlace = declaration.isInPlace(on: bench.host)
            return (["\(finding.resource.key)"] + fields + (isInPlace ? [] : ["NOT IN PLACE"])).joined(separator: " ")
        }
        return (texts, findings.omissions)
    }

    @Test func theModulesOfBoot() throws {
        let bench = try LawBench.simulated(with: [("/etc/modules", "# x\nloop\nnf-conntrack\n")])
        #expect(try imported(KernelModule.self, from: bench).texts.map { $0.prefix(8) } == ["loop at_", "nf_connt"])
    }

    @Test func whatNoDeclarationSaysIsLeftOut() throws {
        let bench = try LawBench.simulated(with: [
            ("/etc/fstab", "/dev/a none ext4\n/dev/b /b/../c ext4\nUUID=no none swap\n")
        ])
        #expect(try imported(Mount.self, from: bench).omitted.count == 2)
        #expect(try imported(Swap.self, from: bench).omitted.count == 1)
    }

    @Test func theTableOfFileSystems() throws {
        let table = """
            /dev/vda / ext4 errors=remount-ro 0 1
            UUID=1-2 /srv xfs noatime,noauto 0 2
            tmpfs /mnt tmpfs size=1m
            /swapfile none swap sw,pri=3 0 0
            """
        let mounts = """
            21 1 254:0 / / rw,relatime - ext4 /dev/vda rw
            30 21 0:30 / /mnt rw - tmpfs tmpfs rw
            """
        let bench = try LawBench.simulated(with: [
            ("/etc/fstab", table), ("/proc/self/mountinfo", mounts),
            ("/swapfile", String(repeating: "x", count: 40960)),
            ("/proc/swaps", "/swapfile file 36 0 3\n"), ("/dev/vda", ""),
        ])
        #expect(
            try imported(Mount.self, from: bench).texts == [
                "/ device=/dev/vda type=ext4 options=errors=remount-ro dump=0 pass=1 mounted=true at_boot=true",
                "/srv device=UUID=1-2 type=xfs options=noatime dump=0 pass=2 mounted=false at_boot=false",
                "/mnt device=tmpfs type=tmpfs options=size=1m dump=0 pass=0 mounted=true at_boot=true",
            ])
        #expect(try imported(Swap.self, from: bench).texts == ["/swapfile size=40K priority=3 enabled=true"])
    }
}
