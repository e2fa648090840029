import SystemFiles
import Model

extension PackagePin: LineImportable {
    static func filesOfLines(on host: some HostReading) throws -> [AbsolutePath] {
        try PackagePinRecord.files(on: host)
    }

    static func reading(_ path: AbsolutePath, on host: some HostReading) throws -> [PackagePin]? {
        guard let found = try host.document(PackagePins.self, at: path), found.isPlain else { return nil }
        let stem = path.name.prefix { $0 != "." }
        let pins = found.records.enumerated().compactMap { index, record -> PackagePin? in
            var pin = PackagePin()
            pin.read(record)
            guard let name = PlainName("\(stem)\(index == 0 ? "" : "-\(index + 1)")"), pin.record == record else {
                return nil
            }
            pin.name = name
            return pin
        }
        return pins.count == found.records.count ? pins : nil
    }
}
