import SystemFiles
import Model

extension FileStatus {
    /// Whether the object is of the declared kind.
    ///
    /// - Returns: false where another kind is there and may be replaced.
    /// - Throws: `Refusal` where it may not.
    func isOurs(_ wanted: Kind, at path: AbsolutePath, replace: Bool?) throws(Refusal) -> Bool {
        if kind == wanted { return true }
        if replace == true { return false }
        throw Refusal(
            "\(path) is a \(kind.rawValue), not a \(wanted.rawValue)", hint: "`replace: true` takes its place")
    }

    /// What a file has, for a comparison: its bytes, or their digest where they are many. Of more than a gibibyte the digest
    /// is taken only where the size is the wanted one.
    func content(
        at path: AbsolutePath, like wanted: FileContent, on host: some HostReading
    ) throws(HostFault) -> FileContent {
        guard byteCount > FileContent.memoryLimit else {
            return .whole(Content(try host.contents(of: path, limit: FileContent.memoryLimit)))
        }
        let isTold = byteCount > 1 << 30 && byteCount != wanted.byteCount
        return .known(byteCount: byteCount, isTold ? nil : try host.digest(of: path))
    }

    /// Refuses another kind of object where the type has no `replace`.
    func mustBe(_ wanted: Kind, at path: AbsolutePath) throws(Refusal) {
        if kind != wanted { throw Refusal("\(path) is a \(kind.rawValue), not a \(wanted.rawValue)") }
    }

    /// Reads the owner and the group in the form in which they are declared: names as names, numbers as numbers.
    func readOwners(
        _ wantedOwner: Owner?, _ wantedGroup: Owner?, into owner: inout Owner?, _ group: inout Owner?,
        on host: some HostReading
    ) throws(HostFault) {
        if let wantedOwner { owner = try Self.form(of: self.owner, like: wantedOwner, on: host, kind: .user) }
        if let wantedGroup { group = try Self.form(of: self.group, like: wantedGroup, on: host, kind: .group) }
    }

    private static func form(
        of number: UInt32, like wanted: Owner, on host: some HostReading, kind: AccountKind
    ) throws(HostFault) -> Owner {
        guard case .name(let name) = wanted else { return .number(number) }
        if number == 0, name.text == "root" { return wanted }
        if try AccountDatabase.number(of: wanted, kind: kind, on: host) == number { return wanted }
        let accounts = try AccountDatabase(reading: host)
        if try kind == .group ? host.gid(of: name) == number : host.account(wanted)?.uid == number { return wanted }
        let found = kind == .group ? accounts.group(number: number)?.name : accounts.user(number: number)?.name
        return found.map { .name($0) } ?? .number(number)
    }
}
