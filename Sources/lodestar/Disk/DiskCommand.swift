import ArgumentParser
import Disk
import Model
import SystemCalls

/// `lodestar disk`: what is on a disk.
struct DiskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disk", abstract: "Reads partition tables and signatures.", subcommands: [DiskShow.self])
}

/// `lodestar disk show FILE|DEVICE`.
struct DiskShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Prints the partitions of a disk or an image, and what they hold.",
        discussion: """
            Only reads. What is wrong with a table is named; nothing would be written to such a disk.
            Example: lodestar disk show /dev/vda --format json
            """)

    @Argument(help: "A device, or a file with the bytes of one.", completion: .file())
    var disk: String

    @Option(
        help: ArgumentHelp("The sectors of an image: 512, 1024, 2048 or 4096; found by its table.", valueName: "bytes"))
    var sectorSize: Int?

    @Option(help: "text or json.")
    var format = Format.text

    func validate() throws {
        if let sectorSize, ![512, 1024, 2048, 4096].contains(sectorSize) {
            throw ValidationError("--sector-size: expected 512, 1024, 2048 or 4096, found \(sectorSize)")
        }
    }

    func run() throws {
        try Terminal.reportingFaults {
            let file = try RangeFile(disk)
            let report = try DiskReport(of: DiskFile(file: file, sectorSize: size(of: file)))
            switch format {
            case .json: Terminal.printJSON(report.datum.json)
            case .text: for line in report.lines { Terminal.print(line.printable) }
            }
        }
    }

    /// The sectors of a device, of the option, or where a table of GPT is found.
    private func size(of file: RangeFile) throws(HostFault) -> Int {
        if let known = file.sectorSize ?? sectorSize { return known }
        for size in [512, 4096, 2048, 1024] {
            let last = file.byteCount / UInt64(size) * UInt64(size)
            if try hasTable(file, at: UInt64(size)) { return size }
            if last > 0, try hasTable(file, at: last - UInt64(size)) { return size }
        }
        return 512
    }

    private func hasTable(_ file: RangeFile, at offset: UInt64) throws(HostFault) -> Bool {
        try file.bytes(at: offset, count: 8) == Array("EFI PART".utf8)
    }
}

/// A file as a disk.
private struct DiskFile: DiskReading {
    let file: RangeFile
    let sectorSize: Int
    var byteCount: UInt64 { file.byteCount }
    func bytes(at offset: UInt64, count: Int) throws(HostFault) -> [UInt8] { try file.bytes(at: offset, count: count) }
}
