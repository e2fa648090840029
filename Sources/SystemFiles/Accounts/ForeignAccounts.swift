public import Model

/// Accounts and groups that the files of a running host lack and its other sources know: SSSD, LDAP, systemd-homed.
extension HostReading {
    /// An account, from the files or else from the other sources.
    public func account(_ owner: Owner) throws(HostFault) -> UserEntry? {
        let files = try AccountDatabase(reading: self)
        let local =
            switch owner {
            case .name(let name): files.user(name)
            case .number(let number): files.user(number: number)
            }
        if let local { return local }
        guard let line = try foreignLine(.passwd, owner.description) else { return nil }
        return PasswdFile(parsing: Array(line.utf8)).rows.first.flatMap { UserEntry($0, nil) }
    }

    /// The number of a group by its name, from the files or else from the other sources.
    public func gid(of name: AccountName) throws(HostFault) -> UInt32? {
        let groups = try document(GroupFile.self, at: AccountDatabase.Path.group)
        if let local = groups?.gid(of: name.text) { return local }
        guard let line = try foreignLine(.group, name.text) else { return nil }
        let file = GroupFile(parsing: Array(line.utf8))
        return file.names.first.flatMap { file.gid(of: $0) }
    }

    /// The numbers of all groups of an account, the primary one first.
    public func groupNumbers(of user: UserEntry) throws(HostFault) -> [UInt32] {
        let files = try AccountDatabase(reading: self)
        if files.user(user.name) != nil { return files.groupNumbers(of: user.name) }
        let line = try foreignLine(.initgroups, user.name.text) ?? ""
        let others = line.split(separator: " ").dropFirst().compactMap { UInt32($0) }
        return [user.gid] + others.filter { $0 != user.gid }
    }

    /// The answer of the other sources about a name or a number; nil also where they cannot be asked.
    func foreignLine(_ database: NameDatabase, _ key: String) throws(HostFault) -> String? {
        guard case .line(let line) = try answer(to: .named(database, key)) else { return nil }
        return line
    }
}

/// The questions of edits to the other sources, so that no line hides or repeats an account of theirs.
struct ForeignAccounts {
    /// nil where there are no others.
    let host: (any HostReading)?
    /// How many numbers are tried before a free one must be declared.
    private static let numberLimit = 50

    /// Refuses a new name that another source has, or may have.
    func checkNew(_ name: String, in database: NameDatabase) throws(Refusal) {
        let kind = database == .passwd ? "an account" : "a group"
        switch answer(database, name) {
        case .line(let line?):
            throw Refusal(
                "`\(name)` is \(kind) of another source, which a local one would hide (getent: \(line))",
                hint: "manage it where it is kept; it can be an owner or a member without a declaration")
        case .unknown(let reason)?:
            throw Refusal("whether `\(name)` is \(kind) of another source cannot be told: \(reason)")
        default: break
        }
    }

    /// Refuses a number that another source has given to another name.
    func checkFree(_ number: UInt32, for name: String, in database: NameDatabase) throws(Refusal) {
        guard let holder = holder(of: number, in: database), holder != name else { return }
        throw Refusal("\(database == .passwd ? "uid" : "gid") \(number) belongs to `\(holder)` of another source")
    }

    /// Whether a number is taken elsewhere; after some tries every number counts as taken.
    func numberTest(in database: NameDatabase) -> (UInt32) -> Bool {
        var tries = 0
        return { number in
            tries += 1
            return tries > Self.numberLimit || self.holder(of: number, in: database) != nil
        }
    }

    func has(_ key: String, in database: NameDatabase) -> Bool {
        if case .line(_?)? = answer(database, key) { true } else { false }
    }

    func gid(of name: AccountName) -> UInt32? { host.flatMap { try? $0.gid(of: name) } }

    private func holder(of number: UInt32, in database: NameDatabase) -> String? {
        guard case .line(let line?)? = answer(database, String(number)) else { return nil }
        return line.split(separator: ":", omittingEmptySubsequences: false).first.map(String.init)
    }

    private func answer(_ database: NameDatabase, _ key: String) -> ProbeAnswer? {
        host.flatMap { try? $0.answer(to: .named(database, key)) }
    }
}
